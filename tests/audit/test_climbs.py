"""A5 and A16: the answers are those of `delegate`, whoever is asked about before, and each chain is replayed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.audit.accounts_of_cases import ACCOUNT, account_of, intent_of_case
from tests.delegation.accounts import account_of_case, arn_of, document, replayable
from tests.delegation.replay import replay
from verifier.audits.finding import Audited
from verifier.bulk.scheduler import Means
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit.audit import AuditAsked
from verifier.clouds.aws.audit.intent import Intent
from verifier.clouds.aws.delegation import account_proof
from verifier.clouds.aws.delegation.account_delegation import AccountDelegation, delegate_account
from verifier.clouds.aws.escalation.audit import audit_everything
from verifier.clouds.aws.escalation.climbs import AccountClimbs
from verifier.clouds.aws.policy.syntax import Policy
from verifier.delegations.answer import DelegationRefuted, DelegationUndecided
from verifier.questions.ask import Ask
from verifier.report.audited import audited_answer

ASK = Ask(seconds=60)
DELEGATIONS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "delegation" / "accounts.json").read_text(encoding="utf-8")
)
CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "cases.json").read_text(encoding="utf-8"))
CLIMBING = [case for case in CASES if case["check"] == "A5" and "as it stands" not in case["shows"]]


def audited(account: Account, intent: Intent, check: str, *principals: str) -> Audited:
    """What an audit by one check finds."""
    asked = AuditAsked(only=(check,), principals=principals, ask=ASK)
    return audit_everything((account,), intent, asked, Means.of(jobs=1, cache=None)).accounts[0]


def maximum_of(case: dict[str, Any]) -> tuple[Any, Policy]:
    """What the administrator of a case may do himself, as a maximum for everybody."""
    text = document(case.get("own", case["maximum"]))
    return text, Policy.parse(json.dumps(text))


@pytest.mark.parametrize("case", DELEGATIONS[::9], ids=lambda case: case["name"])
def test_an_audit_says_what_delegate_says(case: dict[str, Any], tmp_path: Path) -> None:
    admin, (text, maximum) = arn_of(case["admin"]), maximum_of(case)
    account = account_of_case(case, tmp_path)
    expected = delegate_account(AccountDelegation(account, admin, maximum), ASK)
    if isinstance(expected, DelegationRefuted) and len(expected.steps) == 1:
        return  # it is A3 that finds what somebody is allowed as he is
    found = audited(account, Intent(maximum), "A5", admin)
    assert len(found.findings) == isinstance(expected, DelegationRefuted)
    assert len(found.undecided) == isinstance(expected, DelegationUndecided)
    for part in audited_answer(found).as_json()["findings"]:
        replayed = {**replayable(case), "maximum": text}
        replayed.pop("own", None)
        assert list(replay({"admin": admin, "chain": part["chain"]}, replayed)) == []


@pytest.mark.parametrize("case", DELEGATIONS[4::16], ids=lambda case: case["name"])
def test_who_was_asked_about_before_makes_no_difference(case: dict[str, Any], tmp_path: Path) -> None:
    account, (_, maximum) = account_of_case(case, tmp_path), maximum_of(case)
    together = AccountClimbs(account, (maximum,), ASK)
    for principal in account.principals:
        together.climb(principal.arn, maximum)
    for principal in account.principals:
        alone = AccountClimbs(account, (maximum,), ASK).climb(principal.arn, maximum)
        assert type(together.climb(principal.arn, maximum)) is type(alone), principal.arn


@pytest.mark.parametrize(
    ("name", "lost"),
    [("policies of oneself", "PutUserPolicy"), ("a role handed to a service", "PassRole")],
)
def test_a_move_that_is_lost_is_noticed(name: str, lost: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The cases of `cases.json` are found by the moves of the table: without one, its case holds."""
    (case,) = (each for each in CLIMBING if each["name"] == name)
    moves = tuple(move for move in account_proof.every_move() if move.name != lost)
    monkeypatch.setattr(account_proof, "every_move", lambda: moves)
    found = audited(account_of(case["bad"], tmp_path), intent_of_case(case.get("intent", {})), "A5")
    assert not found.findings
    assert not found.undecided


def test_an_administrator_is_not_asked_about(tmp_path: Path) -> None:
    said = {"policies": [[{"Effect": "Allow", "Action": "*", "Resource": "*"}]]}
    for check in ("A5", "A16"):
        assert audited(account_of(said, tmp_path), Intent(), check).findings == ()


def test_a_chain_is_shown_with_requests_of_the_account(tmp_path: Path) -> None:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    changes = {**everything, "Action": "lambda:Update*"}
    account_of({"policies": [[changes]], "roles": {"admin": {"policies": [[everything]], "trust": [trust]}}}, tmp_path)
    dump = tmp_path / "account.json"
    dump.write_text(dump.read_text(encoding="utf-8").replace(ACCOUNT, "777788889999"), encoding="utf-8")
    (finding,) = audited(Account.load(tmp_path), Intent(), "A5").findings
    assert finding.chain
    assert finding.chain[0].request.resource.startswith("arn:aws:lambda:us-east-1:777788889999:function:")


def test_all_of_iam_takes_no_role(tmp_path: Path) -> None:
    (case,) = (each for each in CASES if each["name"] == "all of IAM")
    asked = AuditAsked(only=("A5", "A16"), ask=ASK)
    found = audit_everything((account_of(case["bad"], tmp_path),), Intent(), asked, Means.of(jobs=1, cache=None))
    assert [finding.check.id for finding in found.accounts[0].findings] == ["A5"]


def test_whoever_becomes_an_administrator_by_assuming_roles_is_found_once(tmp_path: Path) -> None:
    (case,) = (each for each in CASES if each["name"] == "a role that trusts the account")
    asked = AuditAsked(only=("A5", "A16"), ask=ASK)
    account = account_of(case["bad"], tmp_path)
    found = audit_everything((account,), Intent(), asked, Means.of(jobs=1, cache=None)).accounts[0]
    assert [finding.check.id for finding in found.findings] == ["A16"]


@pytest.mark.parametrize(
    "denied",
    [
        ["iam:CreateAccountAlias", "iam:UpdateAccountPasswordPolicy", "iam:SetSecurityTokenServicePreferences"],
        ["iam:*Account*", "iam:Set*"],
        ["iam:Create*", "iam:Set*", "iam:Update*", "iam:DeleteAccount*"],
    ],
)
def test_scps_that_deny_what_administrators_are_told_by_hide_no_climb(denied: list[str], tmp_path: Path) -> None:
    own = {"Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "@user/jack"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    scp = [everything, {"Effect": "Deny", "Action": denied, "Resource": "*"}]
    case = {"users": {"user/jack": {"policies": [[own]]}, "user/ann": {"policies": [[everything]]}}, "scps": [scp]}
    found = audited(account_of_case(case, tmp_path), Intent(), "A5")
    assert [finding.principal for finding in found.findings] == [arn_of("user/ann"), arn_of("user/jack")]
    assert not found.undecided
