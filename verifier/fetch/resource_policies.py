"""`resource-policies.json`: the documents that the table found, one for each resource.

CloudWatch Logs and SES have several policies for one resource. Several of one version say together what one document of
all their statements says; others are not joined.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from verifier.fetch.calls import Given
from verifier.fetch.document_text import document_or_text


def joined_policies(found: Iterable[Given]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the content of `resource-policies.json`, and the resources whose policies cannot be joined."""
    by_resource: defaultdict[str, list[Any]] = defaultdict(list)
    for one in found:
        document = document_or_text(one["policy"]) if one["policy"] else {}
        if document != {}:  # some services send that for none
            by_resource[str(one["arn"])].append(document)
    apart = sorted(resource for resource, documents in by_resource.items() if not _alike(documents))
    whole = {resource: _together(by_resource[resource]) for resource in sorted(by_resource.keys() - set(apart))}
    return [{"resource": resource, "policy": document} for resource, document in whole.items()], apart


def _alike(documents: list[Any]) -> bool:
    if len(documents) == 1:
        return True
    return (
        all(isinstance(each, dict) for each in documents) and len({str(each.get("Version")) for each in documents}) == 1
    )


def _together(documents: list[Any]) -> Any:
    if len(documents) == 1:
        return documents[0]
    version = {key: value for key, value in documents[0].items() if key == "Version"}
    return version | {"Statement": [statement for each in documents for statement in _statements(each)]}


def _statements(document: dict[str, Any]) -> list[Any]:
    statements = document.get("Statement")
    return statements if isinstance(statements, list) else [statements]
