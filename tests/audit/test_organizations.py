"""Several accounts audited together: cases as data, the processes of an executor, and answers that are not true."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.audit.accounts_of_cases import intent_of_case
from tests.who.accounts_of_cases import account_in
from verifier.audits.finding import AuditedAccounts
from verifier.bulk.scheduler import Means
from verifier.clouds.aws.account.load import load_accounts
from verifier.clouds.aws.audit.audit import AuditAsked
from verifier.clouds.aws.audit.organization import audit_accounts

CASES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("organizations.json").read_text(encoding="utf-8"))
ALONE = Means.of(jobs=1, cache=None)


def audited(case: dict[str, Any], folder: Path, means: Means = ALONE) -> AuditedAccounts:
    """What comes of auditing the accounts of a case."""
    for id_, said in case["accounts"].items():
        account_in(said, folder / id_, id_)
    asked = AuditAsked(tuple(case.get("only", ())), at=case.get("at", ""))
    return audit_accounts(load_accounts(folder), intent_of_case(case["intent"]), asked, means)


def told(found: AuditedAccounts) -> dict[str, list[str]]:
    """Who is found fault with, by check."""
    by_check: dict[str, list[str]] = {}
    for one in found.together.findings:
        about = (one.principal or "").partition("::")[2] or one.resource or ""
        by_check.setdefault(one.check.id, []).append(about)
    return by_check


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_several_accounts(case: dict[str, Any], tmp_path: Path) -> None:
    found = audited(case, tmp_path)
    assert told(found) == case["found"]
    assert all(case.get("says", "") in one.message for one in found.together.findings)
    assert [one.account for one in found.accounts] == list(case["accounts"])
    assert list(found.not_shown) == case.get("not_shown", [])
    assert [each.reason for each in found.together.undecided] == []


class Changing(Executor):
    """An executor whose answers are changed on their way."""

    def __init__(self, change: Callable[[Any], Any]) -> None:
        self._change = change
        self._threads = ThreadPoolExecutor(1)

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        def changed() -> Any:
            reply = fn(*args, **kwargs)
            return dataclasses.replace(reply, answers=tuple(map(self._change, reply.answers)))

        return self._threads.submit(changed)


def _of_another_action(answered: Any) -> Any:
    def changed(fault: Any) -> Any:
        return fault if fault.request is None else dataclasses.replace(fault, request=None or _other(fault.request))

    shown = answered.shown
    return dataclasses.replace(answered, shown=dataclasses.replace(shown, faults=tuple(map(changed, shown.faults))))


def _other(request: Any) -> Any:
    return dataclasses.replace(request, action="ec2:RunInstances")


@pytest.mark.parametrize(
    "change", [lambda answered: answered, _of_another_action, lambda _: "nothing"], ids=["true", "changed", "nonsense"]
)
def test_an_executor_answers_what_is_answered_here(change: Callable[[Any], Any], tmp_path: Path) -> None:
    case = next(one for one in CASES if one["name"] == "an RCP does not bind the resources of other accounts")
    means = Means.of(executor=Changing(change), workers=1, cache=None)
    assert audited(case, tmp_path, means).together.findings == audited(case, tmp_path).together.findings


_SERVICE_LINKED = "/aws-service-role/"
WHO = Path(__file__).parent.parent / "who"
OF_WHO: list[dict[str, Any]] = [
    {"accounts": {"111122223333": case["account"]}, **case} if "account" in case else case
    for name in ("cases.json", "organizations.json")
    for case in json.loads((WHO / name).read_text(encoding="utf-8"))
]


def _as_list(said: str | list[str]) -> list[str]:
    return [said] if isinstance(said, str) else said


# An audit asks about everybody and fixes no key; it takes a trust policy that names a service which cannot be told to
# let in whom identity policies allow.
OF_AUDITS = [case for case in OF_WHO if not {"keys", "principal"} & case["question"].keys() and "only_who" not in case]


@pytest.mark.parametrize("case", OF_AUDITS, ids=lambda case: case["name"])
def test_who_can_do_what_is_never_to_be_done_is_found(case: dict[str, Any], tmp_path: Path) -> None:
    asked = case["question"]
    never = [{"action": _as_list(asked["action"]), "resource": _as_list(asked["resource"])}]
    found = audited({**case, "intent": {"never": never}, "only": ["never"]}, tmp_path)
    several = len(case["accounts"]) > 1

    def plain(arn: str | None) -> str:
        return (arn or "").partition("::")[2] if several else (arn or "").rpartition(":")[2]

    expected = {
        name
        for name in case["can"]
        if name.rpartition(":")[2].startswith(("user/", "role/")) and _SERVICE_LINKED not in name
    }
    unsure = set(case["undecided"]) | {plain(one.principal) for one in found.together.undecided}
    assert {plain(one.principal) for one in found.together.findings} - unsure == expected - unsure
