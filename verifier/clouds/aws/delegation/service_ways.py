"""The ways up through services, a row each: a new trick is a row.

    PASSING       through a service that is handed a role (`iam:PassRole`)
    TAKING_OVER   through what already runs as a role

A row is the row of the list of escalations that it comes from, the service that the role has to trust, and the actions
that are needed together, each of the service of the one before where it names none. Sources: IAM User Guide, *Granting
a user permissions to pass a role to an AWS service*, and the published lists of escalation methods.
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
        prefix = self.actions[0].partition(":")[0]
        served = _SERVED.get(prefix, (prefix,))
        return frozenset(f"{service}.amazonaws.com" for service in served)

    @property
    def name(self) -> str:
        """What answers call it."""
        first = "PassRole, " if self.service else ""
        return f"{first}{' and '.join(self.actions)}"


# By the prefix of the action that takes over: the services that a role trusts for what runs there, where those are not
# the service itself alone.
_SERVED: Mapping[str, tuple[str, ...]] = {
    "airflow": ("airflow", "airflow-env"),
    "apprunner": ("tasks.apprunner",),
    "batch": ("ecs-tasks", "batch"),
    "cloud9": ("ec2", "cloud9"),
    "codedeploy": ("ec2", "codedeploy"),
    "datapipeline": ("ec2", "datapipeline"),
    "ec2-instance-connect": ("ec2",),
    "ecs": ("ecs-tasks",),
    "eks": ("eks", "pods.eks", "ec2"),
    "elasticbeanstalk": ("ec2", "elasticbeanstalk"),
    "elasticmapreduce": ("ec2", "elasticmapreduce"),
    "imagebuilder": ("ec2", "imagebuilder"),
    "servicecatalog": ("servicecatalog", "cloudformation"),
    "ssm": ("ec2", "ssm"),
    "ssm-guiconnect": ("ec2",),
    "synthetics": ("lambda",),
}
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
    S-Running-SageMaker | sagemaker:CreateNotebookInstanceLifecycleConfig StopNotebookInstance UpdateNotebookInstance
        StartNotebookInstance
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
"""


def _rows(table: str) -> Iterator[list[str]]:
    """Yield the fields of each row; a row that is indented more goes on with the one before."""
    for row in table.replace("\n        ", " ").strip().splitlines():
        yield row.strip().split(" | ")


def _named(actions: str) -> Iterator[str]:
    service = ""
    for action in actions.split():
        service = action.partition(":")[0] if ":" in action else service
        yield action if ":" in action else f"{service}:{action}"


PASSING: tuple[ServiceWay, ...] = tuple(
    ServiceWay(row, tuple(_named(actions)), f"{service}.amazonaws.com") for row, service, actions in _rows(_PASSING)
)
TAKING_OVER: tuple[ServiceWay, ...] = tuple(
    ServiceWay(row, tuple(_named(actions))) for row, actions in _rows(_TAKING_OVER)
)
