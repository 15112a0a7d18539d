"""Every combination of conditions that makes a difference for a document, each asked once.

    leaves(ask, ...)     what `ask` finds under each combination that there can be
    variants(found)      the different ones of them, each with the conditions that tell it from the others

`ask` is run with a resolver; where it meets a condition that is not chosen, both choices are tried, as long as some
values of the parameters bring them about. Over a limit, conditions are no longer told apart: what depends on them is
unknown (`Resolver.blind`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field

from verifier.base.dataclass import dataclass
from verifier.sources.cloudformation.conditions import Conditions
from verifier.sources.cloudformation.references import References
from verifier.sources.cloudformation.resolver import Resolver, Undetermined
from verifier.sources.cloudformation.shapes import called
from verifier.sources.cloudformation.template import ReadTemplate
from verifier.sources.values import Value

MOST_COMBINATIONS = 64


@dataclass(frozen=True)
class Leaf:
    """What was found under one combination: the conditions that could have been otherwise, and the value.

    `blind`: there were too many combinations, and it stands for all of them.
    """

    asked: Mapping[str, bool]
    value: Value
    blind: bool = False


@dataclass(frozen=True)
class Scene:
    """What a resolver is made of; `digests` are those of conditions that were asked for (`decided.py`)."""

    template: ReadTemplate
    conditions: Conditions
    references: References
    digests: dict[frozenset[str], str] = field(default_factory=dict, compare=False, repr=False)

    def resolver(self, choices: Mapping[str, bool], *, blind: bool = False) -> Resolver:
        """Return a resolver under `choices`."""
        return Resolver(self.template, self.conditions, self.references, choices, blind=blind)


def leaves(ask: Callable[[Resolver], Value | None], scene: Scene) -> Sequence[Leaf]:
    """Return what `ask` finds under each combination; where it finds nothing, nothing is returned."""
    found: list[Leaf] = []
    tried = 0
    waiting: list[dict[str, bool]] = [{}]
    while waiting:
        choices = waiting.pop()
        tried += 1
        scene.template.budget.tries -= 1
        if tried > 2 * MOST_COMBINATIONS or (scene.template.budget.tries < 0 and tried > 1):
            resolver = scene.resolver({}, blind=True)
            value = ask(resolver)
            return () if value is None else (Leaf({}, value, blind=True),)
        resolver = scene.resolver(choices)
        try:
            value = ask(resolver)
        except Undetermined as question:
            waiting += [{**choices, question.name: chosen} for chosen in (False, True)]
            continue
        if value is not None:
            found.append(Leaf(choices, value))
    return found


def variants(found: Sequence[Leaf]) -> Iterator[tuple[str, Value]]:
    """Yield each different value with what tells it apart: `` where there is one, `?IsProd,!HasKey` otherwise."""
    if len(found) == 1 or len({called(leaf.value) for leaf in found}) == 1:
        yield "", found[0].value
        return
    told = [name for name in dict.fromkeys(name for leaf in found for name in leaf.asked) if _differs(name, found)]
    seen: set[tuple[str, str]] = set()
    for leaf in found:
        chosen = [f"{'' if leaf.asked[name] else '!'}{name}" for name in told if name in leaf.asked]
        label = f"?{','.join(chosen)}" if chosen else ""
        key = (label, called(leaf.value))
        if key not in seen:
            seen.add(key)
            yield label, leaf.value


def _differs(name: str, found: Sequence[Leaf]) -> bool:
    return len({leaf.asked.get(name) for leaf in found}) > 1
