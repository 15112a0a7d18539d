"""Policies of resources that name somebody who cannot be told, such as a `CanonicalUser`: bounds of what they say.

    untold(document, question)     why it cannot be told whom it names, in statements about what is asked
    told_at_least, told_at_most    documents that allow no more, and no less, than it does

Whoever can under the one can, and whoever cannot under the other cannot. A canonical user id is that of an account (IAM
User Guide, *AWS JSON policy elements: Principal*): which one is not known. A `Service` is nobody who has policies.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from verifier.base.errors import Unsupported
from verifier.base.source import Source
from verifier.clouds.aws.account.held import AccountDocument
from verifier.clouds.aws.policy.syntax import PrincipalEntry, Statement
from verifier.clouds.aws.principals.named import named_principal
from verifier.clouds.aws.principals.principal import EVERYONE
from verifier.clouds.aws.who.question import AccessQuestion
from verifier.logic.actions import Effect

# As the unique id of a deleted user (rule 33).
_NOBODY = "AIDANOBODY0000000000"
_Element = tuple[str, object]


def untold(document: AccountDocument, question: AccessQuestion) -> str | None:
    """Return the reason; None where it can be told. The document is not broken."""
    return next((why for _, why in _statements(document, question)), None)


def told_at_least(document: AccountDocument, question: AccessQuestion) -> AccountDocument:
    """Return a document that allows nobody anything that `document` does not, as to `question`."""

    def element(statement: Statement) -> _Element:
        assert statement.principals is not None
        known = [entry for entry in statement.principals.entries if not _why(entry)]
        if statement.effect is Effect.DENY and not statement.principals.negated:
            return "Principal", EVERYONE
        if statement.principals.negated:
            return ("NotPrincipal", _written(known)) if statement.effect is Effect.DENY else ("Principal", _written(()))
        return "Principal", _written(known)

    return _changed(document, question, element)


def told_at_most(document: AccountDocument, question: AccessQuestion, accounts: Collection[str]) -> AccountDocument:
    """Return a document that allows users, roles and root users of `accounts` all that `document` does, as to
    `question`.
    """

    def element(statement: Statement) -> _Element:
        assert statement.principals is not None
        known = [entry for entry in statement.principals.entries if not _why(entry)]
        if statement.effect is Effect.DENY:
            return "Principal", _written(() if statement.principals.negated else known)
        if statement.principals.negated:
            return ("NotPrincipal", _written(known)) if known else ("Principal", EVERYONE)
        others = [entry for entry in statement.principals.entries if _why(entry)]
        if any(entry.type not in ("CanonicalUser", "Service") for entry in others):
            return "Principal", EVERYONE
        named = accounts if any(entry.type == "CanonicalUser" for entry in others) else ()
        return "Principal", _written(known, named)

    return _changed(document, question, element)


def without_untold(document: AccountDocument, question: AccessQuestion) -> AccountDocument:
    """Return `document` with nobody in the place of principals that cannot be told, in statements about other actions
    than those of `question`, where it does not matter whom they name.
    """
    assert document.policy is not None
    apart = [one for one in document.policy.statements if not question.is_about(one.actions) and _untold_in(one)]
    return _with(document, ((one, ("Principal", _written(()))) for one in apart)) if apart else document


def _changed(
    document: AccountDocument, question: AccessQuestion, element: Callable[[Statement], _Element]
) -> AccountDocument:
    changed = [(statement, element(statement)) for statement, _ in _statements(document, question)]
    return _with(document, changed) if changed else document


def _with(document: AccountDocument, changed: Iterable[tuple[Statement, _Element]]) -> AccountDocument:
    """Return `document` with other principals in some statements."""
    told = json.loads(document.text)
    statements = told["Statement"] if isinstance(told["Statement"], list) else [told["Statement"]]
    for statement, (name, value) in changed:
        statements[statement.index].pop("NotPrincipal", None)
        statements[statement.index].pop("Principal", None)
        statements[statement.index][name] = value
    return AccountDocument(document.type, None, Source(document.file.name, json.dumps(told), stand_in=True))


def _statements(document: AccountDocument, question: AccessQuestion) -> Iterator[tuple[Statement, str]]:
    """Yield the statements about what is asked that name somebody who cannot be told, with the reason."""
    assert document.policy is not None
    for statement in document.policy.statements:
        why = _untold_in(statement) if question.is_about(statement.actions) else None
        if why is not None:
            yield statement, why


def _untold_in(statement: Statement) -> str | None:
    entries = statement.principals.entries if statement.principals else ()
    return next(filter(None, map(_why, entries)), None)


def _why(entry: PrincipalEntry) -> str | None:
    """Return why it cannot be told whom an entry names."""
    try:
        named_principal(entry)
    except Unsupported as why:
        return str(why)
    return None


def _written(entries: Iterable[PrincipalEntry], accounts: Collection[str] = ()) -> object:
    """Return the element that names `entries` and `accounts`; one that names nobody where there are none."""
    found: dict[str, list[Any]] = {}
    for entry in entries:
        if entry.type is None:
            return EVERYONE
        found.setdefault(entry.type, []).append(entry.text)
    found.setdefault("AWS", []).extend(accounts)
    return {type_: names for type_, names in found.items() if names} or {"AWS": [_NOBODY]}
