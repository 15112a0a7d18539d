"""Answers of the form that botocore's models say, to ask every row of the tables without AWS.

`answer_of(client, operation)` has every member, each list with one element, each text with the name of its member.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.validate import ParamValidator

_SESSION = botocore.session.get_session()
_DEEPEST = 6
# Texts of these members must be one of few, so that an expression that filters finds something.
_TOLD = {
    "ARN": "arn:aws:ssm:us-east-1:123456789012:parameter/x",
    "Tier": "Advanced",
    "Status": "ENABLED",
    "status": "ACTIVE",
    "Arn": "arn:aws:iam::123456789012:user/jane",
    "Account": "1" * 12,
}


def model_of(client: str, operation: str) -> OperationModel:
    """Return botocore's model of an operation, called as boto3 calls it. Raises KeyError where there is none."""
    model = _SESSION.get_service_model(client)
    names = {xform_name(name): name for name in model.operation_names}
    return model.operation_model(names[operation])


def answer_of(client: str, operation: str) -> dict[str, Any]:
    """Return an answer to an operation, the last page."""
    model = model_of(client, operation)
    answer: dict[str, Any] = _filled(model.output_shape, "", 0) if model.output_shape else {}
    for token in tokens_of(client, operation):
        answer.pop(token, None)
    return answer


def has_paginator(client: str, operation: str) -> bool:
    """Return whether botocore has a paginator for an operation."""
    try:
        return model_of(client, operation).name in _SESSION.get_paginator_model(client)._paginator_config
    except UnknownServiceError:
        return False


def error_codes(client: str) -> set[str]:
    """Return the names and codes of the errors of a service, as far as its model tells them."""
    shapes = _SESSION.get_service_model(client).error_shapes
    return {shape.name for shape in shapes} | {shape.metadata.get("error", {}).get("code", "") for shape in shapes}


def tokens_of(client: str, operation: str) -> list[str]:
    """Return the members of an answer that say whether there are more pages."""
    known = {"nexttoken", "marker", "nextmarker", "istruncated", "truncated", "hasmorestreams", "continuationtoken"}
    known |= {"lastevaluatedtablename", "lastevaluatedstreamarn", "position", "pagetoken"}
    output = model_of(client, operation).output_shape
    return [name for name in (output.members if output else ()) if name.lower() in known]


def wrong_parameters(client: str, operation: str, parameters: dict[str, Any]) -> str:
    """Return what is wrong with the parameters of a call, by the model; nothing where they are right."""
    model = model_of(client, operation)
    if model.input_shape is None:
        return "" if not parameters else "it takes no parameters"
    return str(ParamValidator().validate(parameters, model.input_shape).generate_report())


def _filled(shape: Shape, name: str, depth: int) -> Any:
    match shape:
        case StructureShape():
            deeper = depth < _DEEPEST
            return {each: _filled(member, each, depth + 1) for each, member in shape.members.items()} if deeper else {}
        case ListShape():
            return [_filled(shape.member, name, depth + 1)] if depth < _DEEPEST else []
        case MapShape():
            keys = (*(shape.key.enum or [name]), "Policy")  # of an SNS topic, say: the model does not name the keys
            return {key: _filled(shape.value, key, depth + 1) for key in keys}
    match shape.type_name:
        case "string":
            return _text(shape, name)
        case "timestamp":
            return dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
        case "boolean":
            return False
        case "integer" | "long":
            return 1
        case _:
            return 1.0


def _text(shape: Shape, name: str) -> str:
    told = _TOLD.get(name, f"the-{name}" if name else "the-name")
    enum = getattr(shape, "enum", None)
    told = enum[0] if enum and told not in enum else told
    least = shape.metadata.get("min", 0)
    return told.ljust(least, "x")[: shape.metadata.get("max", 1_000)]
