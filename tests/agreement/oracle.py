"""A second decision about one request and who makes it, by rules 29 to 36, from the JSON of a line of `batch` alone.

    decide(line, request)    the decision, and the sides that allowed: what `evaluate` must answer
    outside(line, request)   whether the maximum of the line does not allow the request
    held(line, request)      whether the request is impossible whatever resource policies are not shown (`explicit`)
    let_in(line, request)    whether the resource's own side lets in who asks
    said(policy, line, request)   how strongly a document of the resource's side allows, and whether it denies

It shares no code with the evaluator or the prover, and keeps to the usual reading of AWS's guide. It reads the little
that `principals.py` draws: exact texts, `*`, `?` and plain variables, and the operators of `_HOLDS` on single values.
What else it meets raises `ValueError`; what the rules, or this reader, leave open raises `LeftOpen`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
Context: TypeAlias = dict[str, str]

_RCP_SERVICES = ("s3", "sqs", "kms", "sts", "secretsmanager", "dynamodb")
_TRUST_ACTIONS = ("assumerole", "assumerolewithsaml", "assumerolewithwebidentity", "tagsession", "setsourceidentity")
# The actions whose requests have no `aws:ResourceAccount`.
_OWNERLESS = re.compile(
    r"ebs:.*|ec2:(copy(image|snapshot)|create(volume|vpcendpoint)|(accept|reject)vpcendpointconnections"
    r"|(accept|create|delete|reject)(transitgatewaypeeringattachment|vpcpeeringconnection))"
    r"|(guardduty|securityhub):acceptadministratorinvitation|(detective|macie2):acceptinvitation"
    r"|auditmanager:updateassessmentframeworkshare|ds:acceptshareddirectory|es:acceptinboundconnection"
    r"|route53:((dis)?associatevpc(with|from)hostedzone|(create|delete)vpcassociationauthorization|listhostedzonesbyvpc)"
)
_HOSTS = ("accounts.google.com", "www.amazon.com", "graph.facebook.com", "cognito-identity.amazonaws.com")


class LeftOpen(Exception):
    """The rules do not say, or it is not read here: lists of values, CanonicalUser."""


@dataclass(frozen=True)
class Asker:
    """Who asks: `kind` is user, session, federated, root, service, provider or anonymous.

    `name` of a session is that of its role. A role's ARN as the one who asks is a session of it that is not named.
    """

    kind: str
    text: str
    account: str | None = None
    name: str = ""


def asker_of(text: str) -> Asker:
    """Return who `text` names. Raises ValueError where it names nobody who could ask."""
    if text == "*":
        return Asker("anonymous", text)
    if not text.startswith("arn:"):
        return Asker("provider" if text in _HOSTS else "service", text)
    if not re.fullmatch(r"arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:.+", text):
        raise ValueError(f"nobody who could ask: {text}")
    _, _, service, _, account, rest = text.split(":", 5)
    kind, _, name = rest.partition("/")
    match service, kind:
        case "iam", "root":
            return Asker("root", text, account)
        case "iam", "user":
            return Asker("user", text, account, name.rpartition("/")[2])
        case "iam", "oidc-provider" | "saml-provider":
            return Asker("provider", text)
        case "iam", "role":
            return Asker("session", text, account, name.rpartition("/")[2])
        case "sts", "assumed-role":
            return Asker("session", text, account, name.partition("/")[0])
        case "sts", "federated-user":
            return Asker("federated", text, account, name)
    raise ValueError(f"nobody who could ask: {text}")


def decide(line: Json, request: Json) -> tuple[str, tuple[str, ...]]:
    """Return `allowed`, `implicit-deny` or `explicit-deny`, and the sides that allowed where it is allowed."""
    return _Case(line, request).decision()


def outside(line: Json, request: Json) -> bool:
    """Whether the maximum of the line, an ordinary policy, does not allow the request."""
    case = _Case(line, request)
    return not case.allowed_by([line["maximum"]])


def held(line: Json, request: Json) -> bool:
    """Whether a Deny or an SCP level stops the request, or its resource is another account's."""
    case = _Case(line, request)
    return case.stopped() is not None or case.account != case.asker.account or case.root_assumes()


def let_in(line: Json, request: Json) -> bool:
    """Whether the policy of the resource allows the request of who asks, in whatever way it names him."""
    return _Case(line, request).let_in()


def said(policy: Json, line: Json, request: Json) -> tuple[int, bool]:
    """Return how strong the strongest Allow of `policy` is, 0 where none matches or it denies, and whether it denies.

    1 leaves the decision to the identity policies, 2 to boundary and session policy, and 3 stands alone (rule 31).
    """
    case = _Case(line, request)
    denied = case.denied_by([policy])
    kinds = ("account", "bound", "direct")
    grade = max((kinds.index(kind) + 1 for kind in case.grants(policy)), default=0)
    return 0 if denied else grade, denied


