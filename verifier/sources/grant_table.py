"""Resources that give permissions without a document, each type with the names of what matters of it.

    of_plans(type), of_templates(type)    those of a type; none for all of them; None for no such type
    names_a_role(name)                    whether an attribute of this name says as which role something runs
    gives_nothing(text)                   whether a value is what is there without it

As which role something runs is told by names of attributes, and by ARNs of roles in texts: nearly every service has
such an attribute, and one too many only makes a change of it undecided.

The types stand in `grants.tsv`, which says where they are from and what is left out. The provider `awscc` has
CloudFormation's types and properties, and its principals are not followed either.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from verifier.base.regex import regex
from verifier.sources.terraform.table import cloud_control_type, snake_case

_LOADER: Any = __spec__.loader
_COLUMNS = 3
_PRINCIPALS = "principals"
# A resource that is a tag of another one.
_TAGS = ("aws_autoscaling_group_tag", "aws_dynamodb_tag", "aws_ec2_tag", "aws_ecs_tag", "aws_transfer_tag")
# Other names of a key, which conditions may read (`kms:ResourceAliases`).
_ALIASES = ("aws_kms_alias", "awscc_kms_alias", "AWS::KMS::Alias")
_ROLE = regex(
    r"(?:roles?(?:_?arns?|_?names?|_?ids?)?|instance_?profile(?:_?arn|_?name)?|credentials(?:_?arn)?|caller_?arn)\Z",
    re.IGNORECASE,
)
_NOTHING = ("", "false", "null", "private")
_OF_TAGS = regex(r"(?:tags|tags?_?specifications?|\Atag)\Z", re.IGNORECASE)
_ROLE_ARN = regex(r"arn:[\w-]+:iam::[0-9]*:(?:role|instance-profile)/[\w+=,.@/-]+")


def of_plans(type_: str) -> tuple[str, ...] | None:
    """Return the attributes of a type of the providers `aws` and `awscc`; none for all of them."""
    return (_cloud_control() if type_.startswith("awscc_") else _table()).get(type_)


def of_templates(type_: str, *, inner: bool = False) -> tuple[str, ...] | None:
    """Return the properties of a type of CloudFormation; `inner` in a template that stands in another one."""
    found = _table().get(type_)
    return _table(_PRINCIPALS).get(type_) if found is None and inner else found


def is_tag(type_: str) -> bool:
    """Whether a resource of a plan is a tag of another one."""
    return type_ in _TAGS


def is_alias(type_: str) -> bool:
    """Whether a resource is another name of a key."""
    return type_ in _ALIASES


def runs_as_a_role(type_: str) -> bool:
    """Whether a resource of this type may run as a role that it names: all of AWS's, but those that are principals, or
    say what principals have, which are followed.
    """
    if type_.startswith(("aws_iam_", "awscc_iam_", "AWS::IAM::")):
        return type_ in ("aws_iam_instance_profile", "awscc_iam_instance_profile", "AWS::IAM::InstanceProfile")
    return type_.startswith(("aws_", "awscc_", "AWS::"))


def names_a_role(name: str) -> bool:
    """Whether an attribute of this name says as which role something runs."""
    return _ROLE.search(name) is not None


def gives_nothing(text: str) -> bool:
    """Whether a value is what holds where it is not given: a list of access that is private, a switch that is off."""
    return text.lower() in _NOTHING


def names_tags(name: str) -> bool:
    """Whether an attribute of this name holds tags: those of the resource, or of what is made with it."""
    return _OF_TAGS.search(name) is not None


def roles_in(text: str) -> list[str]:
    """Return the ARNs of roles that stand in a text, as that of an API or a job."""
    return sorted(set(_ROLE_ARN.findall(text)))


@cache
def _cloud_control() -> Mapping[str, tuple[str, ...]]:
    both = _table() | _table(_PRINCIPALS)
    return {
        cloud_control_type(name): tuple(map(snake_case, names))
        for name, names in both.items()
        if name.startswith("AWS::")
    }


@cache
def _table(of: str = "") -> dict[str, tuple[str, ...]]:
    """Return the names of each type of `grants.tsv` that is `of` something."""
    # What loads the package's modules reads its files too: it may lie in an archive.
    text: str = _LOADER.get_data(os.path.join(os.path.dirname(__file__), "grants.tsv")).decode()  # noqa: PTH118, PTH120 - as the loader takes it
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    rows = ((line.split("\t") + [""] * _COLUMNS)[:_COLUMNS] for line in lines)
    return {type_: tuple(filter(None, names.split(","))) for type_, names, is_of in rows if is_of == of}
