"""The moves: what an administrator may do to rise, one row each; a new trick is a row.

    MOVES            requests that change who may do what, each with what makes it harmless
    granting_moves   those by which a service lets somebody use a resource
    GRANTED_WITH     the services whose actions such a policy may allow besides

`rows` are the rows of the list of escalations that a move comes from (`Q1` to `Q17`: the obligations of a delegated
administrator); `tests/delegation/sections.json` has that list, and a test compares it with this table. What a request
of a move must be for the move to be harmless is `spared`, judged against the invariant (`invariant.py`). The ways up
through services are in `service_ways.py`.

Sources: IAM User Guide, *Permissions boundaries for IAM entities* and *Granting a user permissions to pass a role to an
AWS service*; IAM API Reference for what each action changes; the published lists of escalation methods. Which action
carries which condition key says the catalogue.
"""

from __future__ import annotations

import enum
from functools import cache

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex
from verifier.clouds.aws.catalogue.actions import AccessLevel, actions_of, actions_with


class Spared(enum.Enum):
    """Which requests of a move leave the invariant as it is."""

    EVERY = "every request"
    NONE = "no request"
    BOUNDED = "those whose iam:PermissionsBoundary is an approved boundary"
    BOUNDED_OR_DELEGATED = "those, and those on delegated users and roles"
    DELEGATED = "those on what is delegated"
    DELEGATED_OR_SELF = "those on delegated users, and on oneself"
    UNPROTECTED = "those that do not touch an approved boundary"
    GRANTABLE = "those of a service that is wholly within the maximum"


@dataclass(frozen=True, slots=True)
class DelegationMove:
    """One action, or several of a service that are alike. `why` says what its other requests would change, or for
    `EVERY` why none changes anything.

    `kind` is the resource type that is delegated by path. `own_policies`: it matters only as far as it changes the
    administrator's own identity policies.
    """

    actions: tuple[str, ...]
    rows: tuple[str, ...]
    spared: Spared
    why: str
    kind: str = ""
    own_policies: bool = False

    @property
    def name(self) -> str:
        """What answers call it: an action of IAM and STS by its name alone."""
        service, _, name = self.actions[0].partition(":")
        if len(self.actions) > 1:
            return f"grants of {service}"
        return name if service in ("iam", "sts") else self.actions[0]

    @property
    def service(self) -> str:
        """The prefix of its service, or of that of its first action."""
        return self.actions[0].partition(":")[0]

    @property
    def granted(self) -> tuple[str, ...]:
        """The prefixes of the services whose actions a policy of a resource of its service may allow."""
        return (self.service, *GRANTED_WITH.get(self.service, ()))


def _moves(
    row: str, names: str, spared: Spared, why: str, kind: str = "", *, own_policies: bool = False
) -> tuple[DelegationMove, ...]:
    found = []
    for name in names.split():
        action = name if ":" in name else f"iam:{name}"
        found.append(DelegationMove((action,), tuple(row.split()), spared, why, kind, own_policies))
    return tuple(found)


