"""Renew `verifier/sources/terraform/policies.tsv`: the attributes of Terraform's AWS provider that hold policies.

    python tools/make_terraform_table.py SCHEMA

SCHEMA is what `terraform providers schema -json` prints, or the wheel of `cdktf-cdktf-provider-aws` (PyPI), whose
classes are made from that schema. What an attribute means is decided by hand and kept. A new attribute that may hold a
policy, by its name, gets a row with `?`, to be decided; a row whose attribute the schema does not have any more stays,
as older plans have it, and is printed. A test fails as long as a `?` is left.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parent.parent / "verifier" / "sources" / "terraform" / "policies.tsv"
MAY_BE = re.compile(r"polic(?:y|ies)$|policy_(?:document|body|json|text)$|^content$")
ITEM = re.compile(r"\{@link [^}#]*#(\w+)(?: \w+#(\w+))?\}")


def attributes(path: Path) -> Iterator[tuple[str, str]]:
    """Yield each resource type of the AWS provider with each of its attributes that is a string; `[]` after a block."""
    if path.suffix == ".whl":
        yield from jsii_attributes(path)
        return
    for name, provider in json.loads(path.read_text(encoding="utf-8"))["provider_schemas"].items():
        if name.endswith("/aws"):
            for kind, schema in provider.get("resource_schemas", {}).items():
                yield from ((kind, each) for each in in_block(schema["block"]))


def in_block(block: dict[str, Any], before: str = "") -> Iterator[str]:
    """Yield the strings in a block of a schema."""
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("type") == "string":
            yield before + name
        elif "nested_type" in attribute:
            yield from in_block(attribute["nested_type"], f"{before}{name}[].")
    for name, inner in block.get("block_types", {}).items():
        yield from in_block(inner["block"], f"{before}{name}[].")


def jsii_attributes(wheel: Path) -> Iterator[tuple[str, str]]:
    """Yield the same from the description of the classes in a wheel."""
    with zipfile.ZipFile(wheel) as files:
        inner = next(name for name in files.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(files.read(inner))) as package:
            held = package.extractfile("package/.jsii")
            assert held is not None
            raw = held.read()
    types = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)["types"]
    for described in types.values():
        kind = re.search(r"/resources/\w+ (aws_\w+)\}", json.dumps(described.get("docs", {})))
        config = next(
            (p for p in described.get("initializer", {}).get("parameters", []) if p["name"] == "config"), None
        )
        if described["kind"] == "class" and kind and config:
            yield from ((kind[1], each) for each in in_interface(types, config["type"]["fqn"]))


def in_interface(types: dict[str, Any], name: str, before: str = "", above: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the strings in the interface `name`."""
    for member in types[name].get("properties", []) if name not in above else []:
        found = ITEM.search(json.dumps(member.get("docs", {})))
        if found is None:
            continue
        attribute, kind = found[2] or found[1], json.dumps(member["type"])
        inner = [
            each for each in re.findall(r'"fqn": "([^"]+)"', kind) if types.get(each, {}).get("kind") == "interface"
        ]
        if inner:
            yield from in_interface(types, inner[0], f"{before}{attribute}[].", (*above, name))
        elif member["type"] == {"primitive": "string"}:
            yield before + attribute


def renewed(text: str, found: set[tuple[str, str]]) -> tuple[str, list[str]]:
    """Return the table `text` with the attributes that were `found`, and the rows that the schema does not have."""
    comments = [line for line in text.splitlines() if line.startswith("#")]
    rows = {tuple(line.split("\t")[:2]): line for line in text.splitlines() if line and not line.startswith("#")}
    for kind, attribute in found:
        if MAY_BE.search(attribute.rpartition(".")[2]):
            rows.setdefault((kind, attribute), f"{kind}\t{attribute}\t?\t\t")
    gone = [" ".join(key) for key in rows if key[1] and key not in found]
    return "\n".join([*comments, *(rows[key] for key in sorted(rows))]) + "\n", gone


def main() -> None:
    """Renew the table."""
    table, gone = renewed(TABLE.read_text(encoding="utf-8"), set(attributes(Path(sys.argv[1]))))
    TABLE.write_text(table, encoding="utf-8")
    for each in gone:
        print(f"not in this schema: {each}")
    for line in table.splitlines():
        if "\t?\t" in line:
            print(f"to be decided: {line}")


if __name__ == "__main__":
    main()
