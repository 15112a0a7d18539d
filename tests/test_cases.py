"""Every case of `tests/cases/`: what is asked, and what the answer must hold (`tests/cases/README.md`)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.case_tables import Case, expanded, rows_unused
from verifier import (
    Contained,
    Difference,
    Encoding,
    Escapes,
    Granted,
    Missing,
    Policy,
    Undecided,
    confine,
    diff,
    evaluate,
    prove,
    prove_needs,
)
from verifier.base.errors import InputError
from verifier.cli.batch_lines import batch
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.request import read_request
from verifier.questions.ask import Readings
from verifier.questions.verdict import Hinges

FOLDER = Path(__file__).parent / "cases"
CASES: list[Case] = [
    case | {"file": path.name}
    for path in sorted(FOLDER.glob("*.json"))
    for case in json.loads(path.read_text(encoding="utf-8"))
]

# A case that has one of these is asked as the line of `verifier batch` that it is; so are the cases of a table.
WHO_ASKS = {"principal", "federated_by", "resource_policies", "endpoint", "organization", "explicit"}
NOT_OF_THE_LINE = {"name", "rule", "why", "expect", "file", "encoding"}


class Asked:
    """The documents of a case, read, and all the warnings about them."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.warnings: list[str] = []

    @property
    def encoding(self) -> Encoding:
        """How the solver is asked; `fast` unless the case says otherwise."""
        return Encoding(self.case.get("encoding", "fast"))

    @property
    def reading(self) -> Readings:
        """How AWS's guide is read; in every way unless the case says otherwise."""
        return Readings(self.case.get("reading", "all"))

    def document(self, name: str) -> Policy | None:
        """Return the document of the element `name`, or None where the case has none."""
        return self.read(self.case[name]) if name in self.case else None

    def list_of(self, name: str) -> tuple[Policy, ...]:
        """Return the documents of the list `name`."""
        return tuple(self.read(document) for document in self.case.get(name, ()))

    def levels(self) -> tuple[tuple[Policy, ...], ...]:
        """Return the SCP levels, each written as a document or as a list of documents."""
        levels = (level if isinstance(level, list) else [level] for level in self.case.get("scps", ()))
        return tuple(tuple(self.read(document) for document in level) for level in levels)

    def together(self) -> Documents:
        """Return the documents that decide together."""
        return Documents(
            self.list_of("policies"),
            self.document("boundary"),
            self.document("session"),
            self.levels(),
            self.list_of("rcps"),
        )

    def who_asks(self) -> dict[str, Any]:
        """Return who asks, and the documents of the resource's side, as Python's functions take them."""
        shown = {one["resource"]: self.read(one["policy"]) for one in self.case.get("resource_policies", ())}
        told = {name: self.case[name] for name in ("principal", "organization", "federated_by") if name in self.case}
        return told | {"resource_policies": shown or None, "endpoint": self.document("endpoint")}

    def needed(self, name: str) -> Policy:
        """Return the document of the element `name`, which the question cannot do without."""
        return self.read(self.case[name])

    def level(self, name: str) -> Policy | tuple[Policy, ...]:
        """Return the document of the element `name`, or the documents of a level."""
        return self.list_of(name) if isinstance(self.case[name], list) else self.needed(name)

    def read(self, document: object) -> Policy:
        """Return the policy that `document` is, and keep its warnings."""
        policy = Policy.parse(json.dumps(document))
        self.warnings += [warning.message for warning in policy.warnings]
        return policy


Answer = Mapping[str, Any]


def ask_evaluate(asked: Asked) -> Answer:
    documents = asked.together()
    return evaluate(
        policies=documents.policies,
        boundary=documents.boundary,
        session=documents.session,
        scps=documents.scps,
        rcps=documents.rcps,
        request=read_request(json.dumps(asked.case["request"])),
        **asked.who_asks(),
    ).as_json()


def ask_prove(asked: Asked) -> Answer:
    documents = asked.together()
    return verdict_of(
        prove(
            policies=documents.policies,
            boundary=documents.boundary,
            session=documents.session,
            scps=documents.scps,
            rcps=documents.rcps,
            maximum=asked.needed("maximum"),
            encoding=asked.encoding,
            reading=asked.reading,
            explicit=asked.case.get("explicit", False),
            **asked.who_asks(),
        )
    )


def ask_needs(asked: Asked) -> Answer:
    documents = asked.together()
    return verdict_of(
        prove_needs(
            policies=documents.policies,
            boundary=documents.boundary,
            session=documents.session,
            scps=documents.scps,
            rcps=documents.rcps,
            needs=asked.needed("needs"),
            encoding=asked.encoding,
            reading=asked.reading,
        )
    )


def ask_confine(asked: Asked) -> Answer:
    document, services = asked.needed("document"), asked.case["services"]
    return verdict_of(
        confine(document, services, encoding=asked.encoding, reading=asked.reading, type=asked.case.get("type"))
    )


def ask_diff(asked: Asked) -> Answer:
    old, new, told = asked.level("old"), asked.level("new"), asked.case.get("type")
    answer: Difference = diff(old, new, encoding=asked.encoding, reading=asked.reading, type=told)
    denies = {True: "same", False: "different", None: None}[answer.denies_same]
    rules = rules_of(answer.gained_hinges, answer.lost_hinges)
    return {
        "verdict": answer.relation.value,
        "denies": denies,
        "assumes": answer.assumes,
        "reason": answer.reason,
        "rules": rules,
    }


