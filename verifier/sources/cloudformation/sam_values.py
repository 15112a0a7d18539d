"""What SAM writes into the documents that it makes: the parts that several of its resources share.

Source: aws-sam-translator (Apache-2.0), which is what `AWS::Serverless-2016-10-31` runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.base.dataclass import dataclass
from verifier.base.source import HasSpan
from verifier.sources.cloudformation.shapes import Plain, digest_of, made_value
from verifier.sources.cloudformation.template import Resource
from verifier.sources.values import AnyValue, ListValue, ObjectValue, Unresolved, Value, object_value, text_of, under

PERMISSION = "AWS::Lambda::Permission"
QUEUE_POLICY = "AWS::SQS::QueuePolicy"
QUEUE = "AWS::SQS::Queue"
ROLE = "AWS::IAM::Role"


@dataclass(frozen=True)
class Maker:
    """Makes resources for `owner`, which stand where it stands and exist where it exists; `others` are its siblings."""

    owner: Resource
    others: Mapping[str, Resource]

    @property
    def place(self) -> HasSpan:
        """Where the owner stands."""
        return self.owner.place.place

    def get(self, *path: str) -> Value | None:
        """Return a property of the owner, as it is written."""
        return under(self.owner.properties, *path)

    def resource(self, name: str, type_: str, properties: Plain, condition: str | None = None) -> Resource:
        """Return a resource of the type `type_`."""
        held = made_value(properties, self.place)
        return Resource(name, type_, held, self.owner.condition if condition is None else condition, held)

    def permission(self, name: str, principal: str, function: Plain, **more: Plain | None) -> Resource:
        """Return a permission to invoke `function`."""
        properties: dict[str, Plain] = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": function,
            "Principal": principal,
        }
        return self.resource(
            name, PERMISSION, properties | {key: held for key, held in more.items() if held is not None}
        )

    def unknown(self, what: str) -> AnyValue:
        """Return an unknown value; `what` says what is not known."""
        return AnyValue(Unresolved(f"{what} of {self.owner.name}", digest=digest_of(self.owner.place)), self.place)


def statement(action: Plain, resource: Plain) -> dict[str, Plain]:
    """Return a statement that allows `action` on `resource`."""
    return {"Action": action, "Effect": "Allow", "Resource": resource}


def policy(name: str, *statements: Plain, version: str = "") -> dict[str, Plain]:
    """Return an inline policy."""
    head: dict[str, Plain] = {"Version": version} if version else {}
    return {"PolicyName": name, "PolicyDocument": head | {"Statement": list(statements)}}


def trust(service: str) -> dict[str, Plain]:
    """Return a trust policy for `service`."""
    principal: Plain = {"Service": [service]}
    held: Plain = [{"Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": principal}]
    return {"Version": "2012-10-17", "Statement": held}


def managed_policy(path: str) -> dict[str, Plain]:
    """Return the ARN of the AWS managed policy at `path`."""
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::aws:policy/{path}"}


def arn_of(name: str) -> dict[str, Plain]:
    """Return the ARN of a resource."""
    return {"Fn::GetAtt": [name, "Arn"]}


def queue_policy(queue: Plain, source: Plain, principal: Plain) -> dict[str, Plain]:
    """Return the policy of a queue to which `principal` may send what comes from `source`."""
    condition: Plain = {"ArnEquals": {"aws:SourceArn": source}}
    held = statement("sqs:SendMessage", queue) | {"Principal": principal, "Condition": condition}
    return {"Version": "2012-10-17", "Statement": [held]}


def sending(type_: str, target: Plain, name: str) -> dict[str, Plain] | None:
    """Return the inline policy with which a function sends to `target`, None for a type that SAM has no policy for."""
    match type_:
        case "SQS":
            return policy(f"{name}SQSPolicy", statement("sqs:SendMessage", target))
        case "SNS":
            return policy(f"{name}SNSPolicy", statement("sns:publish", target))
        case "EventBridge":
            return policy(f"{name}EventBridgePolicy", statement("events:PutEvents", target))
        case "Lambda":
            return policy(f"{name}LambdaPolicy", statement("lambda:InvokeFunction", target))
        case "S3" | "S3Bucket":
            objects: Plain = {"Fn::Join": ["/", [target, "*"]]}
            return policy(f"{name}S3Policy", statement("s3:PutObject", objects), statement("s3:ListBucket", target))
    return None


def is_function(value: Value | None) -> bool:
    """Whether `value` is a function of CloudFormation."""
    if not isinstance(value, ObjectValue) or len(value.pairs) != 1:
        return False
    name = value.pairs[0][0].known or ""
    return name in ("Ref", "Condition") or name.startswith("Fn::")


def if_items(value: Value | None) -> Sequence[Value] | None:
    """Return the condition and the two values of `Fn::If`, None for anything else."""
    if not isinstance(value, ObjectValue) or len(value.pairs) != 1 or value.pairs[0][0].known != "Fn::If":
        return None
    items = value.pairs[0][1]
    return items.values if isinstance(items, ListValue) and len(items.values) == 3 else None


def is_no_value(value: Value) -> bool:
    """Whether `value` is `AWS::NoValue`."""
    return text_of(under(value, "Ref")) == "AWS::NoValue"


def merged(general: Value, own: Value) -> Value:
    """Return what a property is that `Globals` and a resource both have."""
    if isinstance(general, ListValue) and isinstance(own, ListValue):
        return ListValue(own.place, lambda: [*general.values, *own.values])
    objects = isinstance(general, ObjectValue) and isinstance(own, ObjectValue)
    if not objects or is_function(general) or is_function(own):
        return own
    assert isinstance(general, ObjectValue)
    assert isinstance(own, ObjectValue)
    pairs = [
        (name, merged(held, own.named[name.known]) if name.known in own.named else held) for name, held in general.pairs
    ]
    return object_value([*pairs, *((n, h) for n, h in own.pairs if n.known not in general.named)], own.place)


def role_properties(
    maker: Maker, trusted: Plain, inline: Sequence[Plain], attached: Sequence[Plain]
) -> dict[str, Plain]:
    """Return the properties of the role of a function or a state machine."""
    found: dict[str, Plain] = {
        "AssumeRolePolicyDocument": trusted,
        "ManagedPolicyArns": attached,
        "Policies": inline,
    }
    for ours, theirs in (("Path", "RolePath"), ("PermissionsBoundary", "PermissionsBoundary")):
        value = maker.get(theirs)
        if value is not None:
            found[ours] = value
    tags = maker.get("Tags")
    if isinstance(tags, ObjectValue) and not is_function(tags):
        found["Tags"] = [{"Key": name, "Value": held} for name, held in tags.pairs]
    return found
