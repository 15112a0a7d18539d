"""Answers as JUnit XML, the form that every CI shows as tests: one test case a question.

Contained and equivalent pass; escapes and differences are failures; broken documents and undecided questions are
errors, as nothing was found out; a vacuous containment passes and says so in its output.

The text is ASCII, so that it is what it says it is in whichever encoding it is written; other characters are
references. What XML cannot hold is shown as an escape.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from verifier.base.safe import printable
from verifier.report.findings import findings
from verifier.report.results import Result

_MOST_NAME = 500
_MOST_MESSAGE = 2_000
_MOST_FINDINGS = 50
_MOST_LINES = 200


def junit(results: Iterable[Result], suite: str, left_out: str = "") -> str:
    """Return `results` as the text of an XML document, all in one test suite called `suite`; `left_out` says which
    documents were not asked about.
    """
    return _suite([_case(result, suite) for result in results], suite, f"left out: {left_out}" if left_out else "")


def junit_of(cases: Iterable[tuple[str, str, str | None, str]], suite: str) -> str:
    """Return test cases as the text of such a document: a name, its group, `failure`, `error` or None, and lines."""
    return _suite([_plain_case(*case) for case in cases], suite)


def _plain_case(name: str, group: str, kind: str | None, text: str) -> ET.Element:
    case = ET.Element("testcase", {"name": printable(name, _MOST_NAME), "classname": printable(group, _MOST_NAME)})
    lines = [printable(line, _MOST_MESSAGE) for line in text.split("\n")]
    if kind is None:
        ET.SubElement(case, "system-out").text = "\n".join(lines)
    else:
        ET.SubElement(case, kind, {"message": lines[0]}).text = "\n".join(lines)
    return case


def _suite(cases: list[ET.Element], suite: str, said: str = "") -> str:
    failures, errors, skipped = (
        str(sum(case.find(kind) is not None for case in cases)) for kind in ("failure", "error", "skipped")
    )
    counts = {"tests": str(len(cases)), "failures": failures, "errors": errors}
    root = ET.Element("testsuites", {"name": "verifier"} | counts)
    whole = ET.SubElement(root, "testsuite", {"name": suite} | counts | {"skipped": skipped})
    whole.extend(cases)
    if said:
        ET.SubElement(whole, "system-out").text = printable(said, _MOST_MESSAGE)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="us-ascii").decode()}\n'


def _case(result: Result, suite: str) -> ET.Element:
    group = f"verifier.{suite}" + (f".{printable(result.rule, _MOST_NAME)}" if result.rule else "")
    case = ET.Element("testcase", {"name": printable(result.document, _MOST_NAME), "classname": group})
    text = _messages(result)
    if result.suppressed is not None:
        ET.SubElement(case, "skipped", {"message": printable(f"accepted: {result.suppressed}", _MOST_MESSAGE)})
    elif result.good is False and result.word != "error":
        _outcome(case, "failure", result, text)
    elif result.word in ("error", "undecided"):
        _outcome(case, "error", result, text)
    elif text:
        ET.SubElement(case, "system-out").text = text
    return case


def _messages(result: Result) -> str:
    """Return what there is to look at, a line each, and how many more warnings there are."""
    found = [finding.message for finding in findings(result)]
    lines = [printable(message, _MOST_MESSAGE) for message in found[:_MOST_FINDINGS]]
    more = len(found) - len(lines)
    return "\n".join([*lines, *([f"and {more:,} more"] if more else [])])


def _outcome(case: ET.Element, kind: str, result: Result, text: str) -> None:
    message = printable(f"{result.asked}: {result.word}", _MOST_MESSAGE)
    why = [printable(line, _MOST_MESSAGE) for line in str(result.why).split("\n")] if result.why else []
    more = len(why) - _MOST_LINES
    whole = "\n".join([text, *([""] if why else []), *why[:_MOST_LINES], *([f"and {more:,} more"] if more > 0 else [])])
    ET.SubElement(case, kind, {"type": result.word, "message": message}).text = whole
