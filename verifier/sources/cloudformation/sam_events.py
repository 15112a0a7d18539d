"""The events of SAM's functions: who may invoke the function, and what its role may do besides.

    events_of(maker, function)     the resources and the policies of the role that the events of a function make

Source: aws-sam-translator, its sources of events. An event of a type that is not known here, or with values that SAM
would have to know and that are functions, makes an unknown document: what the role may do is not known then.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex
from verifier.sources.cloudformation.sam_pull import PULLED, pulled
from verifier.sources.cloudformation.sam_values import (
    QUEUE,
    QUEUE_POLICY,
    ROLE,
    Maker,
    arn_of,
    managed_policy,
    policy,
    queue_policy,
    sending,
    statement,
    trust,
)
from verifier.sources.cloudformation.shapes import Plain
from verifier.sources.cloudformation.template import CHANGED, Resource
from verifier.sources.values import ObjectValue, Value, text_of, under

RULES = ("Schedule", "CloudWatchEvent", "EventBridgeRule")
_PATH_PARAMETER = regex(r"{([a-zA-Z0-9._-]+|[a-zA-Z0-9._-]+\+|proxy\+)}")


@dataclass(frozen=True)
class Event:
    """An event: the logical id of what it makes, its own name, its type and its properties."""

    id: str
    name: str
    type: str
    properties: Value | None

    def get(self, *path: str) -> Value | None:
        """Return a property, as it is written."""
        return under(self.properties, *path)


@dataclass(frozen=True)
class Made:
    """What an event makes: resources, and inline and managed policies of the role."""

    resources: tuple[Resource, ...] = ()
    inline: tuple[Plain, ...] = ()
    attached: tuple[Plain, ...] = ()


def events_in(maker: Maker) -> Iterator[Event]:
    """Yield the events of the owner."""
    events = maker.get("Events")
    for name, held in events.pairs if isinstance(events, ObjectValue) else ():
        if name.known is not None:
            type_ = text_of(under(held, "Type")) or "?"
            yield Event(maker.owner.name + name.known, name.known, type_, under(held, "Properties"))


def made_by(event: Event, maker: Maker, function: Plain, target: Plain) -> Made:
    """Return what the event of a function makes; `function` is its name and `target` its ARN, or those of its alias."""
    permission = f"{event.id}Permission"
    match event.type:
        case "S3":
            account: Plain = {"Ref": "AWS::AccountId"}
            return Made((maker.permission(permission, "s3.amazonaws.com", function, SourceAccount=account),))
        case "SNS":
            return _topic(event, maker, function)
        case "Schedule" | "CloudWatchEvent" | "EventBridgeRule":
            allowed = maker.permission(permission, "events.amazonaws.com", function, SourceArn=arn_of(event.id))
            return Made((allowed, *dead_letters(event, maker)))
        case "ScheduleV2":
            return Made(
                scheduled(event, maker, policy(f"{event.id}LambdaPolicy", statement("lambda:InvokeFunction", target)))
            )
        case "AlexaSkill":
            token = event.get("SkillId")
            return Made((maker.permission(permission, "alexa-appkit.amazon.com", function, EventSourceToken=token),))
        case "IoTRule":
            source: Plain = {"Fn::Sub": [_arn("iot", "rule/${RuleName}"), {"RuleName": {"Ref": event.id}}]}
            account = {"Fn::Sub": "${AWS::AccountId}"}
            return Made(
                (maker.permission(permission, "iot.amazonaws.com", function, SourceArn=source, SourceAccount=account),)
            )
        case "Cognito":
            pool = text_of(event.get("UserPool", "Ref"))
            source = arn_of(pool) if pool else maker.unknown(f"user pool of {event.name}")
            name = f"{maker.owner.name}CognitoPermission"
            return Made((maker.permission(name, "cognito-idp.amazonaws.com", function, SourceArn=source),))
        case "CloudWatchLogs":
            group = event.get("LogGroupName") or maker.unknown(f"log group of {event.name}")
            source = {"Fn::Sub": [_arn("logs", "log-group:${__LogGroupName__}:*"), {"__LogGroupName__": group}]}
            return Made((maker.permission(permission, "logs.amazonaws.com", function, SourceArn=source),))
        case "Api" | "HttpApi":
            return Made((_api(event, maker, function),))
        case type_ if type_ in PULLED:
            attached, inline = pulled(event.type, event.properties, event.id, maker)
            return Made((), inline, attached)
        case _:
            unknown = maker.unknown(f"event {event.name}")
            return Made((Resource(event.id, CHANGED, unknown, "", unknown),), (unknown_policy(unknown, event.id),))


def unknown_policy(unknown: Value, name: str) -> Plain:
    """Return an inline policy that is not known."""
    return {"PolicyName": name, "PolicyDocument": unknown}


def dead_letters(event: Event, maker: Maker) -> Iterator[Resource]:
    """Yield the policy of the queue that SAM makes for what an event's rule cannot deliver."""
    held = event.get("DeadLetterConfig")
    if held is None or under(held, "Arn") is not None:
        return
    name = text_of(under(held, "QueueLogicalId")) or f"{event.id}Queue"
    queue = arn_of(name)
    yield maker.resource(name, QUEUE, {})
    document = queue_policy(queue, arn_of(event.id), {"Service": "events.amazonaws.com"})
    yield maker.resource(f"{event.id}QueuePolicy", QUEUE_POLICY, {"PolicyDocument": document})