def verdict_of(answer: Contained | Escapes | Granted | Missing | Undecided) -> Answer:
    """Return the answer as interface.md writes it, as far as cases look at it."""
    match answer:
        case Contained(vacuous, assumes):
            return {"verdict": "contained", "vacuous": bool(vacuous), "assumes": assumes}
        case Escapes(assumes=assumes):
            return {"verdict": "escapes", "vacuous": False, "assumes": assumes}
        case Granted(vacuous, assumes):
            return {"verdict": "granted", "vacuous": bool(vacuous), "assumes": assumes}
        case Missing(stopped_by=stopped, assumes=assumes):
            return {"verdict": "missing", "stopped_by": list(stopped), "assumes": assumes}
        case Undecided(reason, assumes, hinges=hinges):
            return {"verdict": "undecided", "reason": reason, "assumes": assumes, "rules": rules_of(hinges)}


def rules_of(*hinges: Hinges | None) -> list[int]:
    """Return the rules on whose reading an answer hangs."""
    return sorted({point.rule for one in hinges if one for point in one.points})


def is_line(case: Case) -> bool:
    """Whether the case is asked as a line of `verifier batch`: who asks takes part, or it is a table."""
    return "vary" in case or bool(WHO_ASKS & case.keys()) or "principal" in case.get("request", {})


def is_for_python(case: Case) -> bool:
    """Whether Python's functions can be asked too: tables are for lines, and a dict by ARN holds no ARN twice."""
    shown = [one.get("resource") for one in case.get("resource_policies", ())]
    return "vary" not in case and None not in shown and len(shown) == len(set(shown))


def answers(case: Case) -> Iterator[tuple[Case, Answer]]:
    """Yield the cases that a case stands for, each with its answer."""
    cases = list(expanded(case))
    lines = ({key: value for key, value in one.items() if key not in NOT_OF_THE_LINE} for one in cases)
    yield from zip(cases, batch(map(json.dumps, lines)), strict=True)


ASK: dict[str, Callable[[Asked], Answer]] = {
    "evaluate": ask_evaluate,
    "prove": ask_prove,
    "needs": ask_needs,
    "confine": ask_confine,
    "diff": ask_diff,
}
# The files that gather what once went wrong, or might have, whatever the rule.
BY_WEAKNESS = {"soundness.json", "regressions.json", "readings.json"}
KEYS = {"verdict", "vacuous", "stopped_by", "denies", "decision", "by", "error", "warning", "assumes", "rules", "leans"}


@pytest.mark.parametrize("case", [case for case in CASES if is_line(case)], ids=lambda case: case["name"])
def test_case_with_who_asks(case: Case) -> None:
    for one, answer in answers(case):
        check(one, answer)


def check(case: Case, answer: Answer) -> None:
    """Compare the answer to a line of `verifier batch` with what the case expects."""
    expect, where = case["expect"], f"{case['name']}: {case['why']} {answer}"
    if "error" in expect:
        assert expect["error"] in answer.get("error", {}).get("message", ""), where
        return
    for key in expect.keys() & {"verdict", "vacuous", "decision", "by"}:
        assert answer.get(key) == expect[key], where
    if "assumes" in expect:
        assert any(holds_piece(expect["assumes"], entry) for entry in answer["assumes"]), where
    if expect.get("verdict") == "escapes" and "principal" in case:
        assert allowed_as_it_stands(case, answer["request"]) is not expect.get("leans", False), where


def allowed_as_it_stands(case: Case, request: Mapping[str, Any]) -> bool:
    """Whether `evaluate` says of a counterexample that it is allowed: whoever reads it can ask that."""
    without = {*NOT_OF_THE_LINE, "principal", "maximum", "reading", "explicit"}
    line = {key: value for key, value in case.items() if key not in without}
    (answer,) = batch([json.dumps(line | {"ask": "evaluate", "request": request})])
    return bool(answer.get("decision") == "allowed")


@pytest.mark.parametrize("case", [case for case in CASES if is_for_python(case)], ids=lambda case: case["name"])
def test_case(case: Case) -> None:
    asked, expect = Asked(case), case["expect"]
    if "error" in expect:
        with pytest.raises(InputError) as caught:
            ASK[case["ask"]](asked)
        assert expect["error"] in str(caught.value), case["why"]
        return
    answer = ASK[case["ask"]](asked)
    for key in expect.keys() & {"verdict", "vacuous", "stopped_by", "denies", "decision", "by", "rules"}:
        assert answer[key] == expect[key], f"{case['why']} {answer}"
    if "warning" in expect:
        assert any(expect["warning"] in message for message in asked.warnings), asked.warnings
    if "assumes" in expect:
        assert any(holds_piece(expect["assumes"], entry) for entry in answer["assumes"]), answer["assumes"]


def holds_piece(piece: str, text: str) -> bool:
    """Whether `text` holds `piece`, of which a last number is whole: `rule 1` does not stand in `rule 10`."""
    return re.search(re.escape(piece) + r"(?![0-9])", text) is not None


def test_cases_are_well_formed() -> None:
    names = [case["name"] for case in CASES]
    assert len(names) == len(set(names))
    assert all(case["ask"] in ASK and case["why"] for case in CASES)
    assert all(one["expect"].keys() <= KEYS for case in CASES for one in expanded(case))
    assert not [row for case in CASES for row in rows_unused(case)]
    assert all(case["file"].startswith(f"rule-{case['rule']:02}-") for case in CASES if case["file"] not in BY_WEAKNESS)


def test_the_table_counts_the_cases() -> None:
    by_rule = [case["rule"] for case in CASES if case["file"] not in BY_WEAKNESS for _ in expanded(case)]
    counts = {rule: by_rule.count(rule) for rule in set(by_rule)}
    assert dict(table_rows()) == counts


def table_rows() -> Iterator[tuple[int, int]]:
    """Yield each rule of the README's table with its number of cases."""
    for line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines():
        row = re.fullmatch(r"\| ([0-9]+) \| .* \| ([0-9]+) \|", line)
        if row:
            yield int(row[1]), int(row[2])
