"""Names that people believe: what to put where a question leaves a resource or a value open.

Addresses are those set aside for documentation (RFC 5737, RFC 3849), account ids and identifiers those of AWS's own
examples. Every text is a proposal: whether it will do says the evaluator.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from verifier.base.regex import regex
from verifier.clouds.aws.catalogue.keys import KeyType, key_facts
from verifier.clouds.aws.world.arn_form import ArnForm, ArnVariable
from verifier.clouds.aws.world.arn_parts import FIRST_REGION, REGION, is_account, is_region
from verifier.strings.pattern import Variable, Wild, arn_fields
from verifier.strings.values import Key

if TYPE_CHECKING:
    from verifier.logic.request import Request

_WORD = "example"
_ACCOUNT, _OTHER_ACCOUNT = "111122223333", "444455556666"
_REGION = "us-east-1"
_HEX = "0abc1234def567890"
_UUID = "a1b2c3d4-5678-90ab-cdef-111122223333"
_ORGANISATION = "o-exampleorgid"
_PATH = "o-exampleorgid/r-ab12/ou-ab12-11111111/"
_ADDRESSES = ("203.0.113.7", "198.51.100.7", "192.0.2.7", "2001:db8::7")
_BOUNDARY = f"arn:aws:iam::{_ACCOUNT}:policy/example-policy"

# What stands in a field of an ARN: partition, service, region, account.
_ARN_PARTS, _REGION_PLACE = 6, 3
_FIELDS = {0: "arn", 1: "aws", 2: "s3", 3: _REGION, 4: _ACCOUNT}

# The variable parts of ARN formats, by name in lower case.
_PARTS = {
    "partition": "aws",
    "region": _REGION,
    "account": _ACCOUNT,
    "accountid": _ACCOUNT,
    "memberaccountid": _ACCOUNT,
    "iamidentityaccountid": _ACCOUNT,
    "aggregatoraccount": _ACCOUNT,
    "clusterowneraccount": _ACCOUNT,
    "aggregatorregion": _REGION,
    "bucketname": "example-bucket",
    "objectname": "example-object",
    "usernamewithpath": "jane",
    "username": "jane",
    "groupnamewithpath": "developers",
    "uuid": _UUID,
    "keyid": _UUID,
    "version": "1",
    "versionid": "1",
    "versionnumber": "1",
    "layerversion": "1",
    "functionversion": "1",
}
# Resource identifiers of EC2, as `vpc-0abc...`: the format's own name before the last `/`, and the prefix.
_PREFIXES = {
    "image": "ami",
    "instance": "i",
    "volume": "vol",
    "vpc": "vpc",
    "subnet": "subnet",
    "snapshot": "snap",
    "security-group": "sg",
    "network-interface": "eni",
    "vpc-endpoint": "vpce",
    "internet-gateway": "igw",
    "natgateway": "nat",
    "route-table": "rtb",
    "launch-template": "lt",
}
_TAILS = ("WithPath", "Name", "Identifier", "Id", "Uuid", "UUID", "ID")  # `UUID` before `ID`, which ends it
_JOINT = regex(r"(?<=[a-z0-9])(?=[A-Z])")

_VALUES: dict[str, tuple[str, ...]] = {
    "aws:calledvia": ("cloudformation.amazonaws.com", "athena.amazonaws.com"),
    "aws:calledviafirst": ("cloudformation.amazonaws.com",),
    "aws:calledvialast": ("cloudformation.amazonaws.com",),
    "aws:currenttime": ("2026-01-15T12:00:00Z", "2020-01-15T12:00:00Z", "2030-01-15T12:00:00Z"),
    "aws:ec2instancesourcevpc": (f"vpc-{_HEX}",),
    "aws:epochtime": ("1768478400", "1579089600", "1894708800"),
    "aws:multifactorauthage": ("300", "86400"),
    "aws:principalaccount": (_ACCOUNT, _OTHER_ACCOUNT),
    "aws:principalarn": (f"arn:aws:iam::{_ACCOUNT}:user/jane", f"arn:aws:iam::{_ACCOUNT}:role/example-role"),
    "aws:principalorgid": (_ORGANISATION,),
    "aws:principalorgpaths": (_PATH,),
    "aws:principaltype": ("User", "AssumedRole"),
    "aws:referer": ("https://www.example.com/",),
    "aws:requestedregion": (_REGION, "eu-west-1", "ap-southeast-2"),
    "aws:resourceaccount": (_ACCOUNT, _OTHER_ACCOUNT),
    "aws:resourceorgid": (_ORGANISATION,),
    "aws:resourceorgpaths": (_PATH,),
    "aws:sourceaccount": (_ACCOUNT, _OTHER_ACCOUNT),
    "aws:sourceidentity": ("jane",),
    "aws:sourceorgid": (_ORGANISATION,),
    "aws:sourceorgpaths": (_PATH,),
    "aws:sourcevpc": (f"vpc-{_HEX}",),
    "aws:sourcevpcarn": (f"arn:aws:ec2:{_REGION}:{_ACCOUNT}:vpc/vpc-{_HEX}",),
    "aws:sourcevpce": (f"vpce-{_HEX}",),
    "aws:tagkeys": ("team", "project"),
    "aws:tokenissuetime": ("2020-01-14T12:00:00Z", "2026-01-15T11:00:00Z"),
    "aws:useragent": ("aws-cli/2.15.0",),
    "aws:userid": ("AIDACKCEVSQ6C2EXAMPLE",),
    "aws:username": ("jane",),
    "aws:vpceaccount": (_ACCOUNT, _OTHER_ACCOUNT),
    "aws:vpceorgid": (_ORGANISATION,),
    "aws:vpceorgpaths": (_PATH,),
    "ec2:region": (_REGION, "eu-west-1", "ap-southeast-2"),
    "iam:awsservicename": ("ecs.amazonaws.com",),
    "iam:passedtoservice": ("ec2.amazonaws.com", "lambda.amazonaws.com"),
    "iam:permissionsboundary": (_BOUNDARY,),
    "iam:policyarn": (_BOUNDARY,),
    "kms:calleraccount": (_ACCOUNT, _OTHER_ACCOUNT),
    "kms:viaservice": (f"s3.{_REGION}.amazonaws.com",),
    "s3:dataaccesspointaccount": (_ACCOUNT, _OTHER_ACCOUNT),
    "s3:resourceaccount": (_ACCOUNT, _OTHER_ACCOUNT),
}
_OF_TYPE: dict[KeyType | None, tuple[str, ...]] = {
    None: (_WORD,),
    KeyType.STRING: (_WORD,),
    KeyType.NUMERIC: ("1", "100", "10000"),
    KeyType.DATE: _VALUES["aws:currenttime"],
    KeyType.BOOL: ("true", "false"),
    KeyType.ADDRESS: _ADDRESSES,
    KeyType.ARN: ("arn:aws:s3:::example-bucket",),
    KeyType.BINARY: ("ZXhhbXBsZQ==",),
}


def values(key: Key) -> tuple[str, ...]:
    """Return values of `key` to propose, the likeliest first."""
    named = _VALUES.get(key.folded)
    if named is not None:
        return named
    facts = key_facts(key.folded)
    return _OF_TYPE[facts.type if facts else None]


@lru_cache(maxsize=4096)
def resource(form: ArnForm) -> str:
    """Return an ARN of the form to propose."""
    return _assembled(form, ("",) * _ARN_PARTS)


def resource_like(form: ArnForm, text: str) -> str | None:
    """Return an ARN of the form that keeps what `text` has in the places of its variable parts, to propose.

    None where `text` has something else in a part that the form fixes.
    """
    given = text.split(":", _ARN_PARTS - 1)
    if len(given) < _ARN_PARTS or any(given[place] != fixed for place, fixed in form.fixed):
        return None
    return _assembled(form, given)


def arn_like(text: str) -> str | None:
    """Return an ARN that keeps what `text` has in the parts that can stand in an ARN, to propose; None for no ARN."""
    fields = arn_fields(text)
    if fields is None:
        return None
    partition = fields[1] if fields[1] in FIRST_REGION else "aws"
    region = fields[3] if not fields[3] or is_region(fields[3], partition) else FIRST_REGION[partition]
    account = fields[4] if not fields[4] or is_account(fields[4]) else _ACCOUNT
    return ":".join(("arn", partition, fields[2], region, account, fields[5]))


def _assembled(form: ArnForm, given: Sequence[str]) -> str:
    found = ""
    for place, (pieces, left) in enumerate(zip(form.fields, given, strict=True)):
        found += ":" if place else ""
        for number, (literal, slot) in enumerate(pieces, start=1):
            following = pieces[number][0] if number < len(pieces) else ""
            left = left.removeprefix(literal)  # noqa: PLW2901  # read from left to right
            found += literal
            if slot is not None:
                value = left.partition(following)[0] if following else left
                left = left[len(value) :]  # noqa: PLW2901  # as above
                found += value if value not in ("", _WORD) and _holds(slot, value, found) else _part(slot.name, found)
    return found


def _holds(slot: ArnVariable, value: str, before: str) -> bool:
    """Whether `value` may stand in the variable part behind `before`; a region has to be one of its partition."""
    if before.count(":") == _REGION_PLACE and slot.pieces == (REGION,):
        return is_region(value, before.split(":")[1])
    return slot.holds(value)


def _part(name: str, before: str) -> str:
    fields = before.count(":")
    if fields == _REGION_PLACE:
        return FIRST_REGION.get(before.split(":")[1], _REGION)
    known = _PARTS.get(name.lower())
    if known is not None:
        return known
    if fields in _FIELDS:
        return _FIELDS[fields]
    prefix = _PREFIXES.get(re.split("[:/]", before)[-2])
    if prefix is not None:
        return f"{prefix}-{_HEX}"
    words = _JOINT.split(_stem(name))
    return "-".join((_WORD, *(word.lower() for word in words if word)))


def _stem(name: str) -> str:
    """Return `name` without the words of `_TAILS` at its end."""
    end = len(name)
    while tail := next((one for one in _TAILS if name.endswith(one, 0, end)), ""):
        end -= len(tail)
    return name[:end]


def from_pattern(parts: Iterable[str | Wild | Variable], of_key: Mapping[Key, str]) -> str | None:
    """Return a text that the pattern matches, to propose; None where a variable has no value in `of_key`."""
    found = ""
    for part in parts:
        match part:
            case Variable(key, default):
                value = of_key.get(key, default)
                if value is None:
                    return None
                found += value
            case Wild.CHAR:
                found += "0"
            case Wild.TEXT:
                found += _wild(found)
            case str():
                found += part
    return found.replace(f".{_WORD}.amazonaws.com", f".{_REGION}.amazonaws.com")


def _wild(before: str) -> str:
    """What to put for a `*` behind `before`."""
    fields = before.count(":")
    if before.startswith("arn:") and before.endswith(":") and fields in _FIELDS:
        return _FIELDS[fields]
    return _WORD if not before or before[-1] in "/:-_.=@" else ""


def in_account(request: Request, account: str) -> Request:
    """Return `request` with the number of `account` in the place of that of AWS's examples."""

    def told(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if isinstance(value, str):
            return value.replace(_ACCOUNT, account)
        return tuple(each.replace(_ACCOUNT, account) for each in value)

    context = {key: told(value) for key, value in request.context.items()}
    return replace(request, resource=request.resource.replace(_ACCOUNT, account), context=context)
