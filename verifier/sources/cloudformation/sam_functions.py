"""SAM's functions: the role, the permissions, and what the events of a function make.

Source: aws-sam-translator, its class `SamFunction` and the functions that make roles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.sources.cloudformation.sam_events import events_in, made_by
from verifier.sources.cloudformation.sam_policies import role_policies
from verifier.sources.cloudformation.sam_values import (
    PERMISSION,
    ROLE,
    Maker,
    arn_of,
    if_items,
    is_no_value,
    managed_policy,
    policy,
    role_properties,
    sending,
    statement,
    trust,
)
from verifier.sources.cloudformation.shapes import Plain, called, known_text, made_value
from verifier.sources.cloudformation.template import Resource
from verifier.sources.values import text_of, under

_DEAD_LETTERS = {"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}


def function_resources(maker: Maker) -> Iterator[Resource]:
    """Yield what SAM makes of a function, as far as it carries documents."""
    name = maker.owner.name
    function, target = _invoked(maker)
    events = [made_by(event, maker, function, target) for event in events_in(maker)]
    inline: list[Plain] = [*_own_policies(maker), *_destinations(maker)]
    attached: list[Plain] = [*_own_managed(maker)]
    more, managed_ones = role_policies(maker, f"{name}Role")
    inline += more
    attached += managed_ones
    for event in events:
        inline += event.inline
        attached += event.attached
    condition = _role_condition(maker)
    if condition is not None:
        trusted = maker.get("AssumeRolePolicyDocument") or trust("lambda.amazonaws.com")
        yield maker.resource(
            f"{name}Role",
            ROLE,
            role_properties(maker, trusted, _once(inline, maker), _once(attached, maker)),
            condition,
        )
    yield from _url(maker, function)
    yield from _made_for_destinations(maker)
    for event in events:
        yield from event.resources
    preference = maker.get("DeploymentPreference")
    disabled = (known_text(under(preference, "Enabled")) or "").lower() == "false"
    published = preference is not None and maker.get("AutoPublishAlias") is not None
    if published and not disabled and under(preference, "Role") is None:
        yield maker.resource(
            "CodeDeployServiceRole", ROLE, {"AssumeRolePolicyDocument": trust("codedeploy.amazonaws.com")}, ""
        )


def _once(each: Sequence[Plain], maker: Maker) -> Sequence[Plain]:
    """Return `each` without what is there already, a policy's name aside."""
    found = [made_value(one, maker.place) for one in each]
    return list({called(under(one, "PolicyDocument") or one): one for one in reversed(found)}.values())[::-1]


def _invoked(maker: Maker) -> tuple[Plain, Plain]:
    """Return what events invoke, by its name and by its ARN: the function, or the alias that SAM publishes."""
    name = maker.owner.name
    alias = maker.get("AutoPublishAlias")
    if alias is None:
        return {"Ref": name}, arn_of(name)
    arn: Plain = {"Fn::Join": [":", [arn_of(name), alias]]}
    return arn, arn


def _role_condition(maker: Maker) -> str | None:
    """Return the condition of the role that SAM makes, with `!` where it must not hold; None where there is no role."""
    given = maker.get("Role")
    if given is None:
        return maker.owner.condition
    branches = if_items(given)
    if branches is None:
        return None
    condition, one, other = text_of(branches[0]) or "", is_no_value(branches[1]), is_no_value(branches[2])
    if one and other:
        return maker.owner.condition
    return condition if one else f"!{condition}" if other else None


def _own_managed(maker: Maker) -> Iterator[Plain]:
    durable = maker.get("DurableConfig") is not None
    basic = "AWSLambdaBasicDurableExecutionRolePolicy" if durable else "AWSLambdaBasicExecutionRole"
    yield managed_policy(f"service-role/{basic}")
    tracing = maker.get("Tracing")
    if tracing is not None and text_of(tracing) != "Disabled":
        yield managed_policy("AWSXrayWriteOnlyAccess")
    if maker.get("VpcConfig") is not None:
        yield managed_policy("service-role/AWSLambdaVPCAccessExecutionRole")


def _own_policies(maker: Maker) -> Iterator[Plain]:
    letters = maker.get("DeadLetterQueue")
    if letters is None:
        return
    action = _DEAD_LETTERS.get(text_of(under(letters, "Type")) or "")
    target = under(letters, "TargetArn")
    if action is None or target is None:
        yield {"PolicyName": "DeadLetterQueuePolicy", "PolicyDocument": maker.unknown("dead letter queue")}
    else:
        yield policy("DeadLetterQueuePolicy", statement(action, target), version="2012-10-17")


def _destinations(maker: Maker) -> Iterator[Plain]:
    """Yield what the role may do to send on what the function returned, or failed on."""
    for event in ("OnSuccess", "OnFailure"):
        held = maker.get("EventInvokeConfig", "DestinationConfig", event)
        if held is None:
            continue
        name = f"{maker.owner.name}EventInvokeConfig{event}"
        type_, given = text_of(under(held, "Type")) or "", under(held, "Destination")
        targets: dict[str, Plain] = {"SQS": arn_of(f"{name}Queue"), "SNS": {"Ref": f"{name}Topic"}}
        target = targets.get(type_) if given is None else given
        found = None if target is None or if_items(given) is not None else sending(type_, target, name)
        yield found or {"PolicyName": f"{name}Policy", "PolicyDocument": maker.unknown(f"destination {event}")}


def _made_for_destinations(maker: Maker) -> Iterator[Resource]:
    for event in ("OnSuccess", "OnFailure"):
        held = maker.get("EventInvokeConfig", "DestinationConfig", event)
        type_ = text_of(under(held, "Type"))
        if type_ in ("SQS", "SNS") and under(held, "Destination") is None:
            kind = "Queue" if type_ == "SQS" else "Topic"
            yield maker.resource(f"{maker.owner.name}EventInvokeConfig{event}{kind}", f"AWS::{type_}::{kind}", {})


def _url(maker: Maker, function: Plain) -> Iterator[Resource]:
    """Yield the permissions that let everybody call the URL of a function without authentication."""
    if text_of(maker.get("FunctionUrlConfig", "AuthType")) != "NONE":
        return
    name = maker.owner.name
    common: dict[str, Plain] = {"FunctionName": function, "Principal": "*"}
    first: dict[str, Plain] = {"Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"}
    second: dict[str, Plain] = {"Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True}
    yield maker.resource(f"{name}UrlPublicPermissions", PERMISSION, common | first)
    yield maker.resource(f"{name}URLInvokeAllowPublicAccess", PERMISSION, common | second)
