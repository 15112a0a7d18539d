"""The package: what `from verifier import ...` offers."""

from __future__ import annotations

from pathlib import Path

import pytest

import verifier
from tests.cli.conftest import REQUEST
from verifier import (
    Contained,
    Decision,
    Encoding,
    Escapes,
    Policy,
    PolicyError,
    Relation,
    Request,
    UsageError,
    confine,
    diff,
    evaluate,
    prove,
)


@pytest.fixture
def documents(folder: Path) -> dict[str, Policy]:
    names = ("policy", "wide", "maximum", "deny", "old", "new")
    return {name: Policy.load(folder / f"{name}.json") for name in names}


def test_every_name_is_there() -> None:
    assert set(verifier.__all__) <= set(dir(verifier))
    assert all(getattr(verifier, name) is not None for name in verifier.__all__)
    assert not hasattr(verifier, "nonsense")


def test_the_questions(documents: dict[str, Policy]) -> None:
    policy, wide, maximum = documents["policy"], documents["wide"], documents["maximum"]
    assert isinstance(prove(policies=[policy], maximum=maximum), Contained)
    assert isinstance(prove([wide], maximum, scps=[maximum, [wide, policy]], rcps=None, encoding="fast"), Contained)
    assert isinstance(prove([wide], maximum, boundary=None, encoding=Encoding.FAST, timeout=5), Escapes)
    assert diff(documents["old"], documents["new"]).relation is Relation.EQUIVALENT
    assert isinstance(confine(maximum, ["s3"]), Contained)
    request = Request.of(REQUEST["action"], REQUEST["resource"])
    assert evaluate(policies=[wide], boundary=maximum, request=request).decision is Decision.ALLOWED


def test_wrong_calls_are_errors_with_a_message(documents: dict[str, Policy]) -> None:
    wide = documents["wide"]
    for wrong in (
        lambda: prove([], wide),
        lambda: prove([wide], wide, timeout=0),
        lambda: prove([wide], wide, timeout=float("inf")),
        lambda: prove([wide], wide, encoding="slow"),  # type: ignore[arg-type]  # on purpose
        lambda: confine(wide, "s3"),
        lambda: confine(wide, []),
        lambda: diff(wide, wide, smtlib="/"),
    ):
        with pytest.raises(UsageError):
            wrong()
    with pytest.raises(PolicyError):
        evaluate([wide], Request.of("s3:x", "*"), rcps=[wide])
