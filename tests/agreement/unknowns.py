"""Documents with unknown parts, against the same documents with values put in: what `sources/settled.py` promises.

    holed_pairs()         two documents with holes, and what could stand in the holes
    disagreements(...)    what an answer about the holes contradicts, once values stand in them

Two promises. Whatever the unknown values are, for each request some choice of the points gives both documents the
answer that they give with the values put in. And what is proved of the documents with holes holds of those with values.
A hole is `{"hole": name}`, for a value of any shape, or `⟦name⟧` within a text.
"""

from __future__ import annotations

import copy
import itertools
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.agreement.questions import Tally
from tests.strategies import Json, crossed, documents, mentioned, parsed, requests, varied, worlds
from verifier import Contained, Decision, Escapes, Granted, Missing, Undecided
from verifier.base.errors import InputError
from verifier.base.source import Source, Span
from verifier.clouds.aws.compile.touched import touched
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.evaluate.evaluate import allows, decide, denies
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.request import Request
from verifier.logic.readings import USUAL, Reading
from verifier.questions.ask import Ask
from verifier.questions.needs import prove_needs
from verifier.questions.prove import prove
from verifier.questions.question import NeedsQuestion, ProveQuestion
from verifier.questions.verdict import Fit, NeedsVerdict
from verifier.sources.document import document_source
from verifier.sources.values import (
    AnyValue,
    Scalar,
    TextValue,
    Unresolved,
    Value,
    list_value,
    object_value,
    text_value,
)

