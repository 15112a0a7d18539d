"""SAM: the resources of CloudFormation that SAM's resources stand for, as far as they carry documents.

    expanded(resources, template)     the resources, with those that SAM makes of them

A function or a state machine gets a role, its events get permissions, roles and queue policies, and connectors get
policies of what they connect. What SAM makes of other resources (`AWS::Serverless::GraphQLApi`, ...) is unknown, and
named.

Source: aws-sam-translator (Apache-2.0), which is what `AWS::Serverless-2016-10-31` runs; tools/compare_sam.py compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.sources.cloudformation.sam_connectors import NotExpanded, connector_resources, connectors_of
from verifier.sources.cloudformation.sam_events import Event, dead_letters, events_in, scheduled
from verifier.sources.cloudformation.sam_functions import function_resources
from verifier.sources.cloudformation.sam_policies import role_policies
from verifier.sources.cloudformation.sam_values import (
    ROLE,
    Maker,
    is_function,
    managed_policy,
    merged,
    policy,
    role_properties,
    statement,
    trust,
)
from verifier.sources.cloudformation.shapes import Plain, digest_of, known_text
from verifier.sources.cloudformation.template import CHANGED, ReadTemplate, Resource
from verifier.sources.values import (
    AnyValue,
    ObjectValue,
    Scalar,
    Unresolved,
    Value,
    object_value,
    under,
)

SAM = "AWS::Serverless::"
# What makes no document that is not in the template itself; and connectors, which come last.
_WITHOUT = ("SimpleTable", "LayerVersion", "Application", "Connector")


def expanded(resources: dict[str, Resource], template: ReadTemplate) -> dict[str, Resource]:
    """Return the resources with those that SAM makes, each behind the one that it is made of."""
    found: dict[str, Resource] = {}
    for resource in resources.values():
        whole = _with_globals(resource, template)
        found[whole.name] = whole
        if whole.type.startswith(SAM):
            for each in _made(whole, resources):
                found.setdefault(each.name, each)
    for resource in tuple(found.values()):
        if resource.name in resources:
            found |= {each.name: each for each in _connected(resource, found) if each.name not in found}
    return found


def _connected(resource: Resource, others: Mapping[str, Resource]) -> Iterator[Resource]:
    """Yield what a connector makes, or the connectors of a resource; named where that is not known."""
    try:
        connectors = tuple(connectors_of(resource))
    except NotExpanded:
        yield from _not_expanded(resource, "Connectors")
        return
    for connector in connectors:
        try:
            yield from tuple(connector_resources(connector, others))
        except NotExpanded:
            yield from _not_expanded(connector, "Connector")


def _with_globals(resource: Resource, template: ReadTemplate) -> Resource:
    """Return `resource` with what `Globals` says of its type."""
    general = under(template.value, "Globals", resource.type.removeprefix(SAM))
    if not resource.type.startswith(SAM) or general is None or is_function(resource.properties):
        return resource
    own = resource.properties or object_value([], resource.place.place)
    return Resource(resource.name, resource.type, merged(general, own), resource.condition, resource.place)


def _made(resource: Resource, others: Mapping[str, Resource]) -> Iterator[Resource]:
    maker = Maker(resource, others)
    if not isinstance(resource.properties, ObjectValue | None) or is_function(resource.properties):
        yield from _not_expanded(resource, "Sam")
        return
    match resource.type.removeprefix(SAM):
        case "Function":
            yield from function_resources(maker)
        case "StateMachine":
            yield from _machine(maker)
        case "Api" | "HttpApi":
            yield from _api(maker)
        case kind if kind not in _WITHOUT:
            yield from _not_expanded(resource, "Sam")


def _not_expanded(resource: Resource, what: str) -> Iterator[Resource]:
    unknown = AnyValue(
        Unresolved(f"{what} of {resource.name}, which is not expanded", digest=digest_of(resource.place)),
        resource.place.place,
    )
    yield Resource(f"{resource.name}{what}", CHANGED, unknown, "", unknown)


def _machine(maker: Maker) -> Iterator[Resource]:
    """Yield the role of a state machine, and those with which its events start it."""
    name = maker.owner.name
    if maker.get("Role") is None:
        inline, attached = role_policies(maker, f"{name}Role")
        tracing = maker.get("Tracing", "Enabled")
        if isinstance(tracing, Scalar) and tracing.text == "true":
            attached.append(managed_policy("AWSXrayWriteOnlyAccess"))
        properties = role_properties(maker, trust("states.amazonaws.com"), inline, attached)
        yield maker.resource(f"{name}Role", ROLE, properties)
    for event in events_in(maker):
        yield from _starting(event, maker)


def _starting(event: Event, maker: Maker) -> Iterator[Resource]:
    start = statement("states:StartExecution", _started(maker))
    match event.type:
        case "ScheduleV2":
            yield from scheduled(event, maker, policy(f"{event.id}StartExecutionPolicy", start))
            return
        case "Schedule" | "CloudWatchEvent" | "EventBridgeRule":
            service = "events.amazonaws.com"
            yield from dead_letters(event, maker)
        case "Api":
            service = "apigateway.amazonaws.com"
        case _:
            unknown = maker.unknown(f"event {event.name}")
            yield Resource(event.id, CHANGED, unknown, "", unknown)
            return
    if event.type == "Schedule" and event.get("RoleArn") is not None:
        return
    role = f"{event.id}Role"
    policies: Plain = [policy(f"{role}StartExecutionPolicy", start)]
    properties: dict[str, Plain] = {"AssumeRolePolicyDocument": trust(service), "Policies": policies}
    boundary = maker.get("PermissionsBoundary")
    yield maker.resource(role, ROLE, properties | ({} if boundary is None else {"PermissionsBoundary": boundary}))


def _started(maker: Maker) -> Plain:
    """Return the ARN of what events start: the state machine, or the alias that SAM publishes."""
    machine: Plain = {"Ref": maker.owner.name}
    alias, used = maker.get("AutoPublishAlias"), maker.get("UseAliasAsEventTarget")
    if alias is None or used is None or _is(used, "false"):
        return machine
    published: Plain = {"Fn::Join": [":", [machine, alias]]}
    return published if _is(used, "true") else maker.unknown("target of events")


def _api(maker: Maker) -> Iterator[Resource]:
    """Yield the permissions for the functions that authorise calls of an API, and its policy, which is unknown."""
    name = maker.owner.name
    if maker.get("Auth", "ResourcePolicy") is not None:
        unknown = maker.unknown("resource policy")
        yield maker.resource(f"{name}AuthPolicy", "AWS::ApiGateway::RestApi", {"Policy": unknown})
    given = maker.get("Domain", "Policy")
    if given is not None:
        yield maker.resource(f"{name}DomainPolicy", "AWS::ApiGateway::DomainNameV2", {"Policy": given})
    authorizers = maker.get("Auth", "Authorizers")
    for authorizer, held in authorizers.pairs if isinstance(authorizers, ObjectValue) else ():
        function = under(held, "FunctionArn")
        if function is None or _is(under(held, "DisableFunctionDefaultPermissions"), "true"):
            continue
        if maker.owner.type.endswith("HttpApi") and not _is(under(held, "EnableFunctionDefaultPermissions"), "true"):
            continue
        where = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*"
        source: Plain = {"Fn::Sub": [where, {"__ApiId__": {"Ref": name}}]}
        permission = f"{name}{authorizer.known}AuthorizerPermission"
        yield maker.permission(permission, "apigateway.amazonaws.com", function, SourceArn=source)


def _is(value: Value | None, text: str) -> bool:
    return (known_text(value) or "").lower() == text
