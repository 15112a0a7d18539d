"""The questions as the package offers them: plain arguments in, verdicts out. `verifier/__init__.py` hands them on.

The questions themselves are defined in `verifier/questions/` and `verifier/semantics/evaluate.py`; what is added here
is the convenience of the call. Those modules, and the solver with them, are imported when a question is asked.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

from verifier.errors import UndecidedError, UsageError, quote
from verifier.policy.syntax import Policy
from verifier.questions.limits import Encoding, Limits
from verifier.questions.verdict import Difference, Verdict
from verifier.semantics.evaluate import Evaluation
from verifier.semantics.request import Request

EncodingName: TypeAlias = Encoding | Literal["fast", "strings"]
PathName: TypeAlias = str | os.PathLike[str]
Levels: TypeAlias = Iterable[Policy | Sequence[Policy]]
T = TypeVar("T")


def prove(  # noqa: PLR0913 - a call names up to six kinds of documents, and how to ask
    policies: Iterable[Policy],
    maximum: Policy,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
    *,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    smtlib: PathName | None = None,
) -> Verdict:
    """Return whether what the documents allow together lies within what `maximum` allows.

    Each item of `scps` is a level: a document or several. `timeout` is in seconds; `smtlib` is a file to which the
    question is also written, for another solver. Raises PolicyError for a document that does not suit its place,
    UsageError for an impossible option or where SMT-LIB cannot be written.
    """
    from verifier.questions.prove import prove as ask  # noqa: PLC0415 - the solver only where it is needed

    limits = limits_of(timeout, encoding)
    identity, levels, resource_side = _some(policies), levels_of(scps), tuple(rcps or ())
    verdict = ask(
        policies=identity,
        maximum=maximum,
        boundary=boundary,
        session=session,
        scps=levels,
        rcps=resource_side,
        limits=limits,
    )
    if smtlib is not None:
        from verifier.questions.export import export_prove  # noqa: PLC0415 - rarely asked for

        script = _exported(
            lambda: export_prove(
                policies=identity, maximum=maximum, boundary=boundary, session=session, scps=levels, rcps=resource_side
            )
        )
        _write(smtlib, script)
    return verdict


def diff(
    old: Policy,
    new: Policy,
    *,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    smtlib: PathName | None = None,
) -> Difference:
    """Return how what `new` allows stands to what `old` allows.

    `smtlib` takes the question whether something is gained; the same name with `.lost` behind it takes the other.
    Raises as `prove` does.
    """
    from verifier.questions.diff import diff as ask  # noqa: PLC0415 - the solver only where it is needed

    difference = ask(old, new, limits=limits_of(timeout, encoding))
    if smtlib is not None:
        from verifier.questions.export import export_diff  # noqa: PLC0415 - rarely asked for

        gained, lost = _exported(lambda: export_diff(old, new))
        _write(smtlib, gained)
        _write(f"{os.fspath(smtlib)}.lost", lost)
    return difference


def confine(
    document: Policy,
    services: Iterable[str],
    *,
    timeout: float = 10.0,
    encoding: EncodingName = "fast",
    smtlib: PathName | None = None,
) -> Verdict:
    """Return whether `document` allows nothing but actions of `services` (`s3`, ...). Raises as `prove` does."""
    from verifier.questions.confine import confine as ask  # noqa: PLC0415 - the solver only where it is needed

    if isinstance(services, str):
        raise UsageError(f"the services {quote(services)} are one text", mend="give a list of names")
    names = tuple(services)
    verdict = ask(document, names, limits=limits_of(timeout, encoding))
    if smtlib is not None:
        from verifier.questions.export import export_confine  # noqa: PLC0415 - rarely asked for

        _write(smtlib, _exported(lambda: export_confine(document, names)))
    return verdict


def evaluate(
    policies: Iterable[Policy],
    request: Request,
    boundary: Policy | None = None,
    session: Policy | None = None,
    scps: Levels | None = None,
    rcps: Iterable[Policy] | None = None,
) -> Evaluation:
    """Return what happens to `request`, with what became of every statement. Raises as `prove` does."""
    from verifier.semantics.documents import Documents  # noqa: PLC0415 - only where it is needed
    from verifier.semantics.evaluate import evaluate as ask  # noqa: PLC0415 - as above

    documents = Documents(_some(policies), boundary, session, levels_of(scps), tuple(rcps or ()))
    documents.check()
    return ask(documents, request)


def limits_of(timeout: float, encoding: EncodingName) -> Limits:
    """Return the limits of a call. Raises UsageError for a time that is none, or an encoding that there is not."""
    if not (math.isfinite(timeout) and timeout > 0):
        raise UsageError(f"the timeout {quote(str(timeout))} is no time", mend="give a number of seconds above zero")
    try:
        return Limits(seconds=timeout, encoding=Encoding(encoding))
    except ValueError:
        known = " or ".join(f"`{each.value}`" for each in Encoding)
        raise UsageError(f"there is no encoding {quote(str(encoding))}", mend=f"use {known}") from None


def levels_of(scps: Levels | None) -> tuple[tuple[Policy, ...], ...]:
    """Return the levels of SCPs as tuples; an item that is one document is a level by itself."""
    return tuple((level,) if isinstance(level, Policy) else tuple(level) for level in scps or ())


def _some(policies: Iterable[Policy]) -> tuple[Policy, ...]:
    found = tuple(policies)
    if not found:
        raise UsageError("there is no identity policy", mend="give one at least")
    return found


def _exported(make: Callable[[], T]) -> T:
    try:
        return make()
    except UndecidedError as why:
        message = f"the question cannot be written as SMT-LIB: {why}"
        raise UsageError(message, mend="ask without an SMT-LIB file") from None


def _write(path: PathName, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise UsageError(f"cannot write {quote(os.fspath(path))}: {reason.lower()}", mend="name another file") from None