class _Case:
    """One request before the documents of a line."""

    def __init__(self, line: Json, request: Json) -> None:
        self.line, self.action, self.resource = line, request["action"], request["resource"]
        self.asker = asker_of(request.get("principal") or line["principal"])
        given: Context = {key.lower(): value for key, value in request.get("context", {}).items()}
        self.path_told = "aws:principalarn" in given or self.asker.text.startswith("arn:aws:iam:")
        in_arn = self.resource.split(":", 5)[4] if self.resource != "*" else ""
        self.account = in_arn or given.get("aws:resourceaccount") or self.asker.account
        self.context = given | dict(self._follows(in_arn, given))

    def _follows(self, in_arn: str, given: Context) -> Iterator[tuple[str, str]]:
        """The keys that follow from who asks, and from the resource (rule 33)."""
        asker, types = self.asker, {"user": "User", "session": "AssumedRole", "federated": "FederatedUser"}
        types |= {"root": "Account", "anonymous": "Anonymous"}
        if asker.kind in types:
            yield "aws:principaltype", types[asker.kind]
            yield "aws:principalaccount", asker.account or "anonymous"
        if asker.kind == "session":
            unnamed = asker.text.startswith("arn:aws:iam:")
            role = asker.text if unnamed else f"arn:aws:iam::{asker.account}:role/{asker.name}"
            yield "aws:principalarn", given.get("aws:principalarn", role)
        elif asker.kind in ("user", "federated", "root"):
            yield "aws:principalarn", asker.text
        if asker.kind == "user":
            yield "aws:username", asker.name
        if asker.kind == "service":
            yield "aws:principalservicename", asker.text
        if asker.kind != "anonymous":
            yield "aws:principalisawsservice", "true" if asker.kind == "service" else "false"
        if in_arn and not _OWNERLESS.fullmatch(self.action.lower()):
            yield "aws:resourceaccount", in_arn

    # --- the documents that take part ---

    def decision(self) -> tuple[str, tuple[str, ...]]:
        stopped, through = self.stopped(), self._through()
        if stopped is not None:
            return stopped, ()
        if through and not self._some("Allow", through):
            return "implicit-deny", ()
        limits_allow = all(self._some("Allow", [limit]) for limit in self._limits())
        sides = self._sides(self._policies(), limits_allow, self._resource_policy())
        return ("allowed", sides) if sides else ("implicit-deny", ())

    def stopped(self) -> str | None:
        """Return how a Deny of any document, or an SCP level, stops the request; None where nothing does."""
        shown, levels = self._resource_policy(), self._levels()
        alone = [*self._policies(), *self._limits(), *(document for level in levels for document in level)]
        speaking = [*self._through(), *([shown] if shown else []), *self._rcps()]
        if self.denied_by(alone) or self.denied_by(speaking):
            return "explicit-deny"
        return None if all(self._level_allows(level) for level in levels) else "implicit-deny"

    def let_in(self) -> bool:
        shown = self._resource_policy()
        return shown is not None and bool(self.grants(shown)) and not self.denied_by([shown])

    def _through(self) -> list[Json]:
        """The endpoint policy, where the request comes through an endpoint."""
        return [self.line["endpoint"]] if "endpoint" in self.line and "aws:sourcevpce" in self.context else []

    def _policies(self) -> list[Json]:
        found: list[Json] = self.line.get("policies", [])
        return found if self.asker.account is not None else []

    def _limits(self) -> list[Json]:
        """The boundary and the session policy."""
        found = [self.line[name] for name in ("boundary", "session") if name in self.line]
        return found if self.asker.account is not None else []

    def _levels(self) -> list[list[Json]]:
        """The levels of SCPs, where they bind who asks."""
        if self.asker.account is None or self._service_linked() or self._managed(self.asker.account):
            return []
        return [level if isinstance(level, list) else [level] for level in self.line.get("scps", [])]

    def _level_allows(self, level: list[Json]) -> bool:
        """A level without any Allow is beside FullAWSAccess (rule 30)."""
        only_denies = all(one["Effect"] == "Deny" for document in level for one in _statements(document))
        return only_denies or self._some("Allow", level)

    def _rcps(self) -> list[Json]:
        """The RCPs that bind here: by the service, the action, and whose resource it is."""
        found = [document for document in self.line.get("rcps", []) if self._some_denies(document)]
        if not found or self._service_linked() or self._assumes_service_linked() or self._managed(self.account):
            return []
        if self.action.partition(":")[0] not in _RCP_SERVICES or self.action.lower() == "kms:retiregrant":
            return []
        if self.account is None:
            raise LeftOpen("an RCP, and a resource whose account nothing tells")
        if "organization" in self.line:
            return found if self.account in self.line["organization"]["accounts"] else []
        if self.account != self.asker.account:
            raise LeftOpen("an RCP and another account's resource, and no organisation")
        return found

    def _some_denies(self, document: Json) -> bool:
        return any(one["Effect"] == "Deny" for one in _statements(document))

    def _managed(self, account: str | None) -> bool:
        """Whether it is the management account, which no SCP and no RCP binds."""
        return account is not None and account == self.line.get("organization", {}).get("management")

    def _service_linked(self) -> bool:
        if self.asker.kind != "session":
            return False
        by_path = ":role/aws-service-role/" in self.context["aws:principalarn"]
        return by_path or (not self.path_told and self.asker.name.startswith("AWSServiceRoleFor"))

    def _assumes_service_linked(self) -> bool:
        return self.asker.kind == "service" and ":role/aws-service-role/" in self.resource

    def _resource_policy(self) -> Json | None:
        """The policy that speaks of the resource; a trust policy speaks of assuming its role and of nothing else."""
        if ":role/" in self.resource and not self._keyed():
            return None
        for one in self.line.get("resource_policies", []):
            target = one["resource"]
            inside_bucket = target.split(":")[2] == "s3" and self.resource.startswith(target + "/")
            if self.resource == target or inside_bucket:
                policy: Json = one["policy"]
                return policy
        return None

    # --- the sides ---

    def _sides(self, policies: list[Json], limits_allow: bool, shown: Json | None) -> tuple[str, ...]:
        """The sides that allow together, none where the request is not allowed (rules 31, 32, 35 and 36)."""
        grants = self.grants(shown) if shown else set()
        if self.asker.account is None:
            return ("resource",) if grants else ()
        identity = self._identity(policies, limits_allow)
        direct = "direct" in grants or ("bound" in grants and limits_allow)
        same = self.account == self.asker.account
        if not same:
            return self._named(identity, bool(shown)) if identity and (grants or shown is None) else ()
        if shown and self._keyed():
            delegated = "account" in grants and identity
            return self._named(identity, True) if direct or delegated else ()
        return self._named(identity, direct)

    def _named(self, identity: bool, resource: bool) -> tuple[str, ...]:
        return ("identity",) * identity + ("resource",) * resource

    def _identity(self, policies: list[Json], limits_allow: bool) -> bool:
        if self.asker.kind == "root":
            return not self.root_assumes()
        if self.asker.kind == "federated" and "session" not in self.line:
            return False
        return limits_allow and self._some("Allow", policies)

    def root_assumes(self) -> bool:
        """Whether a root user asks to assume a role, which she cannot (rule 33)."""
        return self.asker.kind == "root" and self.action.lower() == "sts:assumerole"

    def _keyed(self) -> bool:
        service, _, name = self.action.lower().partition(":")
        of, rest = self.resource.split(":", 5)[2::3] if self.resource != "*" else ("", "")
        return (of == "kms" and rest.startswith("key/")) or (
            of == "iam" and rest.startswith("role/") and service == "sts" and name in _TRUST_ACTIONS
        )

    def grants(self, policy: Json) -> set[str]:
        """How the Allows that match name who asks: `direct`, `bound` (by boundary and session), `account`."""
        if self.root_assumes():
            return set()
        return {
            kind
            for one in _statements(policy)
            if one["Effect"] == "Allow" and self._matches_but_principal(one)
            for kind in self._kinds(one["Principal"])
        }

    # --- statements ---

    def allowed_by(self, documents: list[Json]) -> bool:
        """Whether documents that act as one, and name no principals, allow the request."""
        return self._some("Allow", documents) and not self.denied_by(documents)

    def denied_by(self, documents: list[Json]) -> bool:
        """Whether some Deny matches."""
        return self._some("Deny", documents)

    def _some(self, effect: str, documents: list[Json]) -> bool:
        return any(
            one["Effect"] == effect and self._matches(one) for document in documents for one in _statements(document)
        )

    def _matches(self, statement: Json) -> bool:
        if not self._matches_but_principal(statement):
            return False
        if "NotPrincipal" in statement:
            return self._excepted_reaches(statement)
        return "Principal" not in statement or bool(self._kinds(statement["Principal"]))

    def _excepted_reaches(self, statement: Json) -> bool:
        """Whether `NotPrincipal` with Deny reaches who asks: always where he has a boundary (rule 34)."""
        if statement["Effect"] == "Allow":
            raise LeftOpen("NotPrincipal with Allow")
        kinds, bounded = self._kinds(statement["NotPrincipal"]), "boundary" in self.line
        if kinds and bounded and self.asker.kind == "federated":
            raise LeftOpen("NotPrincipal, and the boundary of the user who federated")
        if not kinds or (bounded and self.asker.kind in ("user", "session")):
            return True
        if kinds == {"account"} and self.asker.kind != "root":
            raise LeftOpen("NotPrincipal names the account alone")
        return False

    def _kinds(self, principal: str | Json) -> set[str]:
        """How an element names who asks; the empty set where it does not."""
        if principal == "*":
            return {"direct"}
        assert isinstance(principal, dict)
        entries = [(kind, text) for kind, texts in principal.items() for text in _listed(texts)]
        return {found for kind, text in entries if (found := self._kind(kind, text))}

    def _kind(self, kind: str, text: str) -> str | None:
        asker = self.asker
        if kind in ("Service", "Federated"):
            asks = asker.kind == {"Service": "service", "Federated": "provider"}[kind]
            return "direct" if asks and asker.text == text else None
        if kind != "AWS":
            raise LeftOpen(kind)
        if text == "*" or (text == asker.text and (asker.kind == "user" or text.startswith("arn:aws:sts:"))):
            return "direct"
        if asker.account is not None and text in (asker.account, f"arn:aws:iam::{asker.account}:root"):
            return "account"
        if asker.kind == "session" and re.fullmatch(f"arn:aws:iam::{asker.account}:role/(.*/)?{asker.name}", text):
            return "bound"
        if asker.kind != "federated" or not text.startswith(f"arn:aws:iam::{asker.account}:user/"):
            return None
        if "federated_by" not in self.line:
            raise LeftOpen("who federated is not told")
        return "bound" if text == self.line["federated_by"] else None

    def _matches_but_principal(self, statement: Json) -> bool:
        return (
            self._listed_fits(statement, "Action", self.action.lower())
            and self._listed_fits(statement, "Resource", self.resource)
            and all(
                self._holds(operator, key.lower(), [str(value) for value in _listed(values)])
                for operator, keys in statement.get("Condition", {}).items()
                for key, values in keys.items()
            )
        )

    def _listed_fits(self, statement: Json, element: str, text: str) -> bool:
        if element in statement:
            entries = [entry.lower() if element == "Action" else entry for entry in _listed(statement[element])]
            return any(self._filled(entry) and _fits(self._filled(entry), text) for entry in entries)
        negated = f"Not{element}"
        if negated in statement:
            return not self._listed_fits({element: statement[negated]}, element, text)
        return element == "Resource"

    def _filled(self, pattern: str) -> str:
        """The pattern with the values of its variables, which hold no wildcards; empty where one has none (rule 28)."""
        keys = re.findall(r"\$\{([^}]*)\}", pattern)
        if not all(key.lower() in self.context for key in keys):
            return ""
        for key in keys:
            value = self.context[key.lower()]
            if "*" in value or "?" in value:
                raise LeftOpen(f"a wildcard in {key}")
            pattern = pattern.replace(f"${{{key}}}", value)
        return pattern

    def _holds(self, operator: str, key: str, values: list[str]) -> bool:
        held = self.context.get(key)
        if operator == "Null":
            return (not held) is (values == ["true"])
        lenient = operator.endswith("IfExists")
        test, negated = _HOLDS[operator.removesuffix("IfExists")]
        if held is None:
            return negated or lenient
        if not isinstance(held, str):
            raise LeftOpen(f"a list: {key}")
        return any(test(value, held) for value in values) is not negated


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), text, re.DOTALL) is not None


def _fits_arn(pattern: str, text: str) -> bool:
    """Part by part (rule 21)."""
    parts, fields = pattern.split(":", 5), text.split(":", 5)
    return pattern == "*" or (len(fields) == len(parts) and all(map(_fits, parts, fields)))


_Test: TypeAlias = Callable[[str, str], bool]
_HOLDS: dict[str, tuple[_Test, bool]] = {
    "StringEquals": (str.__eq__, False),
    "StringNotEquals": (str.__eq__, True),
    "StringLike": (_fits, False),
    "StringNotLike": (_fits, True),
    "ArnEquals": (_fits_arn, False),
    "ArnLike": (_fits_arn, False),
    "ArnNotEquals": (_fits_arn, True),
    "ArnNotLike": (_fits_arn, True),
    "Bool": (lambda value, held: value.lower() == held.lower(), False),
}


def _statements(document: Json) -> list[Json]:
    return _listed(document["Statement"])


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
