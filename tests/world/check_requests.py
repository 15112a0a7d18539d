"""Could a request happen? A second reading of the catalogue's tables, that shares no code with the prover.

`unfit(request)` takes a request as interface.md writes it, and returns what speaks against it. It reads the TSV files
by itself, and matches ARNs by regular expressions: a variable part is one character or more, none of them a colon
before the last of the six parts. What the tables do not hold (which keys stay in a session, which exclude each other)
is written down here once more, from the same page of the IAM User Guide.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[2] / "verifier" / "catalogue" / "data"
VARIABLE = re.compile(r"\$\{[^}]*\}|\*")

OF_THE_ACTION = {"aws:tagkeys", "aws:requesttag/${tagkey}", "aws:resourcetag/${tagkey}"}
OF_THE_SESSION = {
    "ec2:roledelivery",
    "ec2:sourceinstancearn",
    "glue:roleassumedby",
    "glue:credentialissuingservice",
    "codebuild:buildarn",
    "codebuild:projectarn",
    "lambda:sourcefunctionarn",
    "ssm:sourceinstancearn",
    "identitystore:userid",
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

# Values of each type, roughly: as exact as the texts that the tests draw and that a polished request holds.
FORMS = {
    "string": re.compile(r".*", re.DOTALL),
    "numeric": re.compile(r"-?\d+(\.\d+)?"),
    "date": re.compile(r"\d+|\d{4}-\d\d-\d\d(T.*)?"),
    "bool": re.compile(r"true|false", re.IGNORECASE),
    "address": re.compile(r"\d+(\.\d+){3}|[0-9a-f:]*:[0-9a-f:.]*"),
    "arn": re.compile(r"arn(:[^:]*){4}:.*", re.DOTALL),
    "binary": re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
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
    elif not any(form(arn).fullmatch(request["resource"]) for one in types for arn in listed(one["arns"])):
        found.append(f"{request['action']} takes no resource like {request['resource']}")
    keys = [*listed(action["keys"]), *(key for one in types for key in listed(one["keys"]))]
    folded = {key.lower(): value for key, value in request["context"].items()}
    found += [f"{request['action']} carries no {key}" for key in sorted(folded) if not carried(key, keys)]
    found += [
        f"{key} does not hold {folded[key]}"
        for key in sorted(folded)
        if carried(key, keys) and not held(key, folded[key])
    ]
    if "aws:sourceip" in folded and folded.keys() & ENDPOINT:
        found.append("both a public address and a VPC endpoint")
    return found


def carried(key: str, listed_keys: list[str]) -> bool:
    """Whether a request for an action with `listed_keys` may carry `key`, in lower case."""
    if key in OF_THE_SESSION or key.startswith("saml:") or "." in key.partition(":")[0]:
        return True
    return any(name(one).fullmatch(key) for one in (*listed_keys, *everywhere()))


def held(key: str, value: str | list[str]) -> bool:
    """Whether `key`, in lower case, may hold `value`: one, and of its type, where the table knows of no list."""
    rows = key_rows()
    own = [rows[key]] if key in rows else [row for one, row in rows.items() if "${" in one and name(one).fullmatch(key)]
    if not own or any(arity == "many" for _, arity in own):
        return True
    kinds = {kind for kind, _ in own}
    return isinstance(value, str) and (len(kinds) > 1 or FORMS[kinds.pop()].fullmatch(value) is not None)


@cache
def key_rows() -> dict[str, tuple[str, str]]:
    """The type and arity of each key of the table, by its name in lower case."""
    lines = (DATA / "keys.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {key.lower(): (kind, arity) for key, kind, arity in rows}


@cache
def everywhere() -> tuple[str, ...]:
    """The global keys of the table."""
    lines = (DATA / "keys.tsv").read_text(encoding="utf-8").splitlines()
    keys = [line.split("\t")[0] for line in lines if line.lower().startswith("aws:")]
    return tuple(key for key in keys if key.lower() not in OF_THE_ACTION)


@cache
def name(key: str) -> re.Pattern[str]:
    """An expression for the keys that `key`, which may have a variable part, stands for, in lower case."""
    return re.compile(".+".join(re.escape(part) for part in VARIABLE.split(key.lower())), re.DOTALL)


@cache
def form(arn: str) -> re.Pattern[str]:
    """An expression for the ARNs of a format."""
    fields = arn.split(":", 5)
    early = ["[^:]+".join(map(re.escape, VARIABLE.split(field))) for field in fields[:5]]
    return re.compile(":".join([*early, ".+".join(map(re.escape, VARIABLE.split(fields[5])))]), re.DOTALL)


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
