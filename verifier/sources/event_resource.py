"""On what resource the call of an event was: what the event says, compared with the resource types of the action.

An event lists resources for some services; for others its parameters tell. What fits no resource type of the action
does not count, and where several things fit or nothing does, the resource is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from verifier.base.regex import regex
from verifier.clouds.aws.catalogue.actions import Action, resource_types
from verifier.sources.event_table import MAKES, PARAMETER_ARNS
from verifier.sources.values import ListValue, ObjectValue, TextValue, Value, each_of, text_of, text_value, under

_VARIABLE = regex(r"\$\{(\w+)\}")
_PARAMETER = regex(r"\{(\w+)\}")
_QUEUE = regex(r"https?://(?:sqs\.)?([a-z0-9-]+)(?:\.queue)?\.amazonaws\.com(?:\.cn)?/(\d{12})/([\w.-]+)")
_MOST_LOOKED_AT = 200
_LONGEST = 2048
# Variables of ARN formats whose values may hold slashes.
_LONG = regex("Path|ObjectName|KeyName|LogGroup|SecretId|Parameter")


def resource_of(event: ObjectValue, action: Action, name: str) -> tuple[TextValue, ...]:
    """Return the ARNs that the call `name` could have been on, each with its place: one where it is known."""
    listed = _fitting(_listed(event), action)
    return listed or _fitting(_parameters(event, action.service, name), action)


def partition_of(region: str) -> str:
    """Return the partition of a region, by its name."""
    return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"


def _fitting(found: Iterator[TextValue], action: Action) -> tuple[TextValue, ...]:
    named = {each.known: each for each in found if each.known and len(each.known) <= _LONGEST}
    for long in (False, True):
        fitting = tuple(each for arn, each in named.items() if any(f.fullmatch(arn) for f in _formats(action, long)))
        if fitting:
            return fitting
    return ()


@cache
def _formats(action: Action, long: bool) -> tuple[re.Pattern[str], ...]:
    """Return what the ARNs of the resource types of an action look like; `long`: any variable may hold a slash."""
    types = {use.name for use in action.resource_types}
    arns = [arn for each in resource_types(action.service) if each.name in types for arn in each.arns]
    return tuple(re.compile(_format(arn, long)) for arn in arns)


def _format(arn: str, long: bool) -> str:
    *fields, rest = arn.split(":", 5)
    fixed = (_VARIABLE.sub("[^:]*", each) if "$" in each else re.escape(each) for each in fields)
    pieces = _VARIABLE.split(rest)
    written = [re.escape(piece) for piece in pieces[::2]]
    variables = [".+" if long or _LONG.search(each) else "[^/:]+" for each in pieces[1::2]] + [""]
    return ":".join([*fixed, "".join(a + b for a, b in zip(written, variables, strict=True))])


def _listed(event: ObjectValue) -> Iterator[TextValue]:
    for each in list(each_of(event.named.get("resources")))[:_MOST_LOOKED_AT]:
        arn = under(each, "ARN") or under(each, "arn")
        if isinstance(arn, TextValue):
            yield arn


def _parameters(event: ObjectValue, service: str, name: str) -> Iterator[TextValue]:
    parameters = event.named.get("requestParameters")
    if not isinstance(parameters, ObjectValue):
        return
    texts = {name: value for name, value in parameters.named.items() if isinstance(value, TextValue)}
    for value in texts.values():
        if (value.known or "").startswith("arn:"):
            yield value
        elif found := _QUEUE.fullmatch(value.known or ""):
            yield text_value([f"arn:{partition_of(found[1])}:sqs:{found[1]}:{found[2]}:{found[3]}"], value.place)
    for template in PARAMETER_ARNS.get(service, ()):
        yield from _made(event, template, texts, name)


def _made(event: ObjectValue, template: str, texts: dict[str, TextValue], call: str) -> Iterator[TextValue]:
    """Yield the ARN that parameters of a call make, if it has them all."""
    region = text_of(event.named.get("awsRegion")) or ""
    values = {
        "partition": partition_of(region),
        "region": region,
        "account": text_of(under(event, "userIdentity", "accountId")) or "",
    }
    if MAKES.match(call):
        values["path"] = "/"
    values |= {name: value.known or "" for name, value in texts.items()}
    wanted = _PARAMETER.findall(template)
    place = next((texts[name].place for name in reversed(wanted) if name in texts), None)
    if place is None or not all(values.get(name) for name in wanted):
        return
    if any(values[name].startswith("arn:") for name in wanted):
        return
    yield text_value([_PARAMETER.sub(lambda name: values[name[1]], template)], place)


def tags_within(value: Value | None) -> Iterator[tuple[TextValue, Value]]:
    """Yield names and values: those of an object, or of a list of objects with `key` and `value`, as tags are."""
    if isinstance(value, ObjectValue):
        yield from value.pairs
    elif isinstance(value, ListValue):
        for each in value.values:
            name, held = under(each, "key") or under(each, "Key"), under(each, "value") or under(each, "Value")
            if isinstance(name, TextValue) and held is not None:
                yield name, held