_BY_BOUNDARY = (
    *_moves("Q1 Q1' Q1'' Q15'", "CreateUser", Spared.BOUNDED, "a user would not carry an approved boundary", "user"),
    *_moves("Q1 Q1' Q1'' Q15'", "CreateRole", Spared.BOUNDED, "a role would not carry an approved boundary", "role"),
    *_moves("Q1", "AcquireRole", Spared.BOUNDED, "a role from a template may not carry an approved boundary", "role"),
    *_moves(
        "Q2 Q2' Q16",
        "PutUserPermissionsBoundary PutRolePermissionsBoundary",
        Spared.BOUNDED,
        "a boundary would be replaced by one that is not approved",
    ),
    *_moves(
        "Q3 Q16",
        "DeleteUserPermissionsBoundary DeleteRolePermissionsBoundary",
        Spared.NONE,
        "a boundary would be removed",
    ),
    *_moves(
        "Q5 Q16",
        "AttachUserPolicy PutUserPolicy",
        Spared.BOUNDED_OR_DELEGATED,
        "somebody without an approved boundary, such as himself, would get other policies",
        "user",
        own_policies=True,
    ),
    *_moves(
        "Q5 Q16",
        "AttachRolePolicy PutRolePolicy",
        Spared.BOUNDED_OR_DELEGATED,
        "a role without an approved boundary would get other policies",
        "role",
        own_policies=True,
    ),
    *_moves(
        "Q5' Q16",
        "DetachUserPolicy DeleteUserPolicy",
        Spared.BOUNDED_OR_DELEGATED,
        "a policy that denies something to him would be removed",
        "user",
        own_policies=True,
    ),
    *_moves(
        "Q5' Q16",
        "DetachRolePolicy DeleteRolePolicy",
        Spared.BOUNDED_OR_DELEGATED,
        "a policy that denies something to him would be removed",
        "role",
        own_policies=True,
    ),
    *_moves(
        "Q8",
        "UpdateAssumeRolePolicy",
        Spared.BOUNDED_OR_DELEGATED,
        "a role without an approved boundary would trust him",
        "role",
    ),
)
_POLICIES = (
    *_moves("Q4 Q4'", "CreatePolicyVersion", Spared.UNPROTECTED, "an approved boundary would say something else"),
    *_moves("Q4 Q4'", "SetDefaultPolicyVersion", Spared.UNPROTECTED, "another version of a boundary would be in force"),
    *_moves("Q4", "DeletePolicy", Spared.UNPROTECTED, "a boundary would be gone, and could be made anew"),
    *_moves(
        "Q4'",
        "CreatePolicyVersion SetDefaultPolicyVersion",
        Spared.DELEGATED,
        "a managed policy that he carries himself would say something else",
        "policy",
        own_policies=True,
    ),
    *_moves("Q4", "DeletePolicyVersion", Spared.EVERY, "the version that is in force cannot be deleted"),
    *_moves(
        "Q4'' R1", "CreatePolicy", Spared.EVERY, "the approved boundaries exist, so no policy of their ARN can be made"
    ),
)
_GROUPS = (
    *_moves(
        "Q6 Q16 R4",
        "AddUserToGroup",
        Spared.NONE,
        "he would join a group and have its policies; which user is added cannot be restricted",
        "group",
        own_policies=True,
    ),
    *_moves(
        "Q6 R4",
        "AttachGroupPolicy PutGroupPolicy DetachGroupPolicy DeleteGroupPolicy RemoveUserFromGroup UpdateGroup",
        Spared.DELEGATED,
        "he may be a member of the group, and its policies would change",
        "group",
        own_policies=True,
    ),
    *_moves("Q6", "CreateGroup DeleteGroup", Spared.EVERY, "a new group has no members; a deleted one had none"),
)
_CREDENTIALS = _moves(
    "Q7",
    "CreateAccessKey UpdateAccessKey CreateLoginProfile UpdateLoginProfile CreateServiceSpecificCredential "
    "ResetServiceSpecificCredential UpdateServiceSpecificCredential UploadSSHPublicKey UpdateSSHPublicKey "
    "UploadSigningCertificate UpdateSigningCertificate EnableMFADevice DeactivateMFADevice ResyncMFADevice "
    "ChangePassword",
    Spared.DELEGATED_OR_SELF,
    "he would have the credentials of a user who is not delegated",
    "user",
)
_SESSIONS = (
    *_moves(
        "Q7", "CreateVirtualMFADevice DeleteVirtualMFADevice", Spared.EVERY, "a device does nothing until it is enabled"
    ),
    *_moves(
        "-",
        "sts:GetSessionToken sts:GetFederationToken sts:GetScopedCredentials",
        Spared.EVERY,
        "such a session may do no more than its user",
    ),
)
_BECOMING = (
    *_moves("Q9 R2", "PassRole", Spared.DELEGATED, "a service could act as a role that is not delegated", "role"),
    *_moves("Q10 R3", "sts:AssumeRole", Spared.DELEGATED, "he could become a role that is not delegated", "role"),
    *_moves(
        "Q10",
        "sts:AssumeRoleWithSAML sts:AssumeRoleWithWebIdentity",
        Spared.EVERY,
        "only who holds a token of the provider can, whatever his policies say; Q13 keeps the providers",
    ),
    *_moves(
        "Q10",
        "sts:TagSession sts:SetSourceIdentity sts:SetContext",
        Spared.EVERY,
        "the proofs are about every value of tags",
    ),
    *_moves("Q8'", "UpdateUser", Spared.DELEGATED, "a user could be renamed into a delegated path", "user"),
    *_moves(
        "Q8'", "UpdateRole UpdateRoleDescription", Spared.EVERY, "neither who may assume a role nor its policies change"
    ),
    *_moves(
        "Q9''",
        "AddRoleToInstanceProfile ec2:AssociateIamInstanceProfile ec2:ReplaceIamInstanceProfileAssociation",
        Spared.EVERY,
        "the role has to be passed: iam:PassRole is asked about",
    ),
    *_moves("Q9''", "RemoveRoleFromInstanceProfile", Spared.EVERY, "nobody becomes a role by it"),
    *_moves(
        "Q11",
        "CreateServiceLinkedRole DeleteServiceLinkedRole",
        Spared.EVERY,
        "nobody but the service can act as a service-linked role",
    ),
)
_PROVIDERS = _moves(
    "Q13",
    "CreateSAMLProvider UpdateSAMLProvider DeleteSAMLProvider CreateOpenIDConnectProvider "
    "DeleteOpenIDConnectProvider "
    "AddClientIDToOpenIDConnectProvider RemoveClientIDFromOpenIDConnectProvider "
    "UpdateOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint "
    "rolesanywhere:* signin:* sso:* sso-directory:* sso-oauth:* identitystore:* identitystore-auth:* identity-sync:*",
    Spared.NONE,
    "he could forge the identities that a provider vouches for",
)
_ACCOUNT = _moves(
    "Q14",
    "sts:AssumeRoot EnableOrganizationsRootSessions EnableOrganizationsRootCredentialsManagement "
    "DisableOrganizationsRootSessions DisableOrganizationsRootCredentialsManagement "
    "SetSecurityTokenServicePreferences "
    "CreateDelegationRequest AcceptDelegationRequest AssociateDelegationRequest SendDelegationToken "
    "RejectDelegationRequest UpdateDelegationRequest sts:GetDelegatedAccessToken EnableOutboundWebIdentityFederation "
    "DisableOutboundWebIdentityFederation sts:GetWebIdentityToken UpdateAccountPasswordPolicy "
    "UpdateAccountEmailAddress "
    "UpdateAccountName PutAccountProperties organizations:* account:* eks:CreateAccessEntry "
    "eks:UpdateAccessEntry eks:AssociateAccessPolicy controltower:* lakeformation:* ram:* "
    "fsx:CreateAndAttachS3AccessPoint",
    Spared.NONE,
    "it reaches beyond the policies of the account",
)
_TAGS = _moves(
    "Q15 Q16",
    "TagUser UntagUser TagRole UntagRole TagPolicy UntagPolicy TagInstanceProfile UntagInstanceProfile "
    "TagSAMLProvider "
    "UntagSAMLProvider TagOpenIDConnectProvider UntagOpenIDConnectProvider TagMFADevice UntagMFADevice "
    "TagServerCertificate UntagServerCertificate",
    Spared.EVERY,
    "the proofs are about every value of tags",
)
_TAKING_AWAY = _moves(
    "-",
    "DeleteUser DeleteRole DeleteAccessKey DeleteLoginProfile DeleteServiceSpecificCredential DeleteSSHPublicKey "
    "DeleteSigningCertificate CreateInstanceProfile DeleteInstanceProfile SetSTSRegionalEndpointStatus "
    "CreateAccountAlias DeleteAccountAlias DeleteAccountPasswordPolicy "
    "UploadServerCertificate UpdateServerCertificate DeleteServerCertificate DeleteCloudFrontPublicKey "
    "UpdateCloudFrontPublicKey UploadCloudFrontPublicKey",
    Spared.EVERY,
    "nobody gains rights or credentials by it",
)


