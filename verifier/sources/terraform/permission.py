"""Resources that are one statement of a policy: permissions of functions and of layers.

    permission(instance, planned)    the document with that statement, as AWS makes it; None for other resources

Source: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html and `API_AddLayerVersionPermission.html`.
"""

from __future__ import annotations

from verifier.base.regex import regex
from verifier.sources.terraform.instances import Instance
from verifier.sources.terraform.parts import Part
from verifier.sources.terraform.planned import HeldDocument, Planned
from verifier.sources.values import (
    AnyValue,
    Scalar,
    TextValue,
    Unresolved,
    Value,
    list_value,
    object_value,
    text_value,
)

_ACCOUNT = regex(r"[0-9]{12}|arn:.*")
_CONDITIONS = {
    "aws_lambda_permission": (
        ("ArnLike", "AWS:SourceArn", "source_arn"),
        ("StringEquals", "AWS:SourceAccount", "source_account"),
        ("StringEquals", "aws:PrincipalOrgID", "principal_org_id"),
        ("StringEquals", "lambda:EventSourceToken", "event_source_token"),
        ("StringEquals", "lambda:FunctionUrlAuthType", "function_url_auth_type"),
        ("Bool", "lambda:InvokedViaFunctionUrl", "invoked_via_function_url"),
    ),
    "aws_lambda_layer_version_permission": (("StringEquals", "aws:PrincipalOrgID", "organization_id"),),
}


def permission(instance: Instance, planned: Planned) -> HeldDocument | None:
    """Return the document with the one statement that the resource is."""
    if instance.type not in _CONDITIONS:
        return None
    builder = _Builder(instance, planned)
    statement: list[tuple[TextValue, Value]] = [
        (builder.said("Effect"), builder.said("Allow")),
        (builder.said("Principal"), builder.principal()),
        (builder.said("Action"), builder.text("action")),
        (builder.said("Resource"), builder.resource()),
    ]
    conditions = builder.conditions()
    if conditions is not None:
        statement.append((builder.said("Condition"), conditions))
    document: list[tuple[TextValue, Value]] = [
        (builder.said("Version"), builder.said("2012-10-17")),
        (builder.said("Statement"), list_value([object_value(statement, instance.place)], instance.place)),
    ]
    return HeldDocument(object_value(document, instance.place), instance.attributes.is_sensitive)


class _Builder:
    def __init__(self, instance: Instance, planned: Planned) -> None:
        self.instance = instance
        self.planned = planned

    def said(self, text: str) -> TextValue:
        return TextValue((text,), self.instance.place)

    def part(self, name: str) -> Part:
        part = self.instance.attribute(name)
        missing = not self.instance.complete and part.value is None and not self.planned.is_unset(self.instance, name)
        return Part(Scalar("null", self.instance.place), Scalar("true", self.instance.place)) if missing else part

    def text(self, name: str) -> Value:
        return self.planned.text(self.instance, self.part(name), name)

    def principal(self) -> Value:
        part = self.part("principal")
        if part.text is None:
            return AnyValue(self.planned.named(self.instance, ("principal",)), self.instance.place)
        if part.text == "*":
            return self.text("principal")
        kind = "AWS" if _ACCOUNT.fullmatch(part.text) else "Service"
        return object_value([(self.said(kind), self.text("principal"))], self.instance.place)

    def conditions(self) -> Value | None:
        """Return the conditions; one whose value is not known may also turn out not to be there, so it is open."""
        known: dict[str, list[tuple[TextValue, Value]]] = {}
        pairs: list[tuple[TextValue, Value]] = []
        for operator, key, name in _CONDITIONS[self.instance.type]:
            part = self.part(name)
            if part.is_unknown:
                unknown = AnyValue(self.planned.named(self.instance, (name,)), self.instance.place)
                pairs.append((self.said(operator), unknown))
            elif not part.is_null and part.text != "":
                value = self.said(part.value.text) if isinstance(part.value, Scalar) else self.text(name)
                known.setdefault(operator, []).append((self.said(key), value))
        pairs += ((self.said(operator), object_value(keys, self.instance.place)) for operator, keys in known.items())
        return object_value(pairs, self.instance.place) if pairs else None

    def resource(self) -> Value:
        """Return the ARN of the function or of the layer's version, where its name is known with unknown parts."""
        is_layer = self.instance.type == "aws_lambda_layer_version_permission"
        name = "layer_name" if is_layer else "function_name"
        suffix = self.part("version_number" if is_layer else "qualifier")
        if self.part(name).text is None or suffix.is_unknown:
            return text_value([self.planned.named(self.instance, (name,))], self.instance.place)
        parts: list[str | Unresolved] = [self.part(name).text or ""]
        if not str(parts[0]).startswith("arn:"):
            where = [self.planned.named(self.instance, (each,)) for each in ("partition", "region", "account")]
            kind = "layer" if is_layer else "function"
            parts = ["arn:", where[0], ":lambda:", where[1], ":", where[2], f":{kind}:", *parts]
        written = suffix.value.text if isinstance(suffix.value, Scalar) and not suffix.is_null else suffix.text
        return text_value([*parts, f":{written}" if written else ""], self.instance.place)
