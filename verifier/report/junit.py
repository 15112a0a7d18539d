"""Answers as JUnit XML, the form that every CI shows as tests: one test case a question.

Contained and equivalent pass; escapes and differences are failures; broken documents and undecided questions are
errors, as nothing was found out; a vacuous containment passes and says so in its output.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable

from verifier.report.results import Result, findings
from verifier.safe import printable


def junit(results: Iterable[Result], suite: str) -> str:
    """Return `results` as the text of an XML document, all in one test suite called `suite`."""
    cases = [_case(result, suite) for result in results]
    failures = sum(case.find("failure") is not None for case in cases)
    errors = sum(case.find("error") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": str(errors)}
    root = ET.Element("testsuites", {"name": "verifier"} | counts)
    ET.SubElement(root, "testsuite", {"name": suite} | counts | {"skipped": "0"}).extend(cases)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(result: Result, suite: str) -> ET.Element:
    case = ET.Element("testcase", {"name": _safe(result.document), "classname": f"verifier.{suite}"})
    found = list(findings(result))
    text = _safe("\n".join(finding.message for finding in found))
    if result.good is False and result.word != "error":
        _outcome(case, "failure", result, text)
    elif result.word in ("error", "undecided"):
        _outcome(case, "error", result, text)
    elif text:
        ET.SubElement(case, "system-out").text = text
    return case


def _outcome(case: ET.Element, kind: str, result: Result, text: str) -> None:
    message = _safe(f"{result.asked}: {result.word}")
    whole = "\n\n".join([text, *([_safe(str(result.why))] if result.why else [])])
    ET.SubElement(case, kind, {"type": result.word, "message": message}).text = whole


def _safe(text: str) -> str:
    """Return `text` without what XML 1.0 cannot hold, and without what could steer a terminal."""
    return "\n".join(map(printable, text.split("\n")))
