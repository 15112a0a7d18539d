"""The ways up through services, a row each: a new trick is a row.

    OF_ONE_SERVICE   services whose roles nobody else uses
    PASSING       through a service that is handed a role (`iam:PassRole`)
    TAKING_OVER   through what already runs as a role, hands out its credentials, or vouches for who may assume it

A row is the row of the list of escalations that it comes from, the service that the role has to trust, and the actions
that are needed together, each of the service of the one before where it names none; a comma begins another way of the
same row. A role is handed out or vouched for where something of the account gives it to whoever may ask, such as the
queue of a farm, a certificate authority or a pool of users.

Sources: IAM User Guide, *Granting a user permissions to pass a role to an AWS service*; the published lists of
escalation methods; the API references of the services, for what returns credentials of a role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.base.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class ServiceWay:
    """A way up through a service: all of `actions` together let one act as a role.

    `service` is the principal that a role has to trust; None where no role is passed.
    """

    row: str
    actions: tuple[str, ...]
    service: str | None = None

    @property
    def principals(self) -> frozenset[str]:
        """The services as which something runs that this way takes over."""
        return frozenset(f"{service}.amazonaws.com" for service in serving(self.actions[0]))

    @property
    def vouches(self) -> bool:
        """Whether it vouches for who may assume a role, or hands out its credentials, whatever runs as that role."""
        return self.row in ("S-Vouched-For", "S-Handed-Out") or (not self.is_sure and self._service in _VOUCHING)

    @property
    def is_sure(self) -> bool:
        """Whether it is known to lead up by itself; else a proof counts it, and no chain has it."""
        return self.row != "S-Perhaps"

    @property
    def is_of_one_service(self) -> bool:
        """Whether what it takes over runs as a role that trusts one of `principals`, whatever else runs there."""
        return self._service in OF_ONE_SERVICE | _OF_ITS_OWN

    @property
    def _service(self) -> str:
        return self.actions[0].partition(":")[0]

    @property
    def name(self) -> str:
        """What answers call it."""
        first = "PassRole, " if self.service else ""
        return f"{first}{' and '.join(self.actions)}"


def serving(action: str) -> frozenset[str]:
    """Return the services that a role has to trust for what the service of `action` runs, without their domain."""
    prefix = action.partition(":")[0]
    return frozenset((prefix, *_SERVED.get(prefix, ())))


# By the prefix of the action that takes over: the services that a role trusts for what runs there, where those are not
# the service itself alone.
_SERVED: Mapping[str, tuple[str, ...]] = {
    "acm": ("rolesanywhere",),
    "acm-pca": ("rolesanywhere",),
    "airflow": ("airflow", "airflow-env"),
    "apprunner": ("tasks.apprunner",),
    "batch": ("ecs-tasks", "batch"),
    "cloud9": ("ec2", "cloud9"),
    "codedeploy": ("ec2", "codedeploy"),
    "codeconnections": ("cloudformation",),
    "codestar-connections": ("cloudformation",),
    "cognito-idp": ("cognito-identity",),
    "datapipeline": ("ec2", "datapipeline"),
    "deadline": ("deadline", "credentials.deadline"),
    "ds-data": ("ds",),
    "ec2-instance-connect": ("ec2",),
    "ecs": ("ecs-tasks",),
    "eks": ("eks", "pods.eks", "ec2"),
    "eks-auth": ("pods.eks",),
    "elasticbeanstalk": ("ec2", "elasticbeanstalk"),
    "elasticmapreduce": ("ec2", "elasticmapreduce"),
    "emr-containers": ("emr-containers", "elasticmapreduce"),
    "finspace-api": ("finspace",),
    "lambda": ("lambda", "edgelambda"),
    "imagebuilder": ("ec2", "imagebuilder"),
    "iot": ("credentials.iot", "iot"),
    "license-manager": ("openid-license-manager",),
    "pcs": ("ec2",),
    "servicecatalog": ("servicecatalog", "cloudformation"),
    "ssm": ("ec2", "ssm"),
    "ssm-guiconnect": ("ec2",),
    "synthetics": ("lambda",),
}
# Those whose actions change only what the service itself runs.
_OF_ITS_OWN = frozenset(
    (
        "airflow",
        "amplify",
        "apprunner",
        "appstream",
        "chatbot",
        "codeconnections",
        "codestar-connections",
        "cognito-identity",
        "cognito-idp",
        "deadline",
        "finspace-api",
        "transfer",
    )
)
# Those that vouch for who may assume a role.
_VOUCHING = frozenset(("acm", "acm-pca", "cognito-identity", "cognito-idp", "ds", "ds-data", "iot"))
OF_ONE_SERVICE = frozenset(("codebuild", "glue", "lambda", "sagemaker", "states"))
_PASSING = """
    S-EC2 | ec2 | ec2:RunInstances
    S-EC2 | ec2 | ec2:RequestSpotInstances
    S-EC2 | ec2 | ec2:RequestSpotFleet
    S-EC2 | ec2 | ec2:AssociateIamInstanceProfile
    S-EC2 | ec2 | ec2:ReplaceIamInstanceProfileAssociation
    S-EC2 | ec2 | autoscaling:CreateLaunchConfiguration CreateAutoScalingGroup
    S-EC2 | ec2 | ec2:CreateLaunchTemplate autoscaling:CreateAutoScalingGroup
    S-Lambda | lambda | lambda:CreateFunction InvokeFunction
    S-Lambda | lambda | lambda:CreateFunction AddPermission
    S-Lambda | lambda | lambda:CreateFunction CreateEventSourceMapping
    S-Lambda | lambda | lambda:UpdateFunctionConfiguration
    S-Glue | glue | glue:CreateDevEndpoint
    S-Glue | glue | glue:CreateJob StartJobRun
    S-Glue | glue | glue:CreateJob CreateTrigger
    S-Glue | glue | glue:UpdateJob StartJobRun
    S-Glue | glue | glue:UpdateJob CreateTrigger
    S-CloudFormation | cloudformation | cloudformation:CreateStack
    S-CloudFormation | cloudformation | cloudformation:CreateStackSet CreateStackInstances
    S-CloudFormation | cloudformation | cloudformation:UpdateStackSet
    S-CloudFormation | cloudformation | cloudformation:UpdateStack
    S-CloudFormation | cloudformation | cloudformation:SetStackPolicy
    S-ECS | ecs-tasks | ecs:RegisterTaskDefinition RunTask
    S-ECS | ecs-tasks | ecs:RegisterTaskDefinition StartTask
    S-ECS | ecs-tasks | ecs:RegisterTaskDefinition CreateService
    S-CodeBuild | codebuild | codebuild:CreateProject StartBuild
    S-CodeBuild | codebuild | codebuild:CreateProject StartBuildBatch
    S-CodeBuild | codebuild | codebuild:UpdateProject StartBuild
    S-CodeBuild | codebuild | codebuild:UpdateProject StartBuildBatch
    S-SageMaker | sagemaker | sagemaker:CreateNotebookInstance
    S-SageMaker | sagemaker | sagemaker:CreateTrainingJob
    S-SageMaker | sagemaker | sagemaker:CreateProcessingJob
    S-SageMaker | sagemaker | sagemaker:CreateHyperParameterTuningJob
    S-Others | datapipeline | datapipeline:CreatePipeline PutPipelineDefinition ActivatePipeline
    S-Others | tasks.apprunner | apprunner:CreateService
    S-Others | bedrock-agentcore | bedrock-agentcore:CreateCodeInterpreter StartCodeInterpreterSession
        InvokeCodeInterpreter
    S-Others | states | states:CreateStateMachine StartExecution
    S-Others | scheduler | scheduler:CreateSchedule
    S-Others | ssm | ssm:StartAutomationExecution
    S-Others | codepipeline | codepipeline:CreatePipeline
    S-Others | batch | batch:RegisterJobDefinition SubmitJob
    S-Others | elasticmapreduce | elasticmapreduce:RunJobFlow
    S-Others | amplify | amplify:CreateApp
    S-Others | cognito-identity | cognito-identity:SetIdentityPoolRoles
    S-More | cloudformation | cloudformation:CreateChangeSet ExecuteChangeSet
    S-More | glue | glue:CreateSession RunStatement
    S-More | states | states:TestState
    S-More | ec2 | ec2:RunScheduledInstances
    S-More | sagemaker | sagemaker:CreateAutoMLJob
    S-More | emr-serverless | emr-serverless:StartJobRun
    S-More | kinesisanalytics | kinesisanalytics:CreateApplication StartApplication
    S-More | bedrock-agentcore | bedrock-agentcore:CreateAgentRuntime InvokeAgentRuntime
    S-More | fis | fis:CreateExperimentTemplate StartExperiment
    S-More | pods.eks | eks:CreatePodIdentityAssociation
    S-More | credentials.iot | iot:CreateRoleAlias
    S-More | transfer | transfer:CreateUser
    S-More | omics | omics:StartRun
    S-More | airflow | airflow:CreateEnvironment
    S-More | sagemaker | batch:SubmitServiceJob
