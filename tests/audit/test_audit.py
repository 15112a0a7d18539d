"""A whole audit: broken and missing documents, what is accepted, fingerprints, and an account that was made up."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

import verifier
from benchmarks.account_generator import FAULTS, made_up
from tests.audit.accounts_of_cases import ACCOUNT, arn, document, dump_of, intent_of_case
from verifier.audits.accept import accepted, baseline_text
from verifier.audits.finding import Audited
from verifier.base.errors import UsageError
from verifier.base.source import Source
from verifier.bulk.scheduler import Means
from verifier.checks.accept import Baseline
from verifier.clouds.aws.account.model import Account
from verifier.clouds.aws.audit.audit import AuditAsked, audit_account
from verifier.clouds.aws.audit.intent import Intent
from verifier.clouds.aws.audit.organization import audit_accounts
from verifier.clouds.aws.policy.syntax import Policy
from verifier.config.audit import intent_of
from verifier.config.rules import Excepted
from verifier.report.audited import audited_lines, audited_text
from verifier.report.audited_report import audited_report
from verifier.report.style import Style

ONE = Means.of(jobs=1, cache=None)
ONLY_MAXIMA = AuditAsked(only=("A3",))
NOW = datetime.date(2026, 1, 1)
S3 = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
SQS = {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}


def user(name: str, *statements: Any, **more: Any) -> dict[str, Any]:
    """A user with an inline policy."""
    inline = [{"PolicyName": "inline", "PolicyDocument": document(list(statements))}]
    return {"UserName": name, "Arn": arn("user", name), "UserPolicyList": inline, **more}


def audited(folder: Path, *users: dict[str, Any], asked: AuditAsked = ONLY_MAXIMA) -> Audited:
    """The audit of an account with `users`, who may do everything of S3."""
    folder.mkdir(exist_ok=True)
    (folder / "account.json").write_text(json.dumps({"UserDetailList": list(users)}), encoding="utf-8")
    return audit_account(Account.load(folder), intent_of_case({"maximum": [S3]}), asked, ONE)


def test_a_broken_document_makes_its_principal_undecided_and_no_other(tmp_path: Path) -> None:
    broken = user("jack", {"Effect": "Alow", "Action": "s3:*", "Resource": "*"})
    found = audited(tmp_path, user("jill", SQS), broken, user("jane", S3))
    assert [finding.principal for finding in found.findings] == [arn("user", "jill")]
    (undecided,) = found.undecided
    assert (undecided.principal, undecided.check) == (arn("user", "jack"), "")
    assert "the document inline of" in undecided.reason
    assert "account.json:1:" in undecided.reason
    assert found.principals == 3


def test_what_is_missing_is_never_no_limit(tmp_path: Path) -> None:
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy", "b")}
    found = audited(tmp_path, user("jane", S3, PermissionsBoundary=boundary))
    (undecided,) = found.undecided
    assert "aws iam get-policy-version" in undecided.reason


def test_an_exception_accepts_until_its_last_day(tmp_path: Path) -> None:
    found = audited(tmp_path, user("jane", SQS), user("jack", SQS))
    one = Excepted("it is being moved", check="A3", principal="arn:aws:iam::*:user/ja?e", until=NOW)
    left = accepted(found, [one], frozenset(), NOW)
    assert [finding.principal for finding in left.findings] == [arn("user", "jack")]
    assert left.excepted == 1
    late = accepted(found, [one], frozenset(), NOW + datetime.timedelta(days=1))
    assert len(late.findings) == 2
    assert "expired on 2026-01-01" in late.notes[0]


def test_an_exception_to_another_check_accepts_nothing(tmp_path: Path) -> None:
    found = audited(tmp_path, user("jane", SQS))
    assert len(accepted(found, [Excepted("no", check="A4")], frozenset(), NOW).findings) == 1


def test_a_baseline_leaves_what_is_new(tmp_path: Path) -> None:
    found = audited(tmp_path, user("jane", SQS))
    known = Baseline.parse(Source("baseline.json", baseline_text(found))).fingerprints
    assert accepted(found, (), known, NOW).findings == ()
    more = audited(tmp_path, user("jane", SQS), user("jack", SQS))
    assert [one.principal for one in accepted(more, (), known, NOW).findings] == [arn("user", "jack")]


@pytest.mark.parametrize(
    ("statements", "same"),
    [
        ([{"Sid": "Named", **SQS}, S3], True),
        ([S3, {"Resource": ["*"], "Action": ["sqs:*"], "Effect": "Allow"}], True),
        ([S3, {**SQS, "Action": ["sqs:*", "sns:*"]}], False),
        ([S3, SQS, {**SQS, "Effect": "Deny", "Action": "sqs:Purge*"}], False),
    ],
)
def test_a_fingerprint_is_that_of_what_is_said(statements: list[Any], same: bool, tmp_path: Path) -> None:
    (first,) = audited(tmp_path / "a", user("jane", SQS, S3)).findings
    (second,) = audited(tmp_path / "b", user("jane", *statements)).findings
    assert (first.fingerprint == second.fingerprint) is same


def test_principals_are_chosen_by_their_arn(tmp_path: Path) -> None:
    asked = AuditAsked(only=("A3",), principals=(arn("user", "jac*"),))
    found = audited(tmp_path, user("jane", SQS), user("jack", SQS), asked=asked)
    assert [finding.principal for finding in found.findings] == [arn("user", "jack")]
    assert found.principals == 1


def test_principals_with_equal_documents_differ_in_what_these_read_of_them(tmp_path: Path) -> None:
    tagged = {**SQS, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "x"}}}
    users = [user(name, tagged, Tags=[{"Key": "team", "Value": name}]) for name in ("a", "x", "z")]
    assert [finding.principal for finding in audited(tmp_path, *users).findings] == [arn("user", "x")]


def test_a_check_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no check `A99`"):
        audited(tmp_path, user("jane", S3), asked=AuditAsked(only=("A99",)))


def test_what_the_intent_does_not_give_is_skipped_and_named(tmp_path: Path) -> None:
    found = audited(tmp_path, user("jane", S3), asked=AuditAsked(skip=("A1",)))
    assert ("A9", "regions") in found.skipped
    assert "A1" not in dict(found.skipped)


def test_service_linked_roles_stand_apart(tmp_path: Path) -> None:
    said = dump_of({"role": True, "name": "AWSServiceRoleForX", "path": "/aws-service-role/x/", "policies": [[SQS]]})
    (tmp_path / "account.json").write_text(json.dumps(said), encoding="utf-8")
    asked = AuditAsked(only=("A3",))
    found = audit_account(Account.load(tmp_path), intent_of_case({"maximum": [S3]}), asked, ONE)
    assert (found.principals, found.service_linked, found.findings) == (0, 1, ())
    assert "no user and no role but service-linked roles" in found.notes[0]


def made_up_audit(count: int, folder: Path, every: int) -> tuple[set[tuple[str, str | None]], set[tuple[str, str]]]:
    """What an audit finds in a made-up account, and what was planted."""
    account = made_up(count, 1, every)
    path, config = account.write(folder)
    read = intent_of(folder, str(config))
    assert read
    intent = Intent.of(read.intent, lambda name: Policy.load(folder / Path(name).name))
    found = audit_account(Account.load(path), intent, AuditAsked(), ONE)
    assert not found.undecided
    assert found.account == ACCOUNT
    return {(finding.check.id, finding.principal) for finding in found.findings}, account.planted


def test_in_a_made_up_account_just_what_was_planted_is_found(tmp_path: Path) -> None:
    found, planted = made_up_audit(2 * len(FAULTS), tmp_path, 2)
    assert found == planted


def test_in_a_made_up_account_without_faults_nothing_is_found(tmp_path: Path) -> None:
    assert made_up_audit(40, tmp_path, 0) == (set(), set())


def test_an_inline_policy_that_is_called_as_one_of_aws_is_asked_about(tmp_path: Path) -> None:
    jane = user("jane", S3)
    jane["UserPolicyList"] = [
        {"PolicyName": "arn:aws:iam::aws:policy/X", "PolicyDocument": document([statement])} for statement in (S3, SQS)
    ]
    assert [finding.principal for finding in audited(tmp_path, jane).findings] == [arn("user", "jane")]


def role(name: str, trust: Any, **more: Any) -> dict[str, Any]:
    """A role with a trust policy."""
    return {"RoleName": name, "Arn": arn("role", name), "AssumeRolePolicyDocument": trust, **more}


def trusting(principal: Any) -> dict[str, Any]:
    """A trust policy."""
    return document([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}])


def audited_trust(folder: Path, check: str, **lists: Any) -> Audited:
    """The audit of an account by one check of trust policies."""
    (folder / "account.json").write_text(json.dumps(lists), encoding="utf-8")
    return audit_account(Account.load(folder), Intent(), AuditAsked(only=(check,)), ONE)


def test_an_id_in_a_trust_policy_is_that_of_somebody_in_the_dump_or_of_nobody(tmp_path: Path) -> None:
    jane, gone = "AIDA0000000000000001", "AIDA0000000000000002"
    roles = [role("kept", trusting({"AWS": jane})), role("lost", trusting({"AWS": gone}))]
    found = audited_trust(tmp_path, "A28", UserDetailList=[user("jane", S3, UserId=jane)], RoleDetailList=roles)
    assert [finding.principal for finding in found.findings] == [arn("role", "lost")]


def test_a_trust_policy_that_cannot_be_read_is_undecided(tmp_path: Path) -> None:
    roles = [role("broken", document([{"Effect": "Allow"}])), {"RoleName": "none", "Arn": arn("role", "none")}]
    found = audited_trust(tmp_path, "A11", RoleDetailList=roles)
    assert [one.principal for one in found.undecided] == [arn("role", "broken"), arn("role", "none")]
    assert all("the trust policy of the role cannot be read" in one.reason for one in found.undecided)


def test_roles_with_one_trust_policy_are_shown_with_their_own_requests(tmp_path: Path) -> None:
    roles = [role(name, trusting({"AWS": "444455556666"})) for name in ("a", "b")]
    found = audited_trust(tmp_path, "A11", RoleDetailList=roles)
    assert [finding.request and finding.request.resource for finding in found.findings] == [
        arn("role", "a"),
        arn("role", "b"),
    ]


def test_services_of_which_nothing_is_documented_are_named(tmp_path: Path) -> None:
    found = audited_trust(tmp_path, "A12", RoleDetailList=[role("a", trusting({"Service": "ec2.amazonaws.com"}))])
    assert found.findings == ()
    assert any("not ec2.amazonaws.com" in text for text in found.assumes)


def test_the_questions_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "account.json").write_text(json.dumps({"UserDetailList": [user("jane", SQS)]}), encoding="utf-8")
    account = verifier.Account.load("account.json")
    maximum = verifier.Policy.parse(json.dumps(document([S3])))
    (finding,) = verifier.audit(account, maximum=maximum, only=["A3"]).findings
    assert finding.principal == arn("user", "jane")
    can = verifier.can(account, arn("user", "jane"), maximum)
    assert isinstance(can.verdict, verifier.Escapes)
    assert len(can.regions.regions) == 1
    with pytest.raises(UsageError, match="the account has no user and no role"):
        verifier.can(account, arn("user", "jack"))


HOSTILE = "x\x1b[31m\n::error::y\u202e"


def test_names_of_others_never_speak_in_an_answer(tmp_path: Path) -> None:
    tagged = {**SQS, "Sid": HOSTILE, "Condition": {"StringEquals": {f"aws:PrincipalTag/{HOSTILE}": HOSTILE}}}
    shown = "x\x1b[31m\n\u202e"
    jane = user(shown, tagged, Tags=[{"Key": HOSTILE, "Value": HOSTILE}])
    jane["UserPolicyList"][0]["PolicyName"] = HOSTILE
    lost = user(f"lost{shown}", S3, GroupList=[HOSTILE])
    found = audited(tmp_path, jane, lost)
    assert (len(found.findings), len(found.undecided)) == (1, 1)
    texts = [audited_text(found, Style(), everything=True), *audited_lines(found)]
    texts += [audited_report(found, "sarif", "1"), audited_report(found, "junit", "1")]
    for text in texts:
        assert all(char.isprintable() or char == "\n" for char in text)
        assert not any(line.lstrip().startswith("::error::") for line in text.splitlines())


def test_a_request_that_is_shown_is_one_of_the_account(tmp_path: Path) -> None:
    other = "777788889999"
    jane = json.loads(json.dumps(user("jane", SQS)).replace(ACCOUNT, other))
    (tmp_path / "account.json").write_text(json.dumps({"UserDetailList": [jane]}), encoding="utf-8")
    account = Account.load(tmp_path)
    (found,) = audit_account(account, intent_of_case({"maximum": [S3]}), ONLY_MAXIMA, ONE).findings
    assert found.request
    assert f":{other}:" in found.request.resource
    shown = [one.request for one in account.who("sqs:SendMessage").principals]
    assert shown
    assert all(one and f":{other}:" in one.resource for one in shown)


def test_who_is_not_there_is_not_said_to_hold(tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text(json.dumps({"UserDetailList": [user("jane", S3)]}), encoding="utf-8")
    asked = AuditAsked(only=("A3",), principals=(arn("user", "jane"), arn("user", "jack")))
    with pytest.raises(UsageError, match=r"no principal of the account fits `.*user/jack`"):
        audit_accounts([Account.load(tmp_path)], intent_of_case({"maximum": [S3]}), asked, ONE)
