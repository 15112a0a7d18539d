"""The ways up through services, a row each: a new trick is a row.

    OF_ONE_SERVICE   services whose roles nobody else uses
    PASSING       through a service that is handed a role (`iam:PassRole`)
    TAKING_OVER   through what already runs as a role, hands out its credentials, or vouches for who may assume it
    taken_to_be_there(moves)   what a chain works on that no account shows, without the role that is passed

A row is the row of the list of escalations that it comes from, the service that the role has to trust, and the actions
that are needed together, each of the service of the one before where it names none; a comma begins another way of the
same row. A role is handed out or vouched for where something of the account gives it to whoever may ask, such as the
queue of a farm, a certificate authority or a pool of users.

Sources: IAM User Guide, *Granting a user permissions to pass a role to an AWS service*; the published lists of
escalation methods; the API references of the services, for what returns credentials of a role.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.delegation.taking_over_rows import TAKING_OVER_ROWS


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
        return self._service in OF_ONE_SERVICE | _OF_ITS_OWN or self.actions[0] in _OF_NODES

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
    "codecatalyst": ("codecatalyst-runner",),
    "codedeploy": ("ec2", "codedeploy"),
    "codeconnections": ("cloudformation",),
    "codestar-connections": ("cloudformation",),
    "cognito-idp": ("cognito-identity",),
    "datapipeline": ("ec2", "datapipeline"),
    "deadline": ("deadline", "credentials.deadline"),
    "drs": ("ec2",),
    "ds-data": ("ds",),
    "ec2-instance-connect": ("ec2",),
    "ecs": ("ecs-tasks",),
    "eks": ("eks", "pods.eks", "ec2"),
    "eks-auth": ("pods.eks",),
    "elasticbeanstalk": ("ec2", "elasticbeanstalk"),
    "elasticmapreduce": ("ec2", "elasticmapreduce"),
    "emr-containers": ("emr-containers", "elasticmapreduce"),
    "es": ("opensearchservice",),
    "finspace-api": ("finspace",),
    "lambda": ("lambda", "edgelambda"),
    "imagebuilder": ("ec2", "imagebuilder"),
    "iot": ("credentials.iot", "iot"),
    "lex": ("lexv2",),
    "license-manager": ("openid-license-manager",),
    "mgn": ("ec2",),
    "opsworks": ("ec2",),
    "pcs": ("ec2",),
    "servicecatalog": ("servicecatalog", "cloudformation"),
    "ssm": ("ec2", "ssm"),
    "ssm-guiconnect": ("ec2",),
    "ssm-quicksetup": ("ec2", "ssm"),
    "synthetics": ("lambda",),
}
# Those whose actions change only what the service itself runs, or hand out only what it was given.
_OF_ITS_OWN = frozenset(
    (
        "account-access",
        "airflow",
        "amplify",
        "apprunner",
        "appstream",
        "athena",
        "chatbot",
        "cloudwatch",
        "codeconnections",
        "codepipeline",
        "codestar-connections",
        "cognito-identity",
        "cognito-idp",
        "deadline",
        "finspace-api",
        "gamelift",
        "license-manager",
        "transfer",
    )
)
# A policy of what it has lets nobody change what runs there.
_LETS_CALL = frozenset(("apigateway", "cloudwatch", "ec2"))
# A session on a node acts as the role of that node.
_OF_NODES = frozenset(("ssm:GetAccessToken",))
# Those that vouch for who may assume a role.
_VOUCHING = frozenset(("account-access", "acm", "acm-pca", "cognito-identity", "cognito-idp", "ds", "ds-data", "iot"))
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
    S-CodeBuild | codebuild | codebuild:StartBuild
    S-CodeBuild | codebuild | codebuild:StartBuildBatch
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
    S-More | lambda | lambda:CreateMicrovmImage RunMicrovm
    S-More | lambda | lambda:RunMicrovm CreateMicrovmShellAuthToken
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
    S-More | credentials.iot | iot:UpdateRoleAlias
    S-More | transfer | transfer:CreateUser
    S-More | omics | omics:StartRun
    S-More | airflow | airflow:CreateEnvironment
    S-More | sagemaker | batch:SubmitServiceJob
    S-More | sagemaker | sagemaker:CreateModel CreateEndpointConfig CreateEndpoint
    S-More | sagemaker | sagemaker:CreateModel CreateTransformJob
    S-More | kafkaconnect | kafkaconnect:CreateCustomPlugin CreateConnector
    S-More | appstream | appstream:CreateImageBuilder CreateImageBuilderStreamingURL
    S-More | airflow-serverless | airflow-serverless:CreateWorkflow StartWorkflowRun
"""


# What an action that gets a role works on, where nothing before it makes that.
_WORKS_ON = {
    "airflow:CreateEnvironment": "a network and a bucket",
    "batch:SubmitJob": "a queue of jobs",
    "batch:SubmitServiceJob": "a queue of jobs",
    "cloudformation:SetStackPolicy": "a stack",
    "cloudformation:UpdateStack": "a stack",
    "cloudformation:UpdateStackSet": "a stack set",
    "codebuild:StartBuild": "a project",
    "codebuild:StartBuildBatch": "a project",
    "codebuild:UpdateProject": "a project",
    "cognito-identity:SetIdentityPoolRoles": "an identity pool",
    "ec2:AssociateIamInstanceProfile": "an instance",
    "ec2:ReplaceIamInstanceProfileAssociation": "an instance with a profile",
    "ec2:RunScheduledInstances": "a scheduled instance",
    "ecs:CreateService": "a cluster",
    "ecs:RunTask": "a cluster",
    "ecs:StartTask": "a cluster with a container instance",
    "eks:CreatePodIdentityAssociation": "a cluster where he runs pods",
    "emr-serverless:StartJobRun": "an application",
    "glue:UpdateJob": "a job",
    "iot:CreateRoleAlias": "a certificate of a device that he has, and that may use the alias",
    "iot:UpdateRoleAlias": "an alias, and a certificate of a device that he has, and that may use it",
    "kafkaconnect:CreateCustomPlugin": "a Kafka cluster",
    "lambda:RunMicrovm": "an image of a MicroVM",
    "lambda:UpdateFunctionConfiguration": "a function whose code he may have run",
    "transfer:CreateUser": "a server",
}
# The same where no role is passed.
_VOUCHES_IN = {
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity": "the identity pool, with a developer provider",
    "cognito-identity:UpdateIdentityPool": "the identity pool",
}


def taken_to_be_there(moves: Iterable[str]) -> Iterator[str]:
    """Yield what a chain of `moves` works on that no account shows, without the roles that are passed."""
    passed, made = False, set[str]()
    for move in moves:
        service, _, name = move.rpartition(":")
        passed = move == "PassRole" or (passed and bool(service))
        needed = _WORKS_ON.get(move) if passed and service not in made else _VOUCHES_IN.get(move)
        if needed is not None:
            yield f"taken to be there, as nothing that is read shows it: {needed}, for {move}"
        if name.startswith(("Create", "Update")):
            made.add(service)


def taking_over_in(services: Iterable[str]) -> Iterator[ServiceWay]:
    """Yield the ways that begin with an action of one of `services`: who is let in by a policy of a resource has it."""
    named = frozenset(services) - _LETS_CALL
    yield from (way for way in TAKING_OVER if way.actions[0].partition(":")[0] in named)


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
    ServiceWay(row, actions) for row, ways in _rows(TAKING_OVER_ROWS) for actions in _ways(ways)
)