"""
_TAKING_OVER = """
    S-Running-Lambda | lambda:UpdateFunctionCode
    S-Running-Lambda | lambda:UpdateFunctionConfiguration
    S-Running-Glue | glue:UpdateDevEndpoint
    S-Running-Glue | glue:UpdateJob
    S-Running-EC2 | ec2:ModifyInstanceAttribute StopInstances StartInstances
    S-Running-EC2 | ec2:CreateLaunchTemplateVersion ModifyLaunchTemplate
    S-Running-Shell | ec2-instance-connect:SendSSHPublicKey
    S-Running-Shell | ssm:SendCommand
    S-Running-Shell | ssm:StartSession
    S-Running-Shell | ecs:ExecuteCommand
    S-Running-SageMaker | sagemaker:CreatePresignedNotebookInstanceUrl
    S-Running-SageMaker | sagemaker:CreateNotebookInstanceLifecycleConfig StopNotebookInstance
        UpdateNotebookInstance StartNotebookInstance
    S-Running-CloudFormation | cloudformation:CreateChangeSet ExecuteChangeSet
    S-Running-CloudFormation | cloudformation:UpdateStack
    S-Running-CloudFormation | cloudformation:UpdateStackSet
    S-Running-CodeBuild | codebuild:StartBuild
    S-Running-CodeBuild | codebuild:StartBuildBatch
    S-Running-CodeBuild | codebuild:UpdateProject
    S-Running-AgentCore | bedrock-agentcore:StartCodeInterpreterSession InvokeCodeInterpreter
    S-Running-AppRunner | apprunner:UpdateService
    S-Running-Others | states:UpdateStateMachine
    S-Running-Others | batch:SubmitJob
    S-Running-Others | elasticmapreduce:AddJobFlowSteps
    S-Running-Others | glue:StartJobRun
    S-Running-Others | codedeploy:CreateDeployment
    S-Running-Others | ssm:CreateAssociation
    S-Running-Others | ssm:UpdateAssociation
    S-Running-Others | sagemaker:CreatePresignedDomainUrl
    S-Running-Others | cloud9:CreateEnvironmentMembership
    S-Running-Others | appstream:CreateStreamingURL
    S-Running-Others | imagebuilder:UpdateImagePipeline
    S-Running-Others | greengrass:CreateDeployment
    S-Running-More | airflow:CreateCliToken, CreateWebLoginToken, InvokeRestApi, UpdateEnvironment
    S-Running-More | amplify:CreateBranch, StartDeployment, UpdateApp, UpdateBranch
    S-Running-More | apigateway:PATCH
    S-Running-More | appstream:BatchAssociateUserStack, CreateAppBlockBuilderStreamingURL,
        CreateImageBuilderStreamingURL
    S-Running-More | appsync:CreateResolver, UpdateDataSource, UpdateFunction, UpdateResolver
    S-Running-More | athena:CreatePresignedNotebookUrl, StartCalculationExecution, StartSession
    S-Running-More | bedrock-agentcore:InvokeAgentRuntimeCommand, InvokeAgentRuntimeCommandShell,
        InvokeCodeInterpreter
    S-Running-More | chatbot:UpdateChimeWebhookConfiguration, UpdateMicrosoftTeamsChannelConfiguration,
        UpdateSlackChannelConfiguration
    S-Running-More | cloud9:UpdateEnvironmentMembership
    S-Running-More | codebuild:StartCommandExecution, StartSandbox, StartSandboxConnection
    S-Running-More | codeconnections:UpdateRepositoryLink, UpdateSyncConfiguration
    S-Running-More | codestar-connections:UpdateRepositoryLink, UpdateSyncConfiguration
    S-Running-More | datapipeline:PutPipelineDefinition
    S-Running-More | ec2-instance-connect:SendSerialConsoleSSHPublicKey
    S-Running-More | ec2:AttachVolume, CreateReplaceRootVolumeTask
    S-Running-More | ecs:Poll, RegisterContainerInstance
    S-Running-More | eks:MutateViaKubernetesApi
    S-Running-More | elasticbeanstalk:UpdateEnvironment
    S-Running-More | elasticmapreduce:AttachEditor, CreateStudioPresignedUrl, OpenEditorInConsole,
        StartNotebookExecution
    S-Running-More | emr-containers:CreateManagedEndpoint, StartJobRun
    S-Running-More | fis:UpdateExperimentTemplate
    S-Running-More | glue:CreateTrigger, RunStatement, UpdateJobFromSourceControl, UpdateTrigger
    S-Running-More | gamelift:UpdateContainerFleet
    S-Running-More | kinesisanalytics:CreateApplicationPresignedUrl, UpdateApplication
    S-Running-More | lambda:CreateMicrovmAuthToken, CreateMicrovmShellAuthToken
    S-Running-More | sagemaker:CreateApp, StartSession, UpdateDomain, UpdateNotebookInstanceLifecycleConfig,
        UpdateSpace, UpdateUserProfile
    S-Running-More | servicecatalog:CreateProvisioningArtifact, CreateServiceAction, UpdateProduct,
        UpdateServiceAction
    S-Running-More | ssm-guiconnect:StartConnection
    S-Running-More | ssm:CreateAssociationBatch, RegisterTaskWithMaintenanceWindow, ResumeSession, UpdateDocument,
        UpdateMaintenanceWindowTask
    S-Running-More | synthetics:StartCanaryDryRun, UpdateCanary
    S-Running-More | transfer:ImportSshPublicKey
    S-Handed-Out | cloudwatch:GetSpaceCredentials, GetSpaceCredentialsForOrganization
    S-Handed-Out | codepipeline:GetJobDetails, PollForJobs, PollForThirdPartyJobs
    S-Handed-Out | datazone:GetDomainExecutionRoleCredentials, GetEnvironmentCredentials
    S-Handed-Out | deadline:AssumeFleetRoleForRead, AssumeFleetRoleForWorker, AssumeQueueRoleForRead,
        AssumeQueueRoleForUser, AssumeQueueRoleForWorker, CreateJob
    S-Handed-Out | eks-auth:AssumeRoleForPodIdentity
    S-Handed-Out | elasticmapreduce:GetClusterSessionCredentials
    S-Handed-Out | emr-containers:GetManagedEndpointSessionCredentials
    S-Handed-Out | finspace-api:GetProgrammaticAccessCredentials
    S-Handed-Out | gamelift:GetComputeAccess, GetInstanceAccess
    S-Handed-Out | iq-permission:AssumePermissionRole
    S-Handed-Out | ssm:GetAccessToken, RequestManagedInstanceRoleToken
    S-Vouched-For | acm-pca:IssueCertificate
    S-Vouched-For | acm:ExportCertificate
    S-Vouched-For | cognito-identity:GetOpenIdTokenForDeveloperIdentity, UpdateIdentityPool
    S-Vouched-For | cognito-idp:AdminAddUserToGroup, AdminConfirmSignUp, AdminCreateUser, AdminInitiateAuth,
        AdminLinkProviderForUser, AdminSetUserPassword, AdminUpdateUserAttributes, CreateIdentityProvider,
        UpdateIdentityProvider, UpdateUserPool
    S-Vouched-For | ds-data:AddGroupMember, CreateUser
    S-Vouched-For | ds:ResetUserPassword
    S-Vouched-For | eks:AssociateIdentityProviderConfig
    S-Vouched-For | iot:AttachPolicy, AttachPrincipalPolicy, CreatePolicyVersion, SetDefaultPolicyVersion
    S-Vouched-For | license-manager:CreateToken
    S-Vouched-For | transfer:CreateServer, UpdateServer
    S-Perhaps | acm:CreateAcmeExternalAccountBinding, RequestCertificate
    S-Perhaps | appstream:CreateUser, EnableUser, Stream
    S-Perhaps | athena:GetSessionEndpoint
    S-Perhaps | bedrock-agentcore:CreateGatewayTarget, InvokeHarness, StartBrowserSession, UpdateGatewayTarget,
        UpdateHarness
    S-Perhaps | chatbot:AssociateToConfiguration, UpdateCustomAction
    S-Perhaps | cloudformation:CreateStackInstances, CreateStackSet, UpdateStackInstances
    S-Perhaps | cloudwatch:AssumeAccessProfile, UpdateAccessProfile
    S-Perhaps | codebuild:CreateWebhook, UpdateWebhook
    S-Perhaps | codedeploy:CreateCloudFormationDeployment, UpdateDeploymentGroup
    S-Perhaps | codepipeline:UpdatePipeline
    S-Perhaps | cognito-identity:MergeDeveloperIdentities, SetPrincipalTagAttributeMap
    S-Perhaps | cognito-idp:AdminEnableUser, AdminResetUserPassword, AdminRespondToAuthChallenge,
        StartUserImportJob, UpdateGroup, UpdateUserPoolClient
    S-Perhaps | datazone:AddPolicyGrant, CreateProjectMembership, GetIamPortalLoginUrl, SsoLogin,
        StartNotebookCompute
    S-Perhaps | deadline:CreateQueueEnvironment, UpdateQueueEnvironment
    S-Perhaps | ds:AccessDSData, AuthorizeApplication, CreateTrust, EnableRadius, EnableRoleAccess,
        UpdateRadius, UpdateTrust
    S-Perhaps | ds-data:UpdateGroup, UpdateUser
    S-Perhaps | ecs:UpdateExpressGatewayService
    S-Perhaps | glue:GlueNotebookAuthorize, GlueNotebookRefreshCredentials, RunDataPreviewStatement,
        UpdateBlueprint
    S-Perhaps | greengrass:StartBulkDeployment
    S-Perhaps | imagebuilder:CreateImage, CreateImagePipeline, ImportDiskImage
    S-Perhaps | iot:AddThingToThingGroup, AttachThingPrincipal, CreateJob, CreateProvisioningClaim,
        CreateProvisioningTemplateVersion, OpenTunnel, RegisterCACertificate, RegisterCertificate,
        RegisterThing, StartCommandExecution, UpdateCertificate, UpdateThingGroupsForThing
    S-Perhaps | lambda:ConnectMicrovm, RunMicrovm, UpdateMicrovmImage, UpdateMicrovmImageVersion
    S-Perhaps | pcs:UpdateComputeNodeGroup
    S-Perhaps | proton:CreateEnvironmentTemplateVersion, CreateServiceTemplateVersion
    S-Perhaps | sagemaker:UpdatePipeline
    S-Perhaps | ssm:RegisterTargetWithMaintenanceWindow, StartAccessRequest, StartChangeRequestExecution,
        UpdateDocumentDefaultVersion, UpdateMaintenanceWindowTarget, UpdateManagedInstancePublicKey
    S-Perhaps | transfer:UpdateAccess, UpdateUser, UpdateWebApp
"""


def _rows(table: str) -> Iterator[list[str]]:
    """Yield the fields of each row; a row that is indented more goes on with the one before."""
    for row in table.replace("\n        ", " ").strip().splitlines():
        yield row.strip().split(" | ")


def _ways(actions: str) -> Iterator[tuple[str, ...]]:
    """Yield the actions of each way of a row: a comma begins another way."""
    service = ""
    for way in actions.split(", "):
        named = []
        for action in way.split():
            service = action.partition(":")[0] if ":" in action else service
            named.append(action if ":" in action else f"{service}:{action}")
        yield tuple(named)


PASSING: tuple[ServiceWay, ...] = tuple(
    ServiceWay(row, actions, f"{service}.amazonaws.com")
    for row, service, ways in _rows(_PASSING)
    for actions in _ways(ways)
)
TAKING_OVER: tuple[ServiceWay, ...] = tuple(
    ServiceWay(row, actions) for row, ways in _rows(_TAKING_OVER) for actions in _ways(ways)
)