@cache
def granting_moves() -> tuple[DelegationMove, ...]:
    """Return Q17: the actions by which a service lets somebody use a resource, by the catalogue; a move a service."""
    asked = {action for move in MOVES for action in move.actions}
    whole = {"iam", "sts"} | {action.removesuffix(":*") for action in asked if action.endswith(":*")}
    found: dict[str, dict[str, None]] = {}
    for action in (*actions_of(AccessLevel.PERMISSIONS), *_writing_policies()):
        service = action.partition(":")[0]
        if action not in asked and service not in whole and not _only_reads(action):
            found.setdefault(service, {}).setdefault(action)
    why = "a resource would let him in past the boundary"
    return tuple(DelegationMove(tuple(names), ("Q17",), Spared.GRANTABLE, why) for _, names in sorted(found.items()))


def _writing_policies() -> list[str]:
    """Return what changes who may use a resource, whatever class the catalogue gives it."""
    named = (action for action in actions_with("Policy") if _RESOURCE_POLICY.search(action))
    return sorted({*named, *_ALSO_GRANTING})


def _only_reads(action: str) -> bool:
    """Whether it reads who may do what; the catalogue gives some of these the class of those that change it."""
    return action.partition(":")[2].startswith(("Get", "List", "Describe")) and action not in _ALSO_GRANTING