ASK = Ask(seconds=2)
_PLACE = Span(1, 1, 1, 2)
_PART = re.compile("⟦(.*?)⟧")
_MOST_HOLES = 3
_OTHER_VERSION = 0.15
_NAMED_AS_A_KEY = 0.2  # a hole that looks as a variable does
_MOST_POINTS = 8
FULL = parsed({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
_WILD = ("*", "", "?", "arn:aws:s3:::*", "s3:Get*", "s3:*", "a", "true", "*:*", "${aws:username}")


@dataclass(frozen=True)
class Holed:
    """Two documents with holes, some values for each hole, the first of which is from where the hole was cut."""

    policy: Json
    maximum: Json
    fills: Mapping[str, tuple[Any, ...]]
    requests: tuple[Request, ...]


@st.composite
def holed_pairs(draw: st.DrawFn, *, most: int = 2, requests_each: int = 12) -> Holed:
    """Two documents near each other, with up to a few holes in them."""
    world = draw(worlds(most_keys=2))
    one = draw(documents(world, most=most))
    other = draw(varied(world, one))
    near = mentioned([one, other], world)
    found = [draw(requests(world, near)) for _ in range(4)]
    seed = draw(st.integers(0, 2**32 - 1))
    chance = random.Random(seed)  # noqa: S311  # no secret
    if chance.random() < _OTHER_VERSION:
        with suppress(InputError):  # a variable in a Boolean is an error there
            older = other | {"Version": "2008-10-17"}
            parsed(older)
            other = older
    cutter = _Cutter(chance, [*world.keys])
    holed = [cutter.cut(document) for document in (one, other)]
    return Holed(holed[0], holed[1], cutter.fills(), tuple(crossed(found, requests_each, seed)))


class _Cutter:
    """Cuts holes; what was equal before is mostly the same hole."""

    def __init__(self, chance: random.Random, keys: list[str]) -> None:
        self.chance = chance
        self.keys = keys
        self.names: dict[str, str] = {}
        self.cut_out: dict[str, Any] = {}
        self.places: Counter[str] = Counter()

    def cut(self, document: Json) -> Json:
        """Return `document` with holes."""
        found = copy.deepcopy(document)
        for _ in range(self.chance.randint(0, _MOST_HOLES)):
            places = list(_places(found))
            if places:
                holder, key, kind = self.chance.choice(places)
                self._cut_at(holder, key, kind)
        return found

    def fills(self) -> dict[str, tuple[Any, ...]]:
        """Return what could stand in each hole."""
        whole = list(self.cut_out.values())
        return {
            name: (cut, *(self.chance.choice([*whole, *_WILD, cut]) for _ in range(5)))
            for name, cut in self.cut_out.items()
        }

    def _cut_at(self, holder: Any, key: Any, kind: str) -> None:
        if kind == "name":
            held = holder.pop(key)
            holder[f"⟦{self._name(key)}⟧"] = held
            return
        value = holder[key]
        if isinstance(value, str) and self.chance.random() < 0.6 and "⟦" not in value:
            start, end = sorted(self.chance.randint(0, len(value)) for _ in range(2))
            if all(map(_is_whole, (value[:start], value[start:end], value[end:]))):
                holder[key] = f"{value[:start]}⟦{self._name(value[start:end])}⟧{value[end:]}"
        elif "⟦" not in json.dumps(value, ensure_ascii=False) and "hole" not in json.dumps(value):
            holder[key] = {"hole": self._name(value)}

    def _name(self, value: Any) -> str:
        content = json.dumps(value, sort_keys=True)
        name = self.names.get(content)
        if name is None or self.chance.random() < 0.2:
            name = f"h{len(self.cut_out)}"
            if self.keys and self.chance.random() < _NAMED_AS_A_KEY:
                name = self.keys.pop(self.chance.randrange(len(self.keys)))
            self.names[content] = name
            self.cut_out[name] = value
        return name


def _is_whole(text: str) -> bool:
    """Whether `text` holds no half of a policy variable, as an answer assumes of what is unknown."""
    return not re.search(r"[${}]", re.sub(r"\$\{[^{}]*\}", "", text))


def _places(found: Any, within: str = "document") -> Iterator[tuple[Any, Any, str]]:
    """Yield where a hole may be: what holds it, under which key or number, and what it is."""
    if isinstance(found, dict):
        if "hole" in found:
            return
        for key, held in found.items():
            if within != "document" or key in ("Version", "Statement"):
                yield found, key, "value"
            if within in ("Condition", "operator"):
                yield found, key, "name"
            deeper = {"document": "statement", "statement": key, "Condition": "operator"}.get(within, "")
            yield from _places(held, deeper)
    elif isinstance(found, list):
        for number, held in enumerate(found):
            yield found, number, "value"
            yield from _places(held, within)


def as_value(found: Any) -> Value:
    """Return a document with holes as a reader of templates would."""
    match found:
        case {"hole": str(name)}:
            return AnyValue(Unresolved(name), _PLACE)
        case dict():
            return object_value([(_text(name), as_value(held)) for name, held in found.items()], _PLACE)
        case list():
            return list_value([as_value(each) for each in found], _PLACE)
        case str():
            return _text(found)
        case _:
            return Scalar(json.dumps(found), _PLACE)


def _text(text: str) -> TextValue:
    parts = _PART.split(text)
    return text_value([Unresolved(part) if number % 2 else part for number, part in enumerate(parts)], _PLACE)


def with_holes(document: Json, name: str = "template") -> Policy:
    """Return the policy that a document with holes is."""
    return parse_source(document_source(as_value(document), Source(name, ""), scope=lambda _: "template"))


def filled(found: Any, fills: Mapping[str, Any]) -> Any:
    """Return a document with values in its holes; a value that is no text within a text is left out of it."""
    match found:
        case {"hole": str(name)}:
            return copy.deepcopy(fills[name])
        case dict():
            named = {_put_in(name, fills): filled(held, fills) for name, held in found.items()}
            if len(named) < len(found):
                raise InputError("an object with one name twice is no document")
            return named
        case list():
            return [filled(each, fills) for each in found]
        case str():
            return _put_in(found, fills)
        case _:
            return found


def _put_in(text: str, fills: Mapping[str, Any]) -> str:
    return _PART.sub(lambda hole: fills[hole[1]] if isinstance(fills[hole[1]], str) else "", text)


def instances(holed: Holed) -> Iterator[tuple[Policy, Policy]]:
    """Yield the documents with values in their holes, where those are documents then."""
    for number in range(6):
        fills = {name: values[number] for name, values in holed.fills.items()}
        try:
            yield parsed(filled(holed.policy, fills)), parsed(filled(holed.maximum, fills))
        except InputError:
            continue


def compare(holed: Holed, tally: Tally) -> None:
    """Note in `tally` what is contradicted."""
    policy, maximum = with_holes(holed.policy), with_holes(holed.maximum)
    tally.counts["questions"] += 1
    found = list(instances(holed))
    tally.counts["draws"] += len(found)
    if not (policy.unknown or maximum.unknown):
        choices = list(_choices(policy, maximum))
        for one, other in found:
            for request in holed.requests:
                tally.counts["requests"] += 1
                said = _said(one, other, request, USUAL)
                if choices and not any(_said(policy, maximum, request, choice) == said for choice in choices):
                    tally.contradictions.append(f"no choice of the points: {request} {holed}")
    verdict = _prove(policy, maximum)
    tally.counts[f"with holes {type(verdict).__name__}{' leaning' * _leans(verdict)}"] += 1
    needed = _needs(policy, maximum)
    for one, other in found:
        tally.contradictions += [f"{text}: {holed}" for text in _against(verdict, one, other, tally)]
        tally.contradictions += [f"{text}: {holed}" for text in _against_needs(needed, one, other)]


def _leans(verdict: Any) -> bool:
    return isinstance(verdict, Escapes) and bool(verdict.fit.leans)


def _against(verdict: Any, one: Policy, other: Policy, tally: Tally) -> Iterator[str]:
    match verdict:
        case Contained():
            instance = _prove(one, other)
            tally.counts[f"after a proof {type(instance).__name__}"] += 1
            if isinstance(instance, Escapes):
                yield f"proved for every value, and {instance.request} escapes"
        case Escapes(request=request, fit=Fit(leans=())):
            tally.counts["after a counterexample that does not lean"] += 1
            if not allows((one,), request) or allows((other,), request):
                yield f"{request} does not escape, and leans on nothing"
        case _:
            pass


def _needs(policy: Policy, needs: Policy) -> NeedsVerdict:
    return prove_needs(NeedsQuestion(Documents((FULL,), policy), needs), ASK)


def _against_needs(verdict: NeedsVerdict, one: Policy, other: Policy) -> Iterator[str]:
    match verdict:
        case Granted():
            instance = _needs(one, other)
            if isinstance(instance, Missing):
                yield f"granted for every value, and {instance.request} is missing"
        case Missing(request=request, fit=Fit(leans=())):
            if not allows((other,), request) or decide(Documents((FULL,), one), request, USUAL) is Decision.ALLOWED:
                yield f"{request} is not missing, and leans on nothing"
        case _:
            pass


def _prove(policy: Policy, maximum: Policy) -> Contained | Escapes | Undecided:
    return prove(ProveQuestion(Documents((policy,)), maximum), ASK)


def _choices(*policies: Policy) -> Iterator[Reading]:
    points = sorted(frozenset().union(*map(touched, policies)), key=lambda point: point.value)
    points = [point for point in points if point.is_unknown]
    if len(points) <= _MOST_POINTS:
        for size in range(len(points) + 1):
            yield from map(frozenset, itertools.combinations(points, size))


def _said(policy: Policy, maximum: Policy, request: Request, reading: Reading) -> tuple[bool, ...]:
    both = (policy,), (maximum,)
    return tuple(judge(each, request, reading) for each in both for judge in (allows, denies))
