"""Actions that AWS's APIs have and that the catalogue does not list yet, where they change something.

    unlisted_actions(prefix)   those of a service, as `service:Name`
    UNLISTED                   the names of the actions, by the prefixes of their services
    LIKE                       for one of IAM, one that the catalogue has, on resources of the same types

Who has one of these by a wildcard may do what no list of actions tells. So proofs count them like those that the
catalogue has; no chain has them. They are the operations of the APIs of services that may act as a role, without those
that only read. A test fails for each one that the catalogue has come to list: it is taken away here.

Source: the models of the APIs in botocore 1.44.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_ROWS = """
    agent-registry AssociatePublisher CreatePublisher UpdatePublisherAssociationApprovalStatus
    aidevops UpdateChat
    airflow-serverless CreateAirflowUiUrl
    aoss CreateIngestionJob CreateIngestionStream
    appstream UpdateImageBuilder
    athena CreateSystemTableConfiguration UpdateSystemTableConfiguration
    bedrock CreateProject CreateRetrievalInstruction CreateRetrievalInstructionVersion CreateVpcConfiguration
        StartAsyncInvoke UpdateProject UpdateRetrievalInstruction
    bedrock-agentcore IngestData InvokeBrowser StartDatasetGeneration UpdateAgentInsight UpdateAgentInsightStore
    cases BatchCreateRelatedItem BatchUpdateCase StartMergeCases
    cloudformation SetAlias
    cloudhsm CreateHapg CreateLunaClient ModifyHapg ModifyHsm ModifyLunaClient
    cloudwatch GetSpaceDataAccess
    codecatalyst CreateAccessToken CreateDevEnvironment StartDevEnvironment StartDevEnvironmentSession StartWorkflowRun
        UpdateDevEnvironment
    cognito-idp CompleteWebAuthnRegistration CreateCIMDPolicy StartPointInTimeRecovery UpdateCIMDPolicy
        UpdateClientMetadataURLState
    connect CreateAuthCode CreateContactFlowAlias StartTestCaseExecution UpdateContactFlowAlias
    continuum PutResourcePolicy
    datazone UpdateAssetOwner UpdateRootDomainUnitOwner
    deadline BatchUpdateJob BatchUpdateTask
    dms ModifyConversionConfiguration ModifyDataProvider ModifyInstanceProfile ModifyMigrationProject
        StartExtensionPackAssociation StartMetadataModelExportAsScript
    ecs AssociateGatewayWithCluster CreateGateway UpdateGateway
    elemental-inference CreateFunction CreateQuestionSet CreateQuestionSetVersion CreateScheduleAction UpdateFunction
        UpdateQuestionSet
    emr-containers UpdateVirtualCluster
    es AddReplicationPeer FailoverReplication SwitchoverReplication UpdateClone
    events RotateWebhookCredentials
    glue AssociateGlossaryTerms CreateDataQualityEvaluationConfig CreateGlossary CreateGlossaryTerm PutAsset
        PublishDataQualityResultV2 PutAttachment PutDataCatalogExportConfiguration PutFormType
        StartMaterializedViewRefreshTaskRun UpdateAsset UpdateDataQualityEvaluationConfig UpdateGlossary
        UpdateGlossaryTerm
    health-agent CreateDataset StartMedicalCodingJob
    iam AcquireRole UpdateDelegationRequest UpdateOpenIDConnectProvider
    iotfleetwise BatchCreateVehicle BatchUpdateVehicle
    kafka CreateAssessment StartTopicReassignment
    kafkaconnect PauseConnector RestartConnector ResumeConnector
    kinesis CreateQueue UpdateQueue
    kinesisanalytics CreateSnapshot ExportSnapshot ImportSnapshot
    lambda CreateRuntime CreateRuntimeAlias CreateRuntimeVersion CreateWebFunction CreateWebFunctionEndpoint
        CreateWebFunctionRevision RestoreRuntime ResumeDurableExecution UpdateRuntime UpdateRuntimeAlias
        UpdateWebFunctionEndpoint
    mediaconnect RegisterDestinationEndpoint RegisterSourceEndpoint UpdateDestinationEndpoint UpdateSourceEndpoint
    mediaconvert StartJobsQuery
    mediatailor PutFunction
    mgn CreateRemoteSourceAction StartRemoteSourceActionJob UpdateLaunchConfigurationDefaults UpdateRemoteSourceAction
    network-firewall CreateFirewallPolicyV2 UpdateFirewallPolicyV2 UpdateProxySettings
    networkflowmonitor CreatePerformanceMonitor StartQueryPerformanceMonitor UpdatePerformanceMonitor
    networkmanager AssociateContextStore CreateContextStore UpdateContextStore
    observabilityadmin CreateConnector PutConnectorTelemetryManifest StartTelemetryPipelineRefresh
        StartThirdPartyTelemetryEnrichment
    odb UpdateCloudAutonomousVmCluster UpdateCloudVmCluster
    polly CreateVoice
    profile BatchPutProfileObject
    qapps CreatePresignedUrl
    quicksight CreateTopicV2 UpdateTopicPermissionsV2 UpdateTopicV2
    redshift ModifyLakehouseConfiguration
    redshift-serverless UpdateLakehouseConfiguration
    resiliencehub StartDependencyInsights
    rtbfabric PutLinkFlows
    s3tables CompleteTableMigration StartTableMigration SyncTableMigration UpdateTableMigration
    sagemaker AddInferenceGateway CreateClusterExtension CreateGlobalInferenceGateway CreateInferenceRouter
        CreateTrainingSession ExecuteTrainingOperation MoveClusterNodes PutEndpointPolicy SampleTrainingSession
        UpdateClusterExtension UpdateGlobalInferenceGateway UpdateInferenceRouter
    secretsmanager AssociateCrossAccountReplica
    securityagent ResumePentestJob
    securityhub BatchUpdateFindingsV2 RegisterConnectorV2 StartExportJobV2
    social-messaging CreateWhatsAppDataset SendWhatsAppConversionEvent
    ssm RegisterDefaultHostManagementConfiguration
    sts GetScopedCredentials
    textract CreateBlueprint CreateBlueprintVersion CreateProject StartDocumentInsights UpdateBlueprint UpdateProject
    transcribe TranscribeAudio UpdateLanguageModel
    vpc-lattice BatchUpdateRule
    wellarchitected CreateAgentOrganizationalReport PutAgentProfilePolicy PutAgentRecommendationPolicy
        SendAgentOrganizationalReportDataToS3
    wisdom RegisterAssistantReplicaKey RegisterKnowledgeBaseReplicaKey
    workspaces-instances ModifyVolume
"""

UNLISTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {prefix: tuple(names) for prefix, *names in map(str.split, _ROWS.replace("\n        ", " ").strip().splitlines())}
)
LIKE: Mapping[str, str] = MappingProxyType(
    {
        "iam:AcquireRole": "iam:CreateRole",
        "iam:UpdateDelegationRequest": "iam:AcceptDelegationRequest",
        "iam:UpdateOpenIDConnectProvider": "iam:UpdateOpenIDConnectProviderThumbprint",
    }
)


def unlisted_actions(prefix: str) -> tuple[str, ...]:
    """Return the actions of a service that the catalogue does not list, as `service:Name`."""
    return tuple(f"{prefix}:{name}" for name in UNLISTED.get(prefix, ()))