# What a policy of a resource of the service may allow is partly named as another service.
GRANTED_WITH = {
    "apigateway": ("execute-api",),
    "backup": ("s3",),
    "cloudtrail": ("cloudtrail-data",),
    "kafka": ("kafka-cluster",),
    "vpc-lattice": ("vpc-lattice-svcs",),
}
_RESOURCE_POLICY = regex(r":(Put|Create|Update|Set|Add)\w*(Resource|Permissions|Access)Policy")
_NAMED_GRANTING = """
    aiops:PutInvestigationGroupPolicy backup:CreateBackupAccessPoint
    comprehend:CreateDocumentClassifier comprehend:CreateEntityRecognizer
    continuum:PutResourcePolicy dsql:CreateCluster dsql:PutClusterPolicy
    ecr:CreateRepositoryCreationTemplate ecr:UpdateRepositoryCreationTemplate
    elemental-inference:PutFeedPolicy es:AddDirectQueryDataSource es:CreateDomain
    es:UpdateDirectQueryDataSource es:UpdateDomainConfig kafka:PutClusterPolicy kms:CreateGrant
    kms:CreateKey kms:PutKeyPolicy kms:ReplicateKey logs:PutDeliveryDestinationPolicy
    logs:PutDestinationPolicy mediapackagev2:PutChannelPolicy
    mediapackagev2:PutOriginEndpointPolicy oam:PutSinkPolicy qbusiness:AssociatePermission
    rekognition:PutProjectPolicy resource-groups:PutGroupPolicy route53profiles:PutProfilePolicy
    s3:GetDataAccess sagemaker:CreateLineageGroupPolicy sagemaker:PutEndpointPolicy
    sagemaker:PutLineageGroupPolicy sagemaker:PutModelPackageGroupPolicy
    serverlessrepo:PutApplicationPolicy sns:SetTopicAttributes sqs:SetQueueAttributes
    ssm-contacts:PutContactPolicy wellarchitected:PutAgentProfilePolicy
    wellarchitected:PutAgentRecommendationPolicy
"""
_ALSO_GRANTING = frozenset(_NAMED_GRANTING.split())

MOVES: tuple[DelegationMove, ...] = (
    *_BY_BOUNDARY,
    *_POLICIES,
    *_GROUPS,
    *_CREDENTIALS,
    *_SESSIONS,
    *_BECOMING,
    *_PROVIDERS,
    *_ACCOUNT,
    *_TAGS,
    *_TAKING_AWAY,
)
