"""Resources that are one statement of a resource policy, told in properties: the document that each makes.

Source: AWS CloudFormation Template Reference, and what the service writes (`aws lambda get-policy`): Lambda User Guide,
"Viewing resource-based IAM policies in Lambda".
"""

from __future__ import annotations

from collections.abc import Callable

from verifier.base.regex import regex
from verifier.base.source import HasSpan
from verifier.sources.cloudformation.resolver import Resolver
from verifier.sources.cloudformation.shapes import Plain, called, made_value, parts_of, spot, text_at
from verifier.sources.cloudformation.template import Resource
from verifier.sources.values import AnyValue, ObjectValue, TextValue, Unresolved, Value

_ACCOUNT = regex(r"[0-9]{12}")
_NAME = regex(r"[\w-]+(:[\w$-]+)?")  # of a function, perhaps with an alias or a version
# The property of `AWS::Lambda::Permission`, the operator and the key of the condition that it becomes.
_CONDITIONS = (
    ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
    ("SourceArn", "ArnLike", "AWS:SourceArn"),
    ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
    ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
)


def lambda_permission(resolver: Resolver, *, resource: Resource) -> Value | None:
    """Return the policy of a function that `AWS::Lambda::Permission` adds a statement to, with this statement only."""
    held = _Properties(resolver, resource)
    if held.unknown is not None:
        return held.unknown
    conditions: dict[str, dict[str, Plain]] = {}
    for name, operator, key in _CONDITIONS:
        value = held.get(name)
        if value is not None:
            conditions.setdefault(operator, {})[key] = value
    return _policy(
        held,
        {
            "Principal": _principal(held),
            "Action": held.get("Action") or held.missing("Action"),
            "Resource": _function_arn(held, "FunctionName"),
            **({"Condition": conditions} if conditions else {}),
        },
    )


def layer_permission(resolver: Resolver, *, resource: Resource) -> Value | None:
    """Return the policy of a layer's version that `AWS::Lambda::LayerVersionPermission` makes."""
    held = _Properties(resolver, resource)
    if held.unknown is not None:
        return held.unknown
    organization = held.get("OrganizationId")
    return _policy(
        held,
        {
            "Principal": _principal(held),
            "Action": held.get("Action") or held.missing("Action"),
            "Resource": held.get("LayerVersionArn") or held.missing("LayerVersionArn"),
            **({} if organization is None else {"Condition": {"StringEquals": {"aws:PrincipalOrgID": organization}}}),
        },
    )


def event_bus_policy(resolver: Resolver, *, resource: Resource) -> Value | None:
    """Return the policy of an event bus that `AWS::Events::EventBusPolicy` adds a statement to."""
    held = _Properties(resolver, resource)
    if held.unknown is not None:
        return held.unknown
    statement = held.get("Statement")
    if statement is not None:
        return made_value({"Version": "2012-10-17", "Statement": [statement]}, held.place)
    name = parts_of(held.get("EventBusName")) or ("default",)
    return _policy(
        held,
        {
            "Principal": _principal(held),
            "Action": held.get("Action") or held.missing("Action"),
            "Resource": text_at(
                [
                    "arn:",
                    *held.pseudo("AWS::Partition"),
                    ":events:",
                    *held.pseudo("AWS::Region"),
                    ":",
                    *held.pseudo("AWS::AccountId"),
                    ":event-bus/",
                    *name,
                ],
                held.place,
            ),
            **_condition(held.get("Condition")),
        },
    )


STATEMENTS: dict[str, Callable[..., Value | None]] = {
    "AWS::Lambda::Permission": lambda_permission,
    "AWS::Lambda::LayerVersionPermission": layer_permission,
    "AWS::Events::EventBusPolicy": event_bus_policy,
}


class _Properties:
    """The properties of a resource; `unknown` where all of them are."""

    def __init__(self, resolver: Resolver, resource: Resource) -> None:
        self._resolver = resolver
        self._name = resource.name
        self.place: HasSpan = resource.place.place
        held = resolver.shallow(resource.properties)
        self._held = held if isinstance(held, ObjectValue) else None
        self.unknown = held if isinstance(held, AnyValue) else None

    def get(self, name: str) -> Value | None:
        """Return the property `name`, resolved."""
        value = self._held.named.get(name) if self._held is not None else None
        return None if value is None else self._resolver.resolve(value)

    def unknown_function(self, named: Value) -> TextValue:
        """Return the ARN of the function that has the name, or the ARN, `named`."""
        return TextValue((self._resolver.unknown(f"function({called(named)})", self.place).unknown,), named.place)

    def is_made_here(self, name: str) -> bool:
        """Whether `name` is the logical id of a resource."""
        return name in self._resolver.references.resources

    def missing(self, name: str) -> AnyValue:
        """Return what stands for a property that is needed and not there."""
        return self._resolver.unknown(f"{self._name}.{name}", self.place)

    def pseudo(self, name: str) -> tuple[str | Unresolved, ...]:
        """Return the parts of a pseudo parameter."""
        return parts_of(self._resolver.named_value(name, "", self.place)) or ()


def _policy(held: _Properties, statement: dict[str, Plain]) -> Value:
    return made_value({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}, held.place)


def _principal(held: _Properties) -> Plain:
    """Return the `Principal` that a service writes for the text of a property."""
    value = held.get("Principal")
    text = value.known if isinstance(value, TextValue) else None
    if isinstance(value, TextValue) and not text and value.parts == held.pseudo("AWS::AccountId"):
        return {"AWS": text_at(["arn:", *held.pseudo("AWS::Partition"), ":iam::", *value.parts, ":root"], value.place)}
    if isinstance(value, TextValue) and isinstance(value.parts[0], str) and value.parts[0].startswith("arn:"):
        return {"AWS": value}
    if value is None or text is None:
        return AnyValue(held.missing("Principal").unknown, held.place if value is None else value.place)
    if text == "*":
        return value
    if _ACCOUNT.fullmatch(text):
        root = text_at(["arn:", *held.pseudo("AWS::Partition"), f":iam::{text}:root"], value.place)
        return {"AWS": root}
    return {"Service": value}


def _function_arn(held: _Properties, name: str) -> Plain:
    """Return the ARN of the function that a property names: by its ARN, a part of it, or its name."""
    value = held.get(name)
    parts = parts_of(value)
    if value is None or parts is None:
        return held.missing(name)
    first = parts[0]
    if isinstance(first, str) and first.startswith("arn:"):
        return value
    if isinstance(first, Unresolved) and not held.is_made_here(first.name):
        return held.unknown_function(value)  # an ARN, or a name
    if isinstance(first, str) and not _NAME.fullmatch(first + "x" * (len(parts) > 1)):
        return held.unknown_function(value)
    pieces = ["arn:", *held.pseudo("AWS::Partition"), ":lambda:", *held.pseudo("AWS::Region"), ":"]
    return text_at([*pieces, *held.pseudo("AWS::AccountId"), ":function:", *parts], value.place)


def _condition(value: Value | None) -> dict[str, Plain]:
    """Return the element for the property `Condition` of an event bus's policy: `Type`, `Key` and `Value`."""
    if value is None:
        return {}
    if not isinstance(value, ObjectValue):
        return {"Condition": value}
    texts = [value.named.get(name) for name in ("Type", "Key", "Value")]
    type_, key, wanted = texts
    if isinstance(type_, TextValue) and isinstance(key, TextValue) and wanted and type_.known and key.known:
        return {"Condition": {type_.known: {key.known: wanted}}}
    return {"Condition": AnyValue(Unresolved(f"Condition {spot(value)}"), value.place)}
