"""Findings as SARIF 2.1.0, for code scanning: one run, one result a finding, places in the sources.

Follows the OASIS standard and what code scanning asks of it: rules with help, relative URIs, fingerprints that stay
when lines move. A document that is no file (standard input, text) is named as a logical location.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from verifier.report.results import Finding, Place, Result, Rule, findings

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"


def sarif(results: Iterable[Result], version: str) -> dict[str, Any]:
    """Return the log of `results` as JSON values; `version` is that of the tool."""
    found = [one for result in results for one in findings(result)]
    driver = {"name": "verifier", "version": version, "rules": [_rule(rule) for rule in Rule]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": _results(found)}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name.title(),
        "shortDescription": {"text": rule.meaning},
        "defaultConfiguration": {"level": rule.level},
        "properties": {"tags": ["security", "iam"]},
    }


def _results(found: list[Finding]) -> list[dict[str, Any]]:
    seen: dict[str, int] = {}
    results = []
    for finding in found:
        mark = _fingerprint(finding)
        seen[mark] = seen.get(mark, 0) + 1
        results.append(_result(finding, f"{mark}:{seen[mark]}"))
    return results


def _result(finding: Finding, fingerprint: str) -> dict[str, Any]:
    rules = list(Rule)
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "ruleIndex": rules.index(finding.rule),
        "level": finding.rule.level,
        "message": {"text": finding.message},
        "locations": [_location(finding.place) if finding.place else _somewhere(finding.document)],
        "partialFingerprints": {"verifier/v1": fingerprint},
    }
    if finding.others:
        result["relatedLocations"] = [
            {"id": number} | _location(place) | {"message": {"text": place.message}}
            for number, place in enumerate(finding.others, start=1)
        ]
    if finding.about:
        result["properties"] = {"request": finding.about.as_json()}
    return result


def _fingerprint(finding: Finding) -> str:
    """What stays when a document is edited elsewhere: the rule, the document, and the text of the place."""
    text = finding.place.source.cut(finding.place.span) if finding.place else ""
    return hashlib.sha256(f"{finding.rule.id}\0{finding.document}\0{text}".encode()).hexdigest()[:32]


def _location(place: Place) -> dict[str, Any]:
    span = place.span
    if not _is_file(place.source.name):
        return _somewhere(place.source.name)
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"physicalLocation": {"artifactLocation": _artifact(place.source.name), "region": region}}


def _somewhere(name: str) -> dict[str, Any]:
    if _is_file(name):
        return {"physicalLocation": {"artifactLocation": _artifact(name), "region": {"startLine": 1}}}
    return {"logicalLocations": [{"name": name}]}


def _is_file(name: str) -> bool:
    return name != "-" and not name.startswith(("<", "-:"))


def _artifact(name: str) -> dict[str, str]:
    path = PurePath(name)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": _ROOT}
