"""Could a request happen? A second reading of the catalogue's tables, that shares no code with the prover.

`unfit(request)` takes a request as interface.md writes it, and returns what speaks against it. It reads the TSV files
by itself, and matches ARNs by regular expressions. What the tables do not hold (which keys stay in a session, which
exclude each other or are derived from each other, how regions and accounts look) is written down here once more, from
the same pages of AWS.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "verifier" / "clouds" / "aws" / "catalogue" / "data"
VARIABLE = re.compile(r"\$\{([^}]*)\}|(\*)")
NAMES_OF_REGIONS = {
    "aws": r"(?!cn-)[a-z]{2}-[a-z]+-[0-9]{1,2}",
    "aws-cn": r"cn-[a-z]+-[0-9]{1,2}",
    "aws-us-gov": r"us-gov-[a-z]+-[0-9]{1,2}",
    "aws-eusc": r"eusc-[a-z]+-[a-z]+-[0-9]{1,2}",
    "aws-iso": r"us-iso-[a-z]+-[0-9]{1,2}",
    "aws-iso-b": r"us-isob-[a-z]+-[0-9]{1,2}",
    "aws-iso-e": r"eu-isoe-[a-z]+-[0-9]{1,2}",
    "aws-iso-f": r"us-isof-[a-z]+-[0-9]{1,2}",
}
ACCOUNT = "[0-9]{12}|aws"
WITHOUT_ACCOUNT = {"ssm", "resource-explorer-2"}
PLAIN_NAMES = re.compile(
    r".*:(?:BucketName|(?:LoadBalancer|TargetGroup|PlacementGroup)Name|.*(?:Uuid|UUID))"
    r"|sqs:QueueName|iam:SamlProviderName|airflow:EnvironmentName"
    r"|batch:ComputeEnvironmentName|cloudformation:StackName|cloudtrail:TrailName|codebuild:ProjectName"
    r"|codecommit:RepositoryName|cognito-idp:UserPoolId|dynamodb:GlobalTableName|eks:ClusterName"
    r"|ecs:(?:CapacityProvider|Cluster|Service|TaskDefinitionFamily)Name|events:(?:Archive|Replay)Name"
    r"|firehose:DeliveryStreamName|organizations:OrganizationId|pipes:Name|rds:Db(?:ClusterInstance|Instance)Name"
    r"|redshift:ClusterName|scheduler:(?:Group|Schedule)Name|states:ActivityName"
)
ACCOUNTS_IN_NAMES = re.compile(
    "account:MemberAccountId|config:AggregatorAccount|eks:IamIdentityAccountID|kafka:ClusterOwnerAccount"
    "|(?:organizations|sso):AccountId"
)
BEHIND_PATHS = re.compile("iam:(?:Certificate|Group|InstanceProfile|Policy|Role|User)NameWithPath")
OPAQUE = {
    "acm",
    "acm-pca",
    "directconnect",
    "ds",
    "ec2",
    "elasticfilesystem",
    "elasticloadbalancing",
    "fsx",
    "guardduty",
    "kms",
    "mq",
    "route53",
    "transfer",
    "workspaces",
}

OF_THE_ACTION = {"aws:tagkeys", "aws:requesttag/${tagkey}", "aws:resourcetag/${tagkey}"}
OF_THE_SESSION = {
    "sagemaker:domainid",
    "sagemaker:userprofilename",
    "ec2:roledelivery",
    "ec2:sourceinstancearn",
    "glue:roleassumedby",
    "glue:credentialissuingservice",
    "codebuild:buildarn",
    "codebuild:projectarn",
    "lambda:sourcefunctionarn",
    "ssm:sourceinstancearn",
    "identitystore:userid",
    "transfer:homebucket",
    "transfer:homedirectory",
    "transfer:homefolder",
    "transfer:username",
}
ENDPOINT = {
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "aws:vpcsourceip",
}

Row = dict[str, str]


def unfit(request: dict[str, Any]) -> list[str]:
    """Return what speaks against `request`; nothing where it could happen."""
    service, _, name = request["action"].lower().partition(":")
    action = table("actions.tsv", ("name", "level", "types", "keys", "needed")).get(service, {}).get(name)
    if action is None:
        return [f"no such action: {request['action']}"]
    known = table("resources.tsv", ("name", "arns", "keys")).get(service, {})
    uses = listed(action["types"])
    types = [known[use.rstrip("!").lower()] for use in uses if use.rstrip("!").lower() in known]
    found = []
    if request["resource"] == "*":
        if types and any(use.endswith("!") for use in uses):
            found.append(f"{request['action']} is not asked on `*`")
    elif not types:
        if not any_arn().fullmatch(request["resource"]):
            found.append(f"{request['action']} is asked on ARNs, not like {request['resource']}")
    elif not any(form(arn).fullmatch(request["resource"]) for one in types for arn in listed(one["arns"])):
        found.append(f"{request['action']} takes no resource like {request['resource']}")
    keys = [*listed(action["keys"]), *(key for one in types for key in listed(one["keys"]))]
    folded = {key.lower() for key in request["context"]}
    found += [
        f"{request['action']} carries no {key}" for key in sorted(folded) if not carried(key, keys, f"{service}:{name}")
    ]
    if "aws:sourceip" in folded and folded & ENDPOINT:
        found.append("both a public address and a VPC endpoint")
    context = {key.lower(): value for key, value in request["context"].items()}
    found += [f"{key} is {value}" for key, value in context.items() if not well_formed(key, value)]
    return found + contradictions(context)


ID = "[a-z0-9]"
ORGANISATION = f"o-{ID}{{10,32}}"
ANY_REGION = "|".join(NAMES_OF_REGIONS.values())
FORMS = {
    "aws:principalaccount": "[0-9]{12}|anonymous",
    "aws:resourceaccount": "[0-9]{12}|aws",
    **dict.fromkeys(("aws:sourceaccount", "aws:vpceaccount"), "[0-9]{12}"),
    **dict.fromkeys(("kms:calleraccount", "s3:dataaccesspointaccount", "s3:resourceaccount"), "[0-9]{12}"),
    **dict.fromkeys(("aws:requestedregion", "ec2:region"), ANY_REGION),
    **{f"aws:{of}orgid": ORGANISATION for of in ("principal", "resource", "source", "vpce")},
    **{
        f"aws:{of}orgpaths": f"{ORGANISATION}/r-{ID}{{4,32}}/(ou-[a-z0-9/-]*/)?"
        for of in ("principal", "resource", "source", "vpce")
    },
    **dict.fromkeys(("aws:sourcevpc", "aws:ec2instancesourcevpc"), f"vpc-{ID}+"),
    "aws:sourcevpce": f"vpce-{ID}+",
    "aws:principalarn": f"arn:({'|'.join(NAMES_OF_REGIONS)}):(iam|sts)::[0-9]{{12}}:(?s:.*)",
    "aws:username": "[A-Za-z0-9_+=,.@-]+",
    "aws:sourceidentity": "[A-Za-z0-9_+=,.@-]{2,64}",
    "aws:epochtime": "0|[1-9][0-9]*",
}
LISTS = {key for key in FORMS if key.endswith("orgpaths")} | {"kms:calleraccount", "ec2:region"}
LISTS |= {"s3:dataaccesspointaccount", "s3:resourceaccount"}


def well_formed(key: str, value: str | list[str]) -> bool:
    """Whether each value of a key is one that the key can have; an empty one in a list counts as none."""
    values = [value] if isinstance(value, str) else value
    return all(re.fullmatch(FORMS.get(key, "(?s:.*)"), one) or (not one and key in LISTS) for one in values)


def carried(key: str, listed_keys: list[str], action: str) -> bool:
    """Whether a request for `action`, with `listed_keys`, may carry `key`, in lower case."""
    prefix = key.partition(":")[0]
    if key in OF_THE_SESSION or prefix in ("saml", "datazone") or "." in prefix:
        return True
    if key == "aws-marketplace:productid" and action in ("aws-marketplace:subscribe", "aws-marketplace:unsubscribe"):
        return True
    if prefix == "aws" and not any(name(one).fullmatch(key) for one in OF_THE_ACTION):
        return True
    if prefix != "aws" and prefix not in {one.partition(":")[0] for one in names_of_keys()} | set(services()):
        return True
    service = action.partition(":")[0]
    if prefix == service and key in names_of_keys() and not any(one == key for one in all_listed(service)):
        return True
    return any(name(one).fullmatch(key) for one in listed_keys)


def contradictions(context: dict[str, Any]) -> list[str]:
    """Keys that AWS derives from each other and that do not agree."""
    found = []
    if "aws:multifactorauthage" in context and str(context.get("aws:multifactorauthpresent")).lower() != "true":
        found.append("the age of an authentication that was not made")
    chain = context.get("aws:calledvia", [])
    chain = [chain] if isinstance(chain, str) else list(chain)
    for key, place in (("aws:calledviafirst", 0), ("aws:calledvialast", -1)):
        if key in context and (not chain or chain[place] != context[key]):
            found.append(f"{key} is not that of aws:CalledVia")
    found += [
        f"{key} where {other} is not true"
        for key, other in TRUE_WITH
        if key in context and str(context.get(other, "true")).lower() != "true"
    ]
    now = {instant(context[key]) for key in ("aws:currenttime", "aws:epochtime") if key in context} - {None}
    if len(now) > 1:
        found.append("two times")
    issued = instant(context.get("aws:tokenissuetime", ""))
    if issued is not None and any(each is not None and issued > each for each in now):
        found.append("credentials of tomorrow")
    if "aws:principalarn" in context:
        fields = [*context["aws:principalarn"].split(":", 5), *[""] * 5]
        if context.get("aws:principalaccount", fields[4]) != fields[4]:
            found.append("a principal of another account")
        user = context.get("aws:username")
        if user is not None and (fields[2] != "iam" or not re.fullmatch(f"user/(?s:.*/)?{re.escape(user)}", fields[5])):
            found.append("a user of another name")
    for key, value in context.items():
        service, tag, rest = key.partition(":resourcetag/")
        if tag and service in TWINS and context.get(f"aws:resourcetag/{rest}", value) != value:
            found.append("two values of one tag")
    return found


TRUE_WITH = (
    ("aws:calledvia", "aws:viaawsservice"),
    ("aws:calledviafirst", "aws:viaawsservice"),
    ("aws:calledvialast", "aws:viaawsservice"),
    ("aws:principalservicename", "aws:principalisawsservice"),
)
TWINS = {
    "autoscaling",
    "ec2",
    "ecr",
    "ecr-public",
    "ecs",
    "elasticloadbalancing",
    "elasticmapreduce",
    "iam",
    "license-manager",
    "ram",
    "sagemaker",
    "secretsmanager",
    "ssm",
}


def instant(text: str) -> float | None:
    """The seconds of a date as Python reads it."""
    try:
        return float(text) if text.isdigit() else dt.datetime.fromisoformat(text).timestamp()
    except ValueError:
        return None


@cache
def names_of_keys() -> frozenset[str]:
    """The keys of the table, in lower case."""
    lines = (DATA / "keys.tsv").read_text(encoding="utf-8").splitlines()
    return frozenset(line.split("\t")[0].lower() for line in lines if not line.startswith("#"))


def services() -> tuple[str, ...]:
    """The services that have actions."""
    return tuple(table("actions.tsv", ("name", "level", "types", "keys", "needed")))


@cache
def all_listed(service: str) -> frozenset[str]:
    """The keys that some action or resource type of the service lists, in lower case."""
    actions_ = table("actions.tsv", ("name", "level", "types", "keys", "needed")).get(service, {})
    types = table("resources.tsv", ("name", "arns", "keys")).get(service, {})
    return frozenset(key.lower() for row in (*actions_.values(), *types.values()) for key in listed(row["keys"]))


@cache
def name(key: str) -> re.Pattern[str]:
    """An expression for the keys that `key`, which may have a variable part, stands for, in lower case."""
    return re.compile(filled(key.lower(), lambda _: ".+", ".+"), re.DOTALL)


@cache
def form(arn: str) -> re.Pattern[str]:
    """An expression for the ARNs of a format."""
    fields = arn.split(":", 5)
    service = fields[2]
    account = f"{ACCOUNT}|" if service in WITHOUT_ACCOUNT else ACCOUNT
    last = filled(fields[5], lambda variable: inside(service, variable), ".*")
    others = [filled(field, lambda _: "[^:]+", "[^:]*") for field in (fields[0], service)]
    middle = f"(?:{account})" if fields[4].startswith("${") else filled(fields[4], lambda _: "[^:]+", "[^:]*")
    ways = [
        ":".join(
            (
                others[0],
                partition if fields[1].startswith("${") else re.escape(fields[1]),
                others[1],
                region if fields[3].startswith("${") else filled(fields[3], lambda _: "", "[^:]*"),
                middle,
                last,
            )
        )
        for partition, region in NAMES_OF_REGIONS.items()
    ]
    return re.compile("|".join(dict.fromkeys(ways)), re.DOTALL)


def inside(service: str, variable: str) -> str:
    """An expression for what may stand in a variable part of the last part of an ARN."""
    named = f"{service}:{variable}"
    if named in ("ec2:KeyPairName", "sns:TopicName"):
        return "[^/]+"
    if ACCOUNTS_IN_NAMES.fullmatch(named):
        return "[0-9]{12}"
    if named == "config:AggregatorRegion":
        return f"(?:{'|'.join(NAMES_OF_REGIONS.values())})"
    if BEHIND_PATHS.fullmatch(named):
        return "(?:(?:.*/)?[^:/]+|.*/)"
    if named in ("backup:BackupVaultName", "ecr:RepositoryName", "secretsmanager:SecretId"):
        return "[^:]+"
    plain = PLAIN_NAMES.fullmatch(named) or (service in OPAQUE and variable.endswith(("Id", "ID")))
    return "[^:/]+" if plain else ".+"


def filled(field: str, of_variable: Callable[[str], str], of_star: str) -> str:
    """An expression for a part of a format."""
    found, place = "", 0
    for one in VARIABLE.finditer(field):
        found += re.escape(field[place : one.start()]) + (of_star if one[2] else of_variable(one[1]))
        place = one.end()
    return found + re.escape(field[place:])


@cache
def any_arn() -> re.Pattern[str]:
    """An expression for the ARNs of any service."""
    ways = [
        f"arn:{partition}:[a-z0-9-]+:(?:{region}|):(?:{ACCOUNT}|):.*" for partition, region in NAMES_OF_REGIONS.items()
    ]
    return re.compile("|".join(ways), re.DOTALL)


@cache
def table(file: str, columns: tuple[str, ...]) -> dict[str, dict[str, Row]]:
    """The rows of a table in blocks, by service and by the first column in lower case."""
    found: dict[str, dict[str, Row]] = {}
    rows: dict[str, Row] = {}
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if not row or row[0].startswith("#"):
                continue
            if row[0].startswith("@"):
                rows = found[row[0][1:]] = {}
                continue
            rows[row[0].lower()] = dict(zip(columns, [*row, *[""] * len(columns)], strict=False))
    return found


def listed(field: str) -> list[str]:
    """The names in a field."""
    return [each for each in field.split(",") if each]
