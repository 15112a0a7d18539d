"""Make the copy of AWS's managed policies that is shipped: `verifier/clouds/aws/managed/data/policies.tsv.xz`.

    python tools/make_managed.py

Source: the policies that moto ships (PyPI, Apache-2.0), which its makers write with `aws iam list-policies` and
`aws iam get-policy-version`; `requirements-dev.lock` says which version of moto. The same version gives the same text;
a test compares it with what is shipped.

A line is a policy: name, path, default version, day of its newest version, document. The members of a document stand in
the order in which AWS shows them, which moto's copy does not keep; nothing else of it is changed.
"""

from __future__ import annotations

import json
import lzma
from importlib.metadata import version
from pathlib import Path
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

FILE = Path(__file__).resolve().parent.parent / "verifier" / "clouds" / "aws" / "managed" / "data" / "policies.tsv.xz"

_PACKAGE = "moto"
_DOCUMENT = ("Version", "Id", "Statement")
_STATEMENT = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


def main() -> None:
    """Write the copy anew."""
    text = made()
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(rows())} policies, {len(text.encode()):,} bytes, compressed {FILE.stat().st_size:,}")


def made() -> str:
    """Return the text of the copy, with a head that says where it is from."""
    found = rows()
    newest = max(updated for _, _, _, updated, _ in found)
    head = (
        "# Made by tools/make_managed.py; not to be edited by hand.\n"
        f"# From {_PACKAGE} {version(_PACKAGE)} (PyPI, Apache-2.0): AWS managed policies of the partition aws.\n"
        f"# origin\t{newest}\t{_PACKAGE}\t{version(_PACKAGE)}\n"
        "# name, path, default version, day of its newest version, document\n"
    )
    return head + "".join("\t".join(row) + "\n" for row in found)


def rows() -> list[tuple[str, str, str, str, str]]:
    """Return the fields of each policy, in the order of the names."""
    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return [
        (name, one["Path"], one["DefaultVersionId"], one["UpdateDate"][:10], _document(one["Document"]))
        for name, one in sorted(found.items())
    ]


def _document(document: dict[str, Any]) -> str:
    statements = document["Statement"]
    several = statements if isinstance(statements, list) else [statements]
    ordered = [_ordered(each, _STATEMENT) for each in several]
    whole = _ordered({**document, "Statement": ordered if isinstance(statements, list) else ordered[0]}, _DOCUMENT)
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False)


def _ordered(members: dict[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    """Return `members` in `order`; what is not in it comes last."""
    return {name: members[name] for name in sorted(members, key=lambda name: (*order, name).index(name))}


if __name__ == "__main__":
    main()
