"""How long it takes to find every document of a Terraform plan, and how much memory, compared with `json.loads`.

    python benchmarks/terraform_plans.py [RESOURCES ...]

The plans are made here, in the shape that `terraform show -json` gives them: modules with roles, policies, attachments,
buckets with their policies, and resources that hold no policy; a third of the policies has unknown parts. CPU seconds
are the best of three runs, each in alternation with `json.loads` of the same text. Memory is the peak of a process that
reads one plan, less what the same process needs for a plan of one resource.

With `--commands` the same plans are also swept and reviewed by the command line. A plan that makes all of its resources
has no document twice, so every one is a question. The target is two seconds for 5,000 resources.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measure import Target, spent

from verifier.base.processes import collect_rarely
from verifier.base.source import Source
from verifier.clouds.aws.policy.parse import parse_source
from verifier.sources.document import document_source
from verifier.sources.open import open_documents

PROVIDER = "registry.terraform.io/hashicorp/aws"
RUNS = 3
LARGE, BOUND = 5000, 2.0
MOST = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}


def plan(resources: int) -> dict[str, Any]:
    """Return a plan of about as many `resources`."""
    changes: list[dict[str, Any]] = []
    written: dict[str, list[dict[str, Any]]] = {}
    for number in range(max(1, resources // 6)):
        module = f"team{number % 20}"
        for change, configured in team(number, f"module.{module}"):
            changes.append(change)
            written.setdefault(module, []).append(configured)
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"child_modules": planned(changes)}},
        "resource_changes": changes,
        "prior_state": {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}},
        "configuration": {
            "root_module": {
                "module_calls": {
                    name: {"source": "./team", "module": {"resources": each}} for name, each in written.items()
                }
            }
        },
    }


def planned(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the modules of `planned_values`."""
    modules: dict[str, list[dict[str, Any]]] = {}
    for each in changes:
        kept = {key: each[key] for key in ("address", "mode", "type", "name", "provider_name")}
        modules.setdefault(each["module_address"], []).append({**kept, "values": each["change"]["after"]})
    return [{"address": address, "resources": held} for address, held in modules.items()]


