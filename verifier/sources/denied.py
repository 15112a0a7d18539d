"""What messages of AWS say about a request that was denied.

    denied_by(source, value)     the message in a text, in an event or in an error in JSON
    request_of_denial(denial)    the request that it names
    decoded_message(value)       the request in what `aws sts decode-authorization-message` prints, with its context

Source: *Troubleshoot access denied error messages* in the user guide of IAM: "User: ... is not authorized to perform:
... on resource: ... because ...". Some services leave out the resource, and some the user.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError
from verifier.base.regex import regex
from verifier.base.source import HasSpan, Source
from verifier.clouds.aws.catalogue.actions import find_action
from verifier.sources.values import (
    ObjectValue,
    TextValue,
    Value,
    each_of,
    list_value,
    object_value,
    text_of,
    text_value,
    under,
)
from verifier.sources.within import values_within
from verifier.sources.wrappers import opened
from verifier.sources.yaml_place import YamlPlace

_MESSAGE = regex(
    r"""(?:User:\s?+(?P<user>arn:[\w+=,.@:/-]++|anonymous)\s+)?is\ not\ authorized\ to\ perform:?\s?+
    (?P<action>[A-Za-z0-9-]++:[A-Za-z0-9_]++)
    (?:\ on\ (?:the\ )?resource:?\s?+(?:
        (?P<quote>\\?"|&quot;)(?P<quoted>[^"\\\n&]{1,2048})(?P=quote)
        |(?P<resource>\*|arn:[^\n]{1,2048}?)(?=\ because\ |\ with\ an\ explicit\ deny|</|\.?\s*?$)))?""",
    re.VERBOSE | re.MULTILINE,
)
_ACCOUNT = regex(r"arn:[\w-]+:(?:iam|sts)::(\d{12}):(?P<kind>user|assumed-role|federated-user|root|role)(?:/(.+))?")
_LOOKED_AT = 100_000
_TYPES = {"user": "User", "assumed-role": "AssumedRole", "federated-user": "FederatedUser", "root": "Account"}
# Where errors in JSON, and events, hold a message.
_NAMES = ("errorMessage", "Message", "message", "ErrorMessage")
_NEEDED = 'write the request: `{"action": ..., "resource": ..., "context": {...}}`'


@dataclass(frozen=True)
class Denial:
    """A message that access was denied: who asked for what, as far as it tells, each with its place."""

    user: TextValue | None
    action: TextValue | None
    resource: TextValue | None
    place: HasSpan


def denied_by(source: Source | None, value: Value | None) -> Denial | None:
    """Return the message in an error in JSON, or an event, or in any text; None where there is none."""
    for held in (value, under(value, "Error")):
        for name in _NAMES if isinstance(held, ObjectValue) else ():
            message = under(held, name)
            if isinstance(message, TextValue) and (found := _MESSAGE.search((message.known or "")[:_LOOKED_AT])):
                return _denial(found, lambda _: message.place)  # noqa: B023 - called before the next
    if source is None:
        return None
    matched = _MESSAGE.search(source.text[:_LOOKED_AT])
    return matched and _denial(matched, lambda span: YamlPlace(source, *span))


def _denial(found: re.Match[str], place: Callable[[tuple[int, int]], HasSpan]) -> Denial:
    def text(name: str) -> TextValue | None:
        return text_value([found[name]], place(found.span(name))) if found[name] else None

    resource = text("quoted") or text("resource")
    if resource is not None and re.search(r"[\s\"']", found["resource"] or ""):
        resource = None  # where it ends is not known
    return Denial(text("user"), text("action"), resource, place(found.span()))


_Request = tuple[list[tuple[TextValue, Value]], list[tuple[str, HasSpan]]]


def request_of_denial(denial: Denial) -> _Request:
    """Return the request that a message names. Raises InputError for one that does not tell action and resource."""
    action = find_action((denial.action.known or "") if denial.action else "")
    if denial.action is None or action is None:
        raise InputError("the message names an action that AWS does not have", span=denial.place.span, help=_NEEDED)
    resource = denial.resource
    if resource is None and not action.resource_types:
        resource = text_value(["*"], denial.action.place)
    if resource is None:
        raise InputError("the message does not tell the resource", span=denial.place.span, help=_NEEDED)
    pairs: list[tuple[str, Value]] = [("action", denial.action), ("resource", resource)]
    if denial.user is not None:
        pairs += _principal(denial.user)
    note = (
        "the message does not tell the context, such as the address, the region, MFA and tags: all keys but those of "
    )
    notes = [(note + "the principal are absent from the request", denial.place)]
    if denial.user is not None and ":assumed-role/" in (denial.user.known or ""):
        notes.append(("the role is taken to have the path `/`, which the message does not tell", denial.user.place))
    return [(text_value([name], value.place), value) for name, value in pairs], notes


def _principal(user: TextValue) -> list[tuple[str, Value]]:
    if user.known == "anonymous":
        return [("principal", text_value(["*"], user.place))]
    found = _ACCOUNT.fullmatch(user.known or "")
    if found is None or found["kind"] not in _TYPES:
        return [("principal", user)]
    arn = user.known or ""
    if found["kind"] == "assumed-role":
        role = (found[3] or "").rpartition("/")[0]
        arn = f"{arn.split(':sts:')[0]}:iam::{found[1]}:role/{role}"
    keys = {
        "aws:PrincipalAccount": found[1],
        "aws:PrincipalArn": arn,
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalType": _TYPES[found["kind"]],
    }
    if found["kind"] == "user":
        keys["aws:username"] = (found[3] or "").rpartition("/")[2]
    context = [(text_value([key], user.place), text_value([text], user.place)) for key, text in keys.items()]
    return [("principal", user), ("context", object_value(context, user.place))]


def decoded_message(value: Value) -> _Request | None:
    """Return the request in a decoded authorization message; None where the value is none."""
    message = under(value, "DecodedMessage")
    decoded = opened(message) if message is not None else value
    if isinstance(value, TextValue):
        decoded = values_within(value) or value
    context = under(decoded, "context")
    action, resource = under(context, "action"), under(context, "resource")
    if not (isinstance(action, TextValue) and isinstance(resource, TextValue)):
        return None
    pairs: list[tuple[str, Value]] = [("action", action), ("resource", resource)]
    principal = under(context, "principal", "arn")
    if isinstance(principal, TextValue):
        pairs.append(("principal", principal))
    keys: list[tuple[TextValue, Value]] = []
    for item in each_of(under(context, "conditions", "items")):
        key = under(item, "key")
        values = [under(each, "value") for each in each_of(under(item, "values", "items"))]
        texts = [each for each in values if isinstance(each, TextValue)]
        if isinstance(key, TextValue) and text_of(key) and texts:
            keys.append((key, list_value(texts, item.place)))
    assert context is not None
    pairs.append(("context", object_value(keys, context.place)))
    notes = [("a decoded message tells some keys of the context only: the others are absent", action.place)]
    return [(text_value([name], held.place), held) for name, held in pairs], notes
