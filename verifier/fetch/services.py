"""`services.json`: what runs as which role, of what the table found and of the roles of the dump.

A reader takes a role that stands nowhere in the file to be in use nowhere. So the file is only made of answers that are
whole, and a role that trusts a service that the table does not cover stands there with all of that service:
`arn:aws:datapipeline:*:111122223333:*` says that it may be in use somewhere there. EC2 needs an instance profile.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from verifier.base.regex import regex
from verifier.fetch.calls import Given
from verifier.fetch.chains import covered_services

_EC2 = "ec2"
_LINKED = "/aws-service-role/"
_REGION = regex(r"[a-z]+(-[a-z]+)+-\d+")
_SERVICE = regex(r"([a-z0-9.-]+)\.amazonaws\.com(\.cn)?")


def running_as(running: Iterable[Given], dump: Given, partition: str, account: str) -> list[dict[str, str]]:
    """Return the content of `services.json`. Raises ValueError where a trust policy cannot be read."""
    roles = _roles(dump)
    found = {
        (str(one["arn"]), role)
        for one in running
        for named in one["roles"] or ()
        if named
        for role in roles.get(named, [named] if ":role/" in named else [])
    }
    for role in dump["RoleDetailList"]:
        if not role["Path"].startswith(_LINKED):
            found |= {
                (f"arn:{partition}:{service.rpartition('.')[2]}:*:{account}:*", role["Arn"])
                for service in trusted_services(role)
                if service not in covered_services() and (service != _EC2 or role.get("InstanceProfileList"))
            }
    return [{"resource": resource, "role": role} for resource, role in sorted(found)]


def trusted_services(role: Given) -> set[str]:
    """Return the services that a role trusts, without domain and region. Raises ValueError where that is not known."""
    document = role["AssumeRolePolicyDocument"]
    if not isinstance(document, dict):
        raise ValueError(f"the trust policy of {role['Arn']} cannot be read")  # noqa: TRY004 - the value is wrong
    return set(_trusted(document))


def _trusted(document: dict[str, Any]) -> Iterator[str]:
    for statement in _listed(document.get("Statement")):
        principal = statement.get("Principal") if isinstance(statement, dict) else None
        services = principal.get("Service") if isinstance(principal, dict) else None
        for service in _listed(services):
            parts = _SERVICE.fullmatch(str(service))
            if parts:
                yield ".".join(label for label in parts[1].split(".") if not _REGION.fullmatch(label))


def _roles(dump: Given) -> dict[str, list[str]]:
    """Return the ARNs of roles by all that a service may call them: ARN, name, or those of an instance profile."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for role in dump["RoleDetailList"]:
        profiles = role.get("InstanceProfileList", [])
        names = {role["Arn"], role["RoleName"]}
        names |= {profile[key] for profile in profiles for key in ("Arn", "InstanceProfileName")}
        for name in names:
            found[name].append(role["Arn"])
    return found


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
