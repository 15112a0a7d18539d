"""What a condition key may hold: its type, and whether it can hold several values (semantics.md, rule 3).

    documented_facts(name)    what a page of AWS says of that very key; every question may take it for granted
    key_facts(name)           what the generated catalogue says, which is wrong about some keys; it chooses among
                              counterexamples, and narrows no question

Sources: `data/documented.tsv`, kept by hand, each row with its page; `data/keys.tsv`, that is the service authorization
reference joined with it. Guarantees: where sources disagree or are doubtful `keys.tsv` makes the weaker claim (a
string, a list); a key that is not in a table has no facts there and may hold anything. Reads no other table.
"""

from __future__ import annotations

import enum
from functools import cache, lru_cache

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.catalogue.tables import flat_rows

_DOCUMENTED = "documented.tsv"
_GENERATED = "keys.tsv"
_VARIABLE_START = "${"
_VARIABLE_END = "}"


class KeyType(enum.Enum):
    """The type of each value of a key; the operators of the same name read it (semantics.md, rules 20 to 23)."""

    STRING = "string"
    NUMERIC = "numeric"
    DATE = "date"
    BOOL = "bool"
    ADDRESS = "address"
    ARN = "arn"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What is known of a key: the `type` of every value; `multivalued` iff a request may hold a list of two or more."""

    type: KeyType
    multivalued: bool


@dataclass(frozen=True, slots=True)
class _Template:
    """A key with a variable part, `before` + one or more characters + `after`, in lower case."""

    before: str
    after: str
    facts: KeyFacts

    def matches(self, folded: str) -> bool:
        room = len(folded) - len(self.before) - len(self.after)
        return room > 0 and folded.startswith(self.before) and folded.endswith(self.after)


@dataclass(frozen=True, slots=True)
class _Table:
    """The table's names, and its templates by their first `width` letters, which stand before any variable part."""

    exact: dict[str, KeyFacts]
    width: int
    templates: dict[str, list[_Template]]

    def fitting(self, folded: str) -> list[_Template]:
        """Return the templates that `folded`, in lower case, matches."""
        return [one for one in self.templates.get(folded[: self.width], ()) if one.matches(folded)]


@lru_cache(maxsize=4096)
def documented_facts(name: str) -> KeyFacts | None:
    """Return what a page of AWS says of the key called `name`, in any case; None where the list has no such page.

    Source: `data/documented.tsv`, which names the pages. Templates are found as by `key_facts`.
    """
    return _facts(_DOCUMENTED, name)


@lru_cache(maxsize=4096)
def key_facts(name: str) -> KeyFacts | None:
    """Return the facts of the key called `name`, in any case; None for a key that the catalogue does not know.

    `aws:RequestTag/team` is found under `aws:RequestTag/${TagKey}`. A name in the table itself goes before a template;
    where several templates match, the answer is the weakest, which covers them all.
    """
    return _facts(_GENERATED, name)


def _facts(file: str, name: str) -> KeyFacts | None:
    folded = name.lower()
    table = _table(file)
    if folded in table.exact:
        return table.exact[folded]
    found = [template.facts for template in table.fitting(folded)]
    if not found:
        return None
    types = {facts.type for facts in found}
    return KeyFacts(types.pop() if len(types) == 1 else KeyType.STRING, any(facts.multivalued for facts in found))


def known_keys() -> tuple[str, ...]:
    """Return the names in the table, sorted without regard to case; a variable part is written `${...}`."""
    return tuple(row[0] for row in flat_rows(_GENERATED, 3))


@cache
def _table(file: str) -> _Table:
    facts = {
        (kind.value, arity): KeyFacts(kind, arity == "many") for kind in KeyType for arity in ("one", "many")
    }  # one object for each of the few kinds of facts
    exact: dict[str, KeyFacts] = {}
    templates: list[_Template] = []
    for name, kind, arity, *_ in flat_rows(file, 3):
        folded = name.lower()
        if _VARIABLE_START in folded:
            before, rest = folded.split(_VARIABLE_START, 1)
            templates.append(_Template(before, rest.split(_VARIABLE_END, 1)[1], facts[kind, arity]))
        else:
            exact[folded] = facts[kind, arity]
    width = min((len(template.before) for template in templates), default=0)
    shelved: dict[str, list[_Template]] = {}
    for template in templates:
        shelved.setdefault(template.before[:width], []).append(template)
    return _Table(exact, width, shelved)
