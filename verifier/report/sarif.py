"""Findings as SARIF 2.1.0, for code scanning: one run, one result a finding, places in the sources.

Follows the OASIS standard and what GitHub asks of it ("SARIF support for code scanning"): rules with help and severity,
addresses relative to the root of the repository with links resolved, fingerprints that stay when lines move, and at
most what it displays. What is over is left out, the least grave first, and a notification says how much. A document
that is not a file (standard input, text) is named as a logical location. No text becomes a link or a mention.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from verifier.base.safe import prose, short
from verifier.base.source import Span
from verifier.report.findings import Diagnostic, LabelledSpan, findings
from verifier.report.results import Result
from verifier.report.rules import CheckRule, FindingRule, SarifLevel

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# What code scanning displays of a run: more results are dropped, and an upload above 10 MB is refused.
MOST_RESULTS = 5_000
MOST_RELATED = 20
MOST_CHARACTERS = 8_000_000
_MOST_MESSAGE = 1_000
_MOST_VALUE = 500
_MOST_VALUES = 20
_ROOT = "%SRCROOT%"
_AnyRule: TypeAlias = FindingRule | CheckRule
_RULES: list[_AnyRule] = list(FindingRule)
_GRAVITY: dict[SarifLevel, int] = {"error": 0, "warning": 1, "note": 2}
_SEVERITY: dict[SarifLevel, str] = {"error": "error", "warning": "warning", "note": "recommendation"}
_NOWHERE = Span(1, 1, 1, 1)


def sarif(results: Iterable[Result], version: str, root: Path | None = None, left_out: str = "") -> dict[str, Any]:
    """Return the log of `results` as JSON values; `version` is that of the tool, `root` the folder that addresses are
    relative to, the working directory unless given, and `left_out` says which documents were not asked about.
    """
    return sarif_of([finding for result in results for finding in findings(result)], version, root, left_out)


def sarif_of(found: Sequence[Diagnostic], version: str, root: Path | None = None, left_out: str = "") -> dict[str, Any]:
    """Return the log of what was found; the rest as `sarif`."""
    rules = [*_RULES, *dict.fromkeys(finding.rule for finding in found if isinstance(finding.rule, CheckRule))]
    places = {rule: place for place, rule in enumerate(rules)}
    kept, several = _as_results(found, _Root(root or Path()), places)
    run = {
        "tool": {"driver": {"name": "verifier", "version": version, "rules": list(map(_rule, rules))}},
        "invocations": [{"executionSuccessful": True} | _notifications(len(found) - kept, left_out)],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": several,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: _AnyRule) -> dict[str, Any]:
    security = {} if rule.severity is None else {"security-severity": f"{rule.severity:.1f}"}
    return {
        "id": rule.id,
        "name": rule.name.title() if isinstance(rule, FindingRule) else rule.name,
        "shortDescription": {"text": rule.meaning},
        "fullDescription": {"text": f"{rule.meaning} {rule.help}"},
        "help": {"text": rule.help, "markdown": f"**{rule.meaning}**\n\n{rule.help}"},
        "defaultConfiguration": {"level": rule.level},
        "properties": {
            "tags": ["iam", *(["security"] if security else ["maintainability"])],
            "precision": "medium" if rule is FindingRule.DOUBTFUL else "very-high",
            "problem.severity": _SEVERITY[rule.level],
            **security,
        },
    }


def _notifications(count: int, left_out: str) -> dict[str, Any]:
    """Return what is said of the run: how many findings are not listed, and which documents were not asked about."""
    said: list[tuple[str, str]] = []
    if count:
        more = f"{count:,} findings are left out, as code scanning displays no more; the gravest are kept"
        said.append(("warning", more))
    if left_out:
        said.append(("note", f"left out: {left_out}"))
    notifications = [{"level": level, "message": {"text": text}} for level, text in said]
    return {"toolExecutionNotifications": notifications} if notifications else {}


def _as_results(
    found: Sequence[Diagnostic], root: _Root, places: Mapping[_AnyRule, int]
) -> tuple[int, list[dict[str, Any]]]:
    """Return how many findings are listed, and the list: in their order, the gravest where there is no room for all."""
    numbers = range(len(found))
    if len(found) > MOST_RESULTS:
        numbers = sorted(sorted(numbers, key=lambda number: _GRAVITY[_level(found[number])])[:MOST_RESULTS])  # type: ignore[assignment]  # as good
    seen: dict[str, int] = {}
    listed: list[dict[str, Any]] = []
    room = MOST_CHARACTERS
    for number in numbers:
        result = _result(found[number], root, seen, places)
        room -= len(json.dumps(result)) * 5 // 2  # each line is indented in the log
        if room < 0:
            break
        listed.append(result)
    return len(listed), listed


def _result(finding: Diagnostic, root: _Root, seen: dict[str, int], places: Mapping[_AnyRule, int]) -> dict[str, Any]:
    place = _location(finding.place, root) if finding.place else _somewhere(finding.file, finding.document, root)
    mark = _fingerprint(finding, root)
    seen[mark] = seen.get(mark, 0) + 1
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "ruleIndex": places[finding.rule],
        "level": _level(finding),
        "message": _text(f"{finding.of}: {finding.message}" if finding.of else finding.message),
        "locations": [place],
        "partialFingerprints": dict.fromkeys(("primaryLocationLineHash", "verifier/v2"), f"{mark}:{seen[mark]}"),
    }
    if finding.others:
        result["relatedLocations"] = [
            {"id": number} | _location(other, root) | {"message": _text(other.message)}
            for number, other in enumerate(finding.others[:MOST_RELATED], start=1)
        ]
    if finding.suppressed is not None:
        accepted = {"kind": "external", "status": "accepted", "justification": prose(finding.suppressed, _MOST_MESSAGE)}
        result["suppressions"] = [accepted]
    if finding.about:
        result["properties"] = {"request": _cut(finding.about.as_json())}
    return result


def _text(message: str) -> dict[str, str]:
    return {"text": prose(message, _MOST_MESSAGE)}


def _level(finding: Diagnostic) -> SarifLevel:
    return finding.level or finding.rule.level


def _fingerprint(finding: Diagnostic, root: _Root) -> str:
    """What stays when a document is edited elsewhere: the rules, the document, and the text of the place."""
    text = finding.place.source.cut(finding.place.span) if finding.place else finding.message
    address = finding.document if finding.file is None else root.address(finding.file)["uri"]
    whole = "\0".join((finding.rule.id, finding.of or "", address, text))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _location(place: LabelledSpan, root: _Root) -> dict[str, Any]:
    source, span = place.source, place.span
    if source.file:
        return _at(source.name, span, root)
    return _named(source.at(span.line, span.column) if source.origin else source.name)


def _somewhere(file: str | None, name: str, root: _Root) -> dict[str, Any]:
    return _named(name) if file is None else _at(file, _NOWHERE, root)


def _at(path: str, span: Span, root: _Root) -> dict[str, Any]:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"physicalLocation": {"artifactLocation": root.address(path), "region": region}}


def _named(name: str) -> dict[str, Any]:
    return {"logicalLocations": [{"name": prose(name, _MOST_MESSAGE) or "-"}]}


def _cut(request: dict[str, Any]) -> dict[str, Any]:
    """Return a request with its long values cut: a report is read, not replayed."""
    return {
        name: _cut(value)
        if isinstance(value, dict)
        else [short(one, _MOST_VALUE) for one in value[:_MOST_VALUES]]
        if isinstance(value, list)
        else short(value, _MOST_VALUE)
        for name, value in _first(request)
    }


def _first(members: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for number, (name, value) in enumerate(members.items()):
        if number < _MOST_VALUES:
            yield short(name, _MOST_VALUE), value


class _Root:
    """The folder that addresses are relative to."""

    def __init__(self, folder: Path) -> None:
        self._folder = Path(os.path.realpath(folder))
        self._known: dict[str, dict[str, str]] = {}

    def address(self, path: str) -> dict[str, str]:
        """Return the address of the file `path`: where links lead to, unless that lies outside of the root."""
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._address(path)
        return found

    def _address(self, path: str) -> dict[str, str]:
        named = Path(os.path.realpath(os.path.dirname(path)), os.path.basename(path))  # noqa: PTH120, PTH119 - as given
        for one in (Path(os.path.realpath(path)), named):
            if one.is_relative_to(self._folder):
                return {"uri": quote(os.fsencode(one.relative_to(self._folder).as_posix())), "uriBaseId": _ROOT}
        return {"uri": named.as_uri()}