def scheduled(event: Event, maker: Maker, invoking: Plain) -> tuple[Resource, ...]:
    """Return the role with which EventBridge Scheduler does what the policy `invoking` allows."""
    if event.get("RoleArn") is not None:
        return ()
    policies: list[Plain] = [invoking]
    queues: tuple[Resource, ...] = ()
    letters = event.get("DeadLetterConfig")
    if letters is not None:
        name = text_of(under(letters, "QueueLogicalId")) or f"{event.id}Queue"
        queues = (maker.resource(name, QUEUE, {}),) if under(letters, "Arn") is None else ()
        policies.append(sending("SQS", under(letters, "Arn") or arn_of(name), event.id) or {})
    properties: dict[str, Plain] = {"AssumeRolePolicyDocument": trust("scheduler.amazonaws.com"), "Policies": policies}
    boundary = event.get("PermissionsBoundary")
    if boundary is not None:
        properties["PermissionsBoundary"] = boundary
    return (*queues, maker.resource(f"{event.id}Role", ROLE, properties))


def _topic(event: Event, maker: Maker, function: Plain) -> Made:
    topic = event.get("Topic") or maker.unknown(f"topic of {event.name}")
    through = event.get("SqsSubscription")
    if through is None or text_of(through) == "false" or getattr(through, "text", "") == "false":
        return Made((maker.permission(f"{event.id}Permission", "sns.amazonaws.com", function, SourceArn=topic),))
    queue = under(through, "QueueArn") or arn_of(f"{event.id}Queue")
    name = text_of(under(through, "QueuePolicyLogicalId")) or f"{event.id}QueuePolicy"
    document = queue_policy(queue, topic, "*")
    attached = managed_policy("service-role/AWSLambdaSQSQueueExecutionRole")
    queues = (maker.resource(f"{event.id}Queue", QUEUE, {}),) if under(through, "QueueArn") is None else ()
    return Made((*queues, maker.resource(name, QUEUE_POLICY, {"PolicyDocument": document})), (), (attached,))


def _api(event: Event, maker: Maker, function: Plain) -> Resource:
    """Return the permission for an API: of any stage, for the event's method and path."""
    http = event.type == "HttpApi"
    path, method = text_of(event.get("Path")), text_of(event.get("Method"))
    api = event.get("ApiId" if http else "RestApiId") or {"Ref": "ServerlessHttpApi" if http else "ServerlessRestApi"}
    if http and path is None:
        path, method = "$default", "any"
    name = f"{event.id}Permission" + ("" if http else _stage(event, maker))
    if path is None or method is None:
        return maker.permission(
            name, "apigateway.amazonaws.com", function, SourceArn=maker.unknown(f"path of {event.name}")
        )
    path = "" if http and path == "$default" else re.sub(r"^(.+)/$", r"\1", path)
    verb = "*" if method.lower() in ("any", "x-amazon-apigateway-any-method") else method.upper()
    rest = _PATH_PARAMETER.sub("*", path)
    end = rest if http and verb == "*" and rest == "/$default" else f"/{verb}{rest}"
    where = _arn("execute-api", f"${{__ApiId__}}/${{__Stage__}}{end}")
    source: Plain = {"Fn::Sub": [where, {"__ApiId__": api, "__Stage__": "*"}]}
    return maker.permission(name, "apigateway.amazonaws.com", function, SourceArn=source)


def _stage(event: Event, maker: Maker) -> str:
    """Return what SAM puts behind the name of a permission: its stage, or a hash of a stage with signs in it."""
    given = event.get("RestApiId")
    if given is None:
        return "Prod"
    name = text_of(under(given, "Ref")) or text_of(given)
    api = maker.others.get(name or "")
    if api is None:
        return "AllStages"
    stage = text_of(under(api.properties, "StageName")) or "Stage"
    return stage if stage.isalnum() else hashlib.sha1(stage.encode(), usedforsecurity=False).hexdigest()[:10]


def _arn(service: str, resource: str) -> str:
    return f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}"
