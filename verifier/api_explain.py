"""What there is to say of an answer, as the package offers it: why it is so, and all requests that it is about.

    explain       why an answer is what it is
    differences   all that is gained and lost, escapes or is missing, as regions

Both take the documents of a question whichever it was, by the names that the question's own function gives them
(`verifier/api.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from verifier.api import EncodingName, ReadingName, TypeName, WorldName, ask_of, type_of
from verifier.api_documents import Levels, documents_given
from verifier.base.errors import UsageError
from verifier.clouds.aws.policy.syntax import Policy
from verifier.questions.verdict import Difference, NeedsVerdict, Verdict

if TYPE_CHECKING:
    from verifier.explanations.explanation import Explanation
    from verifier.questions.question import ConfineQuestion, DiffQuestion, NeedsQuestion, ProveQuestion
    from verifier.regions.region import Regions


def explain(  # noqa: PLR0913 - the documents of the question, whichever it was
    answer: Verdict | NeedsVerdict | Difference,
    *,
    policies: Iterable[Policy] | None = None,
    maximum: Policy | None = None,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
    old: Policy | None = None,
    new: Policy | None = None,
    document: Policy | None = None,
    services: Iterable[str] | None = None,
    type: TypeName | None = None,  # noqa: A002 - as in `diff`
    needs: Policy | None = None,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    world: WorldName = "all",
    reading: ReadingName = "all",
) -> Explanation | None:
    """Return why `answer` is what it is, given what was asked: what `prove`, `diff`, `confine` or `prove_needs` was
    called with.

    It is None if the answer is undecided, or if the time did not suffice. For a counterexample it costs no proof; for a
    containment it takes up to `timeout` seconds. Raises UsageError where the documents are not those of a question, or
    the answer is not one to such a question.
    """
    from verifier.explanations.explain import explain as why  # noqa: PLC0415 - the solver only where it is needed

    question = _question(policies, maximum, (boundary, session, scps, rcps), old, new, document, services, type, needs)
    try:
        return why(question, answer, ask_of(timeout, encoding, world, reading))
    except ValueError as wrong:
        raise UsageError(str(wrong), help="pass the documents of the question") from None


def differences(  # noqa: PLR0913 - the documents of the question, whichever it is
    *,
    policies: Iterable[Policy] | None = None,
    maximum: Policy | None = None,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
    old: Policy | None = None,
    new: Policy | None = None,
    document: Policy | None = None,
    services: Iterable[str] | None = None,
    type: TypeName | None = None,  # noqa: A002 - as in `diff`
    needs: Policy | None = None,
    timeout: float = 10.0,
    world: WorldName = "all",
) -> Regions:
    """Return all that is gained and lost, escapes or is missing, as regions, given what `diff`, `prove`, `confine` or
    `prove_needs` is asked.

    They are proved to be all of them within `timeout` seconds, or `complete` is False. Of `world="aws"` those are left
    out in which nothing can happen. Raises UsageError where the documents are not those of a question, PolicyError for
    one that does not suit its place.
    """
    from verifier.regions.regions import regions_of  # noqa: PLC0415 - the solver only where it is needed

    question = _question(policies, maximum, (boundary, session, scps, rcps), old, new, document, services, type, needs)
    return regions_of(question, ask_of(timeout, "fast", world))


def _question(  # noqa: PLR0913, PLR0917 - the documents of the question, whichever it is
    policies: Iterable[Policy] | None,
    maximum: Policy | None,
    beside: tuple[Policy | None, Policy | None, Levels | None, Iterable[Policy] | None],
    old: Policy | None,
    new: Policy | None,
    document: Policy | None,
    services: Iterable[str] | None,
    told: TypeName | None,
    needs: Policy | None,
) -> ProveQuestion | NeedsQuestion | DiffQuestion | ConfineQuestion:
    from verifier.questions.question import (  # noqa: PLC0415 - as above
        ConfineQuestion,
        DiffQuestion,
        NeedsQuestion,
        ProveQuestion,
    )

    if policies is not None and needs is not None:
        return NeedsQuestion(documents_given(policies, *beside), needs)
    if policies is not None and maximum is not None:
        return ProveQuestion(documents_given(policies, *beside), maximum)
    if old is not None and new is not None:
        return DiffQuestion(old, new, type_of(told))
    if document is not None and services is not None:
        return ConfineQuestion(document, tuple(services), type_of(told))
    help = "pass `policies` and `maximum` or `needs`, `old` and `new`, or `document` and `services`"
    raise UsageError("no question given", help=help)
