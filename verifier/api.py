"""The questions as the package offers them: plain arguments in, verdicts out. `verifier/__init__.py` hands them on.

The questions themselves are defined in `verifier/questions/` and `verifier/clouds/aws/evaluate/evaluate.py`; what is
added here is the convenience of the call. Those modules, and the solver with them, are imported when a question is
asked.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar, overload

from verifier.api_documents import Levels, ResourcePolicies, documents_given, who_asks
from verifier.base.errors import UsageError, quote
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import PolicyType
from verifier.clouds.evaluation import Evaluation
from verifier.logic.request import Request
from verifier.questions.ask import Ask, Encoding, Readings, World
from verifier.questions.verdict import Difference, NeedsVerdict, Verdict
from verifier.shown import remember

if TYPE_CHECKING:
    from verifier.questions.answer import Exported
    from verifier.questions.question import ProveQuestion
    from verifier.questions.worlds import Show
    from verifier.repairs.repair import Repaired
    from verifier.simplification.level import SimplifiedLevel
    from verifier.simplification.simplified import Simplified

EncodingName: TypeAlias = Encoding | Literal["fast", "strings"]
TypeName: TypeAlias = (
    PolicyType | Literal["identity", "boundary", "session", "scp", "rcp", "resource", "trust", "endpoint"]
)
WorldName: TypeAlias = World | Literal["all", "aws"]
ReadingName: TypeAlias = Readings | Literal["all", "usual"]
PathName: TypeAlias = str | os.PathLike[str]
_E = TypeVar("_E", bound=Enum)
_USUAL = (10.0, "fast", "all", "all")


def prove(  # noqa: PLR0913 - a call names up to six kinds of documents, and how to ask
    policies: Iterable[Policy],
    maximum: Policy,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
    *,
    principal: str | None = None,
    resource_policies: ResourcePolicies | None = None,
    endpoint: Policy | None = None,
    organization: Mapping[str, object] | None = None,
    federated_by: str | None = None,
    explicit: bool = False,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    world: WorldName = "all",
    reading: ReadingName = "all",
    smtlib: PathName | None = None,
    chosen: bool = True,
) -> Verdict:
    """Return whether what the documents allow together lies within what `maximum` allows.

    Each item of `scps` is a level: a document or several. `principal` is who asks, and `resource_policies` are those of
    resources, by ARN; where these are given and no principal, the question is whom they let in. `explicit` asks whether
    all outside `maximum` is denied, so that no other resource policy can allow it. `timeout` is in seconds; `smtlib` is
    a file to which the question is also written, for another solver. `world="aws"` narrows the question to requests
    that AWS can make; `reading="usual"` reads AWS's guide in the usual way only where it is unclear (semantics.md,
    section 7). A request that escapes is chosen to be easy to believe; the first one found, not `chosen`, is there
    sooner. Raises PolicyError for a document that does not suit its place, UsageError for an impossible option or where
    SMT-LIB cannot be written.
    """
    question_of, answer, show, judged = _proving()
    ask = ask_of(timeout, encoding, world, reading)
    who = who_asks(principal, resource_policies, endpoint, organization, federated_by, explicit=explicit)
    question = question_of(documents_given(policies, boundary, session, scps, rcps, asking=who), maximum)
    verdict = answer(question, ask, show if chosen else judged)
    write_scripts(question, ask, smtlib)
    return remember(verdict, question, ask)


@cache
def _proving() -> tuple[type[ProveQuestion], Callable[[ProveQuestion, Ask, Show], Verdict], Show, Show]:
    from verifier.questions.prove import prove as answer  # noqa: PLC0415 - the solver only where it is needed
    from verifier.questions.question import ProveQuestion  # noqa: PLC0415 - as above
    from verifier.questions.worlds import judged, show  # noqa: PLC0415 - as above

    return ProveQuestion, answer, show, judged


def prove_needs(  # noqa: PLR0913 - as `prove`
    policies: Iterable[Policy],
    needs: Policy,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
    *,
    principal: str | None = None,
    resource_policies: ResourcePolicies | None = None,
    endpoint: Policy | None = None,
    organization: Mapping[str, object] | None = None,
    federated_by: str | None = None,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    world: WorldName = "all",
    reading: ReadingName = "all",
    smtlib: PathName | None = None,
) -> NeedsVerdict:
    """Return whether the documents allow together all that `needs` allows: the reverse of `prove`.

    A request that is missing comes with the levels and documents that stop it. The rest is as in `prove`.
    """
    from verifier.questions.needs import prove_needs as answer  # noqa: PLC0415 - the solver only where it is needed
    from verifier.questions.question import NeedsQuestion  # noqa: PLC0415 - as above
    from verifier.questions.worlds import show  # noqa: PLC0415 - as above

    ask = ask_of(timeout, encoding, world, reading)
    who = who_asks(principal, resource_policies, endpoint, organization, federated_by)
    question = NeedsQuestion(documents_given(policies, boundary, session, scps, rcps, asking=who), needs)
    verdict = answer(question, ask, show)
    write_scripts(question, ask, smtlib)
    return remember(verdict, question, ask)


def diff(  # noqa: PLR0913 - how to ask
    old: Policy | Sequence[Policy],
    new: Policy | Sequence[Policy],
    *,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    world: WorldName = "all",
    reading: ReadingName = "all",
    smtlib: PathName | None = None,
    type: TypeName | None = None,  # noqa: A002 - what AWS and the command call it
) -> Difference:
    """Return how what `new` allows stands to what `old` allows; each is a document, or the documents of a level.

    `type` is what both are (`identity`, `boundary`, `session`, `scp`, `rcp`, `resource`, `trust`, `endpoint`); those
    that name principals say it themselves, but the policy of an endpoint. `smtlib` takes the question whether something
    is gained; the same name with `.lost` behind it takes the other. Raises as `prove` does.
    """
    from verifier.questions.diff import diff as answer  # noqa: PLC0415 - the solver only where it is needed
    from verifier.questions.question import DiffQuestion  # noqa: PLC0415 - as above
    from verifier.questions.worlds import show  # noqa: PLC0415 - as above

    question = DiffQuestion.of_levels(_level(old, type_of(type)), _level(new, type_of(type)), type_of(type))
    ask = ask_of(timeout, encoding, world, reading)
    difference = answer(question, ask, show)
    write_scripts(question, ask, smtlib)
    return remember(difference, question, ask)


def _level(given: Policy | Sequence[Policy], told: PolicyType | None) -> tuple[Policy, ...]:
    """Return the documents of a level. Raises UsageError where it has none, or several of a type that has but one."""
    from verifier.clouds.aws.policy.check import check_level, check_together  # noqa: PLC0415 - as above

    level = (given,) if isinstance(given, Policy) else tuple(given)
    check_level(level)
    check_together(level, told)
    return level


def confine(  # noqa: PLR0913 - how to ask
    document: Policy,
    services: Iterable[str],
    *,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    world: WorldName = "all",
    reading: ReadingName = "all",
    smtlib: PathName | None = None,
    type: TypeName | None = None,  # noqa: A002 - as in `diff`
) -> Verdict:
    """Return whether `document` allows nothing but actions of `services` (`s3`, ...). Raises as `prove` does.

    `type` is what it is, as in `diff`; an RCP, or an SCP that only denies, acts together with AWS's full access (rule
    30).
    """
    from verifier.questions.prove import confine as answer  # noqa: PLC0415 - the solver only where it is needed
    from verifier.questions.question import ConfineQuestion  # noqa: PLC0415 - as above
    from verifier.questions.worlds import show  # noqa: PLC0415 - as above

    if isinstance(services, str):
        raise UsageError(f"`services` must be a list of names, not the string {quote(services)}")
    question, ask = ConfineQuestion(document, tuple(services), type_of(type)), ask_of(timeout, encoding, world, reading)
    verdict = answer(question, ask, show)
    write_scripts(question, ask, smtlib)
    return remember(verdict, question, ask)


def evaluate(  # noqa: PLR0913 - as `prove`
    policies: Iterable[Policy],
    request: Request,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
    *,
    principal: str | None = None,
    resource_policies: ResourcePolicies | None = None,
    endpoint: Policy | None = None,
    organization: Mapping[str, object] | None = None,
    federated_by: str | None = None,
) -> Evaluation:
    """Return what happens to `request`, with what became of every statement. Raises as `prove` does.

    Who asks is told by `principal` or by the request.
    """
    from verifier.clouds.aws.read_asking import evaluate_question  # noqa: PLC0415 - only where it is needed

    who = who_asks(principal, resource_policies, endpoint, organization, federated_by, request=request)
    documents = documents_given(policies, boundary, session, scps, rcps, asking=who)
    documents.check()
    question = evaluate_question(documents, request)
    return Evaluation.of(question.documents, question.request)


@overload
def simplify(
    document: Policy,
    *,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    reading: ReadingName = "all",
    type: TypeName | None = None,
) -> Simplified: ...


@overload
def simplify(
    document: Sequence[Policy],
    *,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    reading: ReadingName = "all",
    type: TypeName | None = None,
) -> SimplifiedLevel: ...


def simplify(
    document: Policy | Sequence[Policy],
    *,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    reading: ReadingName = "all",
    type: TypeName | None = None,  # noqa: A002 - as in `diff`
) -> Simplified | SimplifiedLevel:
    """Return the parts of `document` that change nothing, and a smaller document, proved to say the same together with
    others; of a level of SCPs or RCPs, as a list, new documents that together are proved to say the same.

    What is not looked at within `timeout` seconds stays, and the answer says so. `type` is what the document is, as in
    `diff`, and `reading` that of `prove`. Raises as `prove` does.
    """
    from verifier.clouds.aws.policy.check import check_together  # noqa: PLC0415 - as above
    from verifier.questions.question import SimplifyQuestion  # noqa: PLC0415 - as above
    from verifier.simplification.level import simplify_level  # noqa: PLC0415 - the solver only where it is needed
    from verifier.simplification.simplify import simplify as answer  # noqa: PLC0415 - as above

    told, ask = type_of(type), ask_of(timeout, encoding, reading=reading)
    level = (document,) if isinstance(document, Policy) else tuple(document)
    if not level:
        raise UsageError("no document is given", help="give a policy, or a list of them")
    if len(level) == 1:
        return answer(SimplifyQuestion(level[0], told), ask)
    check_together(level, told)
    return simplify_level(level, told, ask)


def repair(  # noqa: PLR0913 - as `prove`
    policies: Iterable[Policy],
    maximum: Policy,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
    *,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    world: WorldName = "all",
    reading: ReadingName = "all",
) -> Repaired:
    """Return a boundary under which just what is allowed now and is within `maximum` is allowed, proved; or none.

    It is a small change to `boundary`, or a new one where there is none. Raises as `prove` does.
    """
    from verifier.questions.question import ProveQuestion  # noqa: PLC0415 - as above
    from verifier.repairs.repair import repair as answer  # noqa: PLC0415 - the solver only where it is needed

    question = ProveQuestion(documents_given(policies, boundary, session, scps, rcps), maximum)
    return answer(question, ask_of(timeout, encoding, world, reading))


def ask_of(
    timeout: float, encoding: EncodingName, world: WorldName = World.ALL, reading: ReadingName = Readings.ALL
) -> Ask:
    """Return how a call asks. Raises UsageError for a time that is none, or for a name that nothing has."""
    if (timeout, encoding, world, reading) == _USUAL:
        return Ask()
    if not (math.isfinite(timeout) and timeout > 0):
        raise UsageError(f"`timeout` must be a positive number of seconds, not {quote(str(timeout))}")
    return Ask(
        timeout,
        _named(Encoding, encoding, "encoding"),
        _named(World, world, "world"),
        _named(Readings, reading, "reading"),
    )


def type_of(name: TypeName | None) -> PolicyType | None:
    """Return the type of that name, None where none is given. Raises UsageError for one that there is not."""
    return None if name is None else _named(PolicyType, name, "type")


def _named(kind: type[_E], value: _E | str, what: str) -> _E:
    try:
        return kind(value)
    except ValueError:
        known = " or ".join(f"`{each.value}`" for each in kind)
        raise UsageError(f"{quote(str(value))} is not a known {what}", help=f"use {known}") from None


def write_scripts(question: Exported, ask: Ask, file: PathName | None) -> None:
    """Write `question` as SMT-LIB to `file`, if given. Raises UsageError where it cannot be said, or written."""
    if file is not None:
        from verifier.questions.answer import write_question  # noqa: PLC0415 - rarely asked for

        write_question(question, ask, os.fspath(file))