def team(number: int, module: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return the resources of one team, as changes and in the configuration."""
    name = f"team{number}"
    statement = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{name}/*"}
    deny = {
        "Effect": "Deny",
        "NotAction": "iam:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": False}},
    }
    document = policy_text(statement, deny)
    trust = policy_text(
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    everybody = {"Principal": "*"}
    bucket = policy_text({**statement, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, {**deny, **everybody})
    tags = {f"tag{each}": f"value of {name}" for each in range(8)}
    late = {
        "statement": [
            {"actions": ["s3:GetObject"], "resources": [f"arn:aws:s3:::{name}", None], "effect": None, "sid": None}
        ]
    }
    marks = {"id": True, "json": True, "statement": [{"actions": [False], "resources": [False, True]}]}
    references = {"references": [f"aws_s3_bucket.{name}.arn", f"aws_s3_bucket.{name}"]}
    expressions = {"statement": [{"actions": {"constant_value": ["s3:GetObject"]}, "resources": references}]}
    data = f"data.aws_iam_policy_document.{name}"
    json_of = {"policy": {"references": [f"{data}.json", data]}}
    unknown = {"id": True, "arn": True}
    rows: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
        ("aws_iam_role", {"name": name, "assume_role_policy": trust, "tags": tags}, unknown, {}),
        ("aws_iam_policy", {"name": name, "tags": tags}, {**unknown, "policy": True}, json_of),
        ("aws_iam_role_policy", {"role": name, "name": name, "policy": document}, {"id": True}, {}),
        ("aws_s3_bucket_policy", {"bucket": name, "policy": bucket}, {"id": True}, {}),
        ("aws_instance", {"ami": "ami-1", "tags": tags, "user_data": "x" * 400, "ports": list(range(40))}, unknown, {}),
    ]
    made = [resource_of(module, "managed", *row[:1], name, *row[1:]) for row in rows]
    return [*made, resource_of(module, "data", "aws_iam_policy_document", name, late, marks, expressions)]


def policy_text(*statements: dict[str, Any]) -> str:
    """Return a document with some statements, four times over."""
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements] * 4})


def resource_of(
    module: str,
    mode: str,
    kind: str,
    name: str,
    after: dict[str, Any],
    unknown: dict[str, Any],
    expressions: dict[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return one resource, as a change and in the configuration."""
    short = f"{'data.' if mode == 'data' else ''}{kind}.{name}"
    common = {"mode": mode, "type": kind, "name": name}
    actions = ["read"] if mode == "data" else ["create"]
    change = {"actions": actions, "before": None, "after": after, "after_unknown": unknown, "after_sensitive": {}}
    return (
        {
            "address": f"{module}.{short}",
            "module_address": module,
            **common,
            "provider_name": PROVIDER,
            "change": change,
        },
        {"address": short, **common, "provider_config_key": "aws", "expressions": expressions, "schema_version": 0},
    )


def seconds(text: str) -> tuple[float, float, int]:
    """Return the CPU seconds of `json.loads`, and of finding and parsing all documents, and how many there are."""
    loads, found, count = [], [], 0
    for _ in range(RUNS):
        begin = time.process_time()
        json.loads(text)
        loads.append(time.process_time() - begin)
        begin = time.process_time()
        documents = open_documents(Source("plan.json", text))
        for each in documents:
            parse_source(document_source(each.value, each.file))
        found.append(time.process_time() - begin)
        count = len(documents)
    return min(loads), min(found), count


def peak(resources: int, what: str) -> float:
    """Return the peak memory in MB of a process that makes a plan and reads it by `what`."""
    command = [sys.executable, __file__, "--peak", str(resources), what]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - its own file


def commands(resources: int) -> None:
    """Print what `sweep` and `review` take for a plan."""
    with tempfile.TemporaryDirectory() as folder:
        plan_file, most = Path(folder, "plan.json"), Path(folder, "most.json")
        plan_file.write_text(json.dumps(plan(resources)), encoding="utf-8")
        most.write_text(json.dumps(MOST), encoding="utf-8")
        verifier = [sys.executable, "-m", "verifier"]
        size = ["--max-size", str(plan_file.stat().st_size)]
        for name, asked in (("sweep", ["--maximum", str(most), "--jobs", "1"]), ("review", [])):
            used = spent([*verifier, name, str(plan_file), *asked, *size])
            bound = BOUND * max(resources, LARGE) / LARGE
            print(Target(f"{name} of {resources:,} resources, CPU", used.cpu, bound, "s"))


def main() -> None:
    """Print a row for each size."""
    collect_rarely()  # as the command line does
    if sys.argv[1:2] == ["--peak"]:
        text = json.dumps(plan(int(sys.argv[2])))
        kept: object = json.loads(text) if sys.argv[3] == "loads" else open_documents(Source("plan.json", text))
        status = Path("/proc/self/status").read_text(encoding="ascii")
        print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)
        assert kept
        return
    asked = [each for each in sys.argv[1:] if each != "--commands"]
    print("resources  MB of text  json.loads s  documents s  ratio  documents  peak MB  of json.loads")
    for resources in map(int, asked or ("500", "5000")):
        text = json.dumps(plan(resources))
        loads, found, count = seconds(text)
        size = len(text) / 1e6
        peaks = [peak(resources, what) - peak(1, what) for what in ("documents", "loads")]
        print(
            f"{resources:9} {size:11.1f} {loads:13.2f} {found:12.2f} {found / loads:6.1f} {count:10}"
            f" {peaks[0]:8.0f} {peaks[1]:14.0f}"
        )
        print(Target(f"reading {resources:,} resources, all documents parsed, CPU", found, BOUND, "s"))
        if "--commands" in sys.argv:
            commands(resources)


if __name__ == "__main__":
    main()
