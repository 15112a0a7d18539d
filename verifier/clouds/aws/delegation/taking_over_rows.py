"""The rows of the ways by which what runs as a role is taken over, as `service_ways.py` reads them.

Each row is the row of the list of escalations that it comes from, and the actions: a comma begins another way, actions
that are needed together stand next to each other. `S-Handed-Out` hands out credentials of a role, `S-Vouched-For`
vouches for who may assume one. Of `S-Perhaps` it is not sure that they lead up by themselves: so that no proof is
wrong, it counts them, and no chain has them. What a service runs from a bucket, a repository or a registry into which
somebody may write has no row: every answer names it as outside of the model.
"""

TAKING_OVER_ROWS = """
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
    S-Running-More | gamelift:UpdateContainerFleet, UpdateScript
    S-Running-More | kinesisanalytics:CreateApplicationPresignedUrl, UpdateApplication
    S-Running-More | lambda:CreateMicrovmAuthToken, CreateMicrovmShellAuthToken
    S-Running-More | sagemaker:CreateApp, CreateInferenceComponent, StartSession, UpdateDomain,
        UpdateInferenceComponent, UpdateNotebookInstanceLifecycleConfig, UpdateSpace, UpdateUserProfile
    S-Running-More | servicecatalog:CreateProvisioningArtifact, CreateServiceAction, UpdateProduct,
        UpdateServiceAction
    S-Running-More | ssm-guiconnect:StartConnection
    S-Running-More | ssm:CreateAssociationBatch, RegisterTaskWithMaintenanceWindow, ResumeSession, UpdateDocument,
        UpdateMaintenanceWindowTask
    S-Running-More | synthetics:StartCanaryDryRun, UpdateCanary
    S-Running-More | transfer:ImportSshPublicKey
    S-Handed-Out | datazone:GetDomainExecutionRoleCredentials, GetEnvironmentCredentials
    S-Handed-Out | deadline:AssumeFleetRoleForRead, AssumeFleetRoleForWorker, AssumeQueueRoleForRead,
        AssumeQueueRoleForUser, AssumeQueueRoleForWorker, CreateJob
    S-Handed-Out | eks-auth:AssumeRoleForPodIdentity
    S-Handed-Out | elasticmapreduce:GetClusterSessionCredentials
    S-Handed-Out | emr-containers:GetManagedEndpointSessionCredentials
    S-Handed-Out | finspace-api:GetProgrammaticAccessCredentials
    S-Handed-Out | gamelift:GetComputeAccess, GetInstanceAccess
    S-Handed-Out | iq-permission:AssumePermissionRole
    S-Handed-Out | ssm:RequestManagedInstanceRoleToken
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
    S-Vouched-For | license-manager:CreateToken, GetAccessToken
    S-Vouched-For | transfer:CreateServer, UpdateServer
    S-Perhaps | account-access:CreateEntitlement
    S-Perhaps | acm:CreateAcmeExternalAccountBinding, RequestCertificate
    S-Perhaps | apigateway:PUT
    S-Perhaps | appstream:AssociateAppBlockBuilderAppBlock, AssociateApplicationFleet,
        AssociateApplicationToEntitlement, AssociateFleet, CreateEntitlement, CreateUser, EnableUser, Stream,
        UpdateApplication, UpdateEntitlement, UpdateFleet
    S-Perhaps | appsync:CreateChannelNamespace, UpdateChannelNamespace
    S-Perhaps | athena:GetSessionEndpoint, ImportNotebook, UpdateNotebook
    S-Perhaps | batch:UpdateComputeEnvironment
    S-Perhaps | bedrock-agentcore:CreateGatewayTarget, CreatePolicy, DeletePolicy, InvokeBrowser,
        InvokeHarness, StartBrowserSession, UpdateGatewayTarget, UpdateHarness, UpdatePolicy, UpdatePolicyEngine
    S-Perhaps | chatbot:AssociateToConfiguration, UpdateCustomAction
    S-Perhaps | cloud9:CreateEnvironmentToken
    S-Perhaps | cloudformation:ActivateType, CreateStackInstances, CreateStackSet, RegisterType,
        SetTypeConfiguration, SetTypeDefaultVersion, UpdateStackInstances
    S-Perhaps | cloudwatch:AssumeAccessProfile, CreateAccessGrant, GetSpaceCredentials,
        GetSpaceCredentialsForOrganization, GetSpaceDataAccess,
        UpdateAccessProfile
    S-Perhaps | codebuild:CreateWebhook, UpdateWebhook
    S-Perhaps | codeconnections:UpdateConnectionInstallation, UpdateHost
    S-Perhaps | codedeploy:CreateCloudFormationDeployment, UpdateDeploymentGroup
    S-Perhaps | codepipeline:GetJobDetails, GetThirdPartyJobDetails, PollForJobs, PollForThirdPartyJobs,
        StartPipelineExecution, UpdateActionType, UpdatePipeline
    S-Perhaps | codestar-connections:UpdateConnectionInstallation, UpdateHost
    S-Perhaps | cognito-identity:CreateIdentityPool, MergeDeveloperIdentities, SetPrincipalTagAttributeMap
    S-Perhaps | cognito-idp:AddUserPoolClientSecret, AdminEnableUser, AdminResetUserPassword,
        AdminRespondToAuthChallenge, CreateCIMDPolicy, StartPointInTimeRecovery,
        StartUserImportJob, UpdateCIMDPolicy, UpdateClientMetadataURLState, UpdateGroup, UpdateUserPoolClient
    S-Perhaps | datazone:AddPolicyGrant, CreateCellRun, CreateProjectMembership, GetConnection,
        GetIamPortalLoginUrl, SsoLogin, StartCompute, StartNotebookCompute, StartNotebookRun, UpdateCell,
        UpdateConnection, UpdateNotebook, UpdateRootDomainUnitOwner
    S-Perhaps | deadline:BatchUpdateJob, CreateQueueEnvironment, UpdateQueueEnvironment
    S-Perhaps | ds:AccessDSData, AuthorizeApplication, CreateTrust, EnableClientAuthentication, EnableRadius,
        EnableRoleAccess, RegisterCertificate, UpdateRadius, UpdateTrust
    S-Perhaps | ds-data:UpdateGroup, UpdateUser
    S-Perhaps | ec2:DeleteKeyPair ImportKeyPair, DeleteKeyPair CreateKeyPair, ExportImage, ImportImage,
        ImportSnapshot, ModifyFleet, ModifySpotFleetRequest
    S-Perhaps | ecs:CreateDaemon, CreateService, CreateTaskSet, RegisterTaskDefinition, RunTask, StartTask,
        UpdateCapacityProvider, UpdateDaemon, UpdateExpressGatewayService, UpdateService
    S-Perhaps | eks:ActivateCertificateAuthority, CreateAddon, CreateCertificateAuthority, UpdateAddon,
        UpdateCapability, UpdateNodegroupVersion,
        UpdatePodIdentityAssociation
    S-Perhaps | elasticbeanstalk:ComposeEnvironments
    S-Perhaps | elasticmapreduce:AddInstanceFleet, AddInstanceGroups, CreateEditor, CreateStudioSessionMapping,
        GetOnClusterAppUIPresignedURL, GetSessionEndpoint, ModifyInstanceFleet, ModifyInstanceGroups, StartEditor,
        StartSession, UpdateStudioSessionMapping
    S-Perhaps | gamelift:UpdateContainerGroupDefinition, UpdateRuntimeConfiguration
    S-Perhaps | glue:CreateConnection, CreateUserDefinedFunction, GetSessionEndpoint, GlueNotebookAuthorize,
        GlueNotebookRefreshCredentials, RegisterConnectionType, RunDataPreviewStatement, SendRecipeAction,
        StartBlueprintRun, StartExportLabelsTaskRun, StartMLLabelingSetGenerationTaskRun, StartNotebook,
        UpdateBlueprint, UpdateConnection, UpdateCrawler, UpdateMLTransform, UpdateUserDefinedFunction, UpgradeJob
    S-Perhaps | greengrass:CreateComponentVersion, StartBulkDeployment
    S-Perhaps | imagebuilder:CreateComponent, CreateContainerRecipe, CreateImage, CreateImagePipeline,
        CreateImageRecipe, CreateWorkflow, ImportComponent, ImportDiskImage, UpdateInfrastructureConfiguration
    S-Perhaps | iot:AddThingToThingGroup, AttachThingPrincipal, CreateJob, CreateProvisioningClaim,
        CreateProvisioningTemplateVersion, OpenTunnel, RegisterCACertificate, RegisterCertificate, RegisterThing,
        RotateTunnelAccessToken, StartCommandExecution, UpdateCACertificate, UpdateCertificate,
        UpdateProvisioningTemplate, UpdateThingGroupsForThing
    S-Perhaps | iq-permission:ApproveAccessGrant, ApprovePermissionRequest
    S-Perhaps | kinesisanalytics:AddApplicationInput, AddApplicationInputProcessingConfiguration,
        AddApplicationOutput, AddApplicationReferenceDataSource, ImportSnapshot
    S-Perhaps | lambda:ConnectMicrovm, CreateEventSourceMapping, CreateRuntimeVersion, CreateWebFunctionRevision,
        PutFunctionEventInvokeConfig, RestoreRuntime, ResumeMicrovm, RunMicrovm, UpdateEventSourceMapping,
        UpdateFunctionEventInvokeConfig, UpdateMicrovmImage, UpdateMicrovmImageVersion, UpdateRuntime,
        UpdateRuntimeAlias
    S-Perhaps | pcs:UpdateCluster, UpdateComputeNodeGroup, UpdateQueue
    S-Perhaps | proton:CreateComponent, CreateEnvironmentTemplateVersion, CreateServiceTemplateVersion,
        CreateTemplateSyncConfig, UpdateComponent, UpdateEnvironmentTemplateVersion, UpdateService,
        UpdateServiceInstance, UpdateServicePipeline, UpdateServiceTemplateVersion, UpdateTemplateSyncConfig
    S-Perhaps | sagemaker:AttachClusterNodeVolume, CallMlflowAppApi, CallPartnerAppApi, CreateClusterExtension,
        CreateImageVersion,
        CreatePartnerAppPresignedUrl, CreatePresignedMlflowAppUrl, CreatePresignedMlflowTrackingServerUrl,
        CreateProject, CreateTransformJob,
        StartPipelineExecution, UpdateAppImageConfig, UpdateCluster, UpdateClusterExtension,
        UpdateClusterSoftware, UpdateImageVersion,
        UpdateMlflowApp, UpdateMlflowTrackingServer, UpdateModelPackage, UpdateNotebookInstance, UpdatePipeline,
        UpdateProject, UpdateTrainingJob
    S-Perhaps | servicecatalog:CopyProduct, UpdateConstraint, UpdateProvisionedProductProperties
    S-Perhaps | ssm:CreateDocument, GetAccessToken, RegisterDefaultPatchBaseline, RegisterPatchBaselineForPatchGroup,
        RegisterTargetWithMaintenanceWindow, StartAccessRequest, StartChangeRequestExecution,
        UpdateDocumentDefaultVersion, UpdateMaintenanceWindowTarget, UpdateManagedInstancePublicKey,
        UpdatePatchBaseline
    S-Perhaps | transfer:StartFileTransfer, StartRemoteDelete, StartRemoteMove, UpdateAccess, UpdateAgreement,
        UpdateConnector, UpdateUser, UpdateWebApp
"""
