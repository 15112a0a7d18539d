"""SAM's connectors: the policies that let one resource use another, by AWS's table of what each pair of types needs.

    connectors_of(resource)                   itself, if it is one, and those that stand in it
    connector_resources(connector, others)    what one makes
    NotExpanded                               raised where it is not known what it makes

A connector makes a managed policy for the role of its source or of its destination, the policy of a queue or a topic,
or permissions of a function. What it takes from a resource without an `Id` is what it says of it.

Source: aws-sam-translator (Apache-2.0), whose table is `data/sam_connectors.json`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex
from verifier.sources.cloudformation.sam_values import PERMISSION, QUEUE_POLICY, Maker, is_function
from verifier.sources.cloudformation.shapes import Plain, made_value
from verifier.sources.cloudformation.tables import data_text
from verifier.sources.cloudformation.template import Resource
from verifier.sources.values import ListValue, ObjectValue, Value, each_of, text_of, under

CONNECTOR = "AWS::Serverless::Connector"
_OF_CLOUDFORMATION = {
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
}
_WITH_ROLE = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
_POLICIES = {
    "AWS_SQS_QUEUE_POLICY": (QUEUE_POLICY, "QueuePolicy", "Queues", "QueueUrl"),
    "AWS_SNS_TOPIC_POLICY": ("AWS::SNS::TopicPolicy", "TopicPolicy", "Topics", "Arn"),
}
_TOLD = ("Arn", "RoleName", "QueueUrl", "ResourceId", "Name", "Qualifier")
_OUTPUTS = {"Arn": "Arn", "Url": "QueueUrl", "Id": "ResourceId", "Name": "Name", "Qualifier": "Qualifier"}
_VARIABLE = regex(r"%\{(\w+)\.(\w+)\}")


class NotExpanded(Exception):
    """It is not known what a connector makes."""


@dataclass(frozen=True)
class _End:
    """One end of a connector: its type in CloudFormation, and what is known of it by the names of the table."""

    type: str
    told: Mapping[str, Plain]

    def get(self, name: str) -> Plain:
        """Return what the connector needs of it."""
        if name not in self.told:
            raise NotExpanded
        return self.told[name]


def connectors_of(resource: Resource) -> Iterator[Resource]:
    """Yield the connectors that stand in `resource`, their source, and itself if it is one. Raises NotExpanded."""
    if resource.type == CONNECTOR:
        yield resource
    held = under(resource.place, "Connectors")
    if held is None:
        return
    if not isinstance(held, ObjectValue) or is_function(held):
        raise NotExpanded
    for name, connector in held.pairs:
        if name.known is None:
            raise NotExpanded
        properties = under(connector, "Properties")
        also = under(properties, "SourceReference")
        more = {str(key.known): one for key, one in also.pairs} if isinstance(also, ObjectValue) else {}
        own: dict[str, Plain] = {}
        if isinstance(properties, ObjectValue) and not is_function(properties):
            own = {str(key.known): one for key, one in properties.pairs}
        held_by = made_value(own | {"Source": {**more, "Id": resource.name}}, connector.place)
        condition = text_of(under(connector, "Condition")) or ""
        yield Resource(f"{resource.name}{name.known}", CONNECTOR, held_by, condition, connector)


def connector_resources(connector: Resource, others: Mapping[str, Resource]) -> Iterator[Resource]:
    """Yield the resources that a connector makes. Raises NotExpanded."""
    maker = Maker(connector, others)
    source, held = maker.get("Source"), maker.get("Destination")
    several = isinstance(held, ListValue)
    wanted = {text_of(each) for each in each_of(maker.get("Permissions"))}
    if not wanted or held is None:
        raise NotExpanded
    for number, destination in enumerate(each_of(held) if several else (held,)):
        ends = {"Source": _end(source, destination, maker), "Destination": _end(destination, source, maker)}
        profile = _table()["Permissions"].get(ends["Source"].type, {}).get(ends["Destination"].type)
        categories = profile["Properties"]["AccessCategories"] if profile is not None else {}
        if not wanted <= categories.keys():
            raise NotExpanded
        chosen = {name: _filled(each, ends) for name, each in categories.items() if name in wanted}
        about = ends["Source" if profile["Properties"]["SourcePolicy"] else "Destination"]
        yield from _resources(maker, profile["Type"], chosen, about, f"Destination{number}" if several else "")


def _resources(maker: Maker, kind: str, chosen: Mapping[str, Any], about: _End, suffix: str) -> Iterator[Resource]:
    name = maker.owner.name
    if kind == "AWS_LAMBDA_PERMISSION":
        for category, permission in chosen.items():
            properties: Plain = {**permission, "FunctionName": about.get("Arn")}
            yield maker.resource(f"{name}{category}LambdaPermission{suffix}", PERMISSION, properties)
        return
    statements: Plain = [one for each in chosen.values() for one in each["Statement"]]
    document: Plain = {"Version": "2012-10-17", "Statement": statements}
    if kind in _POLICIES:
        type_, called, property_, needed = _POLICIES[kind]
        yield maker.resource(
            f"{name}{called}{suffix}", type_, {property_: [about.get(needed)], "PolicyDocument": document}
        )
        return
    made: Plain = {"PolicyDocument": document, "Roles": [about.get("RoleName")]}
    yield maker.resource(f"{name}Policy{suffix}", "AWS::IAM::ManagedPolicy", made)


def _end(reference: Value | None, other: Value | None, maker: Maker) -> _End:
    """Return what a connector knows of one of its ends. Raises NotExpanded."""
    if not isinstance(reference, ObjectValue) or is_function(reference):
        raise NotExpanded
    told: dict[str, Plain] = {name: reference.named[name] for name in _TOLD if name in reference.named}
    if "Id" not in reference.named:
        type_ = text_of(under(reference, "Type")) or ""
        return _End(_OF_CLOUDFORMATION.get(type_, type_), told)
    resource = maker.others.get(text_of(reference.named["Id"]) or "")
    if resource is None or is_function(resource.properties):
        raise NotExpanded
    type_ = _OF_CLOUDFORMATION.get(resource.type, resource.type)
    row = _table()["CfnResourceProperties"].get(type_, {})
    found: dict[str, Plain] = {
        _OUTPUTS[name]: _with_id(form, resource.name) for name, form in row.get("Outputs", {}).items()
    }
    role = _role(resource, row.get("Inputs", {}).get("Role"), other)
    if role:
        found["RoleName"] = {"Ref": role}
    if "Qualifier" in told:
        found["Qualifier"] = told["Qualifier"]
    return _End(type_, found)


def _role(resource: Resource, by: Any, other: Value | None) -> str:
    """Return the logical id of the role of `resource`, empty where there is none, or it is not in the template."""
    if resource.type in _WITH_ROLE:
        held = under(resource.properties, "Role")
        return f"{resource.name}Role" if held is None else _logical_id(held)
    if isinstance(by, str):
        return _logical_id(under(resource.properties, by))
    if by is None:
        return ""
    wanted = text_of(under(other, "Id"))
    targets = each_of(under(resource.properties, "Targets"))
    found = [each for each in targets if wanted and _logical_id(under(each, "Arn")) == wanted]
    return _logical_id(under(found[0], "RoleArn")) if found else ""


def _logical_id(value: Value | None) -> str:
    """Return the logical id of what `Ref` or `Fn::GetAtt` refers to; empty for anything else."""
    if not isinstance(value, ObjectValue) or len(value.pairs) != 1:
        return ""
    name, held = value.pairs[0]
    if name.known == "Ref":
        return text_of(held) or ""
    if name.known != "Fn::GetAtt":
        return ""
    if isinstance(held, ListValue):
        return text_of(held.values[0]) or "" if len(held.values) == 2 else ""
    whole, _, attribute = (text_of(held) or "").partition(".")
    return whole if attribute and "." not in attribute else ""


def _with_id(form: Any, name: str) -> Plain:
    """Return a form of the table for the resource `name`."""
    if isinstance(form, dict):
        return {key: _with_id(held, name) for key, held in form.items()}
    if isinstance(form, list):
        return [_with_id(each, name) for each in form]
    return str(form).replace("%{logicalId}", name)


def _filled(form: Any, ends: Mapping[str, _End]) -> Any:
    """Return a form of the table with what it takes from the ends."""
    if isinstance(form, dict):
        return {key: _filled(held, ends) for key, held in form.items()}
    if isinstance(form, list):
        return [_filled(each, ends) for each in form]
    text = str(form)
    whole = _VARIABLE.fullmatch(text)
    if whole is not None:
        return ends[whole[1]].get(whole[2])
    taken = {f"{end}{name}": ends[end].get(name) for end, name in _VARIABLE.findall(text)}
    if not taken:
        return {"Fn::Sub": text} if "${" in text else text
    return {"Fn::Sub": [_VARIABLE.sub(r"${\1\2}", text), taken]}


@cache
def _table() -> Any:
    return json.loads(data_text("sam_connectors.json"))
