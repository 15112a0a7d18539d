"""The facts about requests: which could happen, by the catalogue of AWS's actions (semantics.md, rule 4).

    facts_of("s3:GetObject")      what the catalogue says of one action; None if AWS has no such action
    broken(request)               the facts that a request breaks, as sentences; none if it could happen
    about_keys, about_resource    the same facts as formulas, to be asked together with a question's

    the action        is one that the catalogue knows
    the resource      is an ARN of a type that the action takes (`arn_form.py`); `*` if it takes none, or needs none;
                      if it takes none, any ARN too: AWS asks some of those actions on ARNs, and no table says which
    the keys          are those of the action, of its resource types, and those of every request (`global_keys.py`)
    the network       shows as `aws:SourceIp` or as a VPC endpoint, not as both
    some keys         are in every request, so that no request depends on their absence
    some values       have a form: an account, a region, the id of an organization, ... (`key_forms.py`)
    some keys         are derived from each other, or hold the same (`ties.py`)

How many values a key holds, and their type, is not a fact here but rule 3: the catalogue is wrong about some, so its
types and arities only choose what is shown.

An action may be asked on resources of several forms. Each gives a formula of its own, so that the questions stay
conjunctions: a request fits iff what is said of the keys holds, and of the resource one of these. The formulas mention
only the keys that a question mentions, because no other can make a difference to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache, partial

from verifier.base.dataclass import dataclass
from verifier.base.errors import quote
from verifier.base.memo import cached_property
from verifier.clouds.aws.catalogue.actions import Action, ResourceType, actions, find_action, resource_types
from verifier.clouds.aws.catalogue.keys import known_keys
from verifier.clouds.aws.catalogue.tables import origin
from verifier.clouds.aws.compile.domains import ANY_RESOURCE
from verifier.clouds.aws.world.arn_form import ArnForm
from verifier.clouds.aws.world.arn_parts import ANY_ARN
from verifier.clouds.aws.world.examples import arn_like, resource_like
from verifier.clouds.aws.world.global_keys import ALWAYS_PRESENT, PRIVATE, PUBLIC, SENT_TOO, is_global
from verifier.clouds.aws.world.key_forms import misses
from verifier.clouds.aws.world.ties import formulas, loose_ends
from verifier.logic.formula import (
    FALSE,
    RESOURCE,
    Atom,
    Element,
    Exists,
    Formula,
    Many,
    MatchesTemplate,
    Member,
    Present,
    Some,
    StringTerm,
    all_of,
    atoms,
    map_atoms,
    negate,
)
from verifier.logic.request import Request
from verifier.strings.languages import Glob
from verifier.strings.shape import Shape
from verifier.strings.values import Key

_ANY = "*"
_MOST_ACTIONS = 8_192
_SENDING_MORE = frozenset(action.partition(":")[0] for action in SENT_TOO)


@dataclass(frozen=True, eq=False)
class Facts:
    """What the catalogue says of `action`: `types` are the resource types that it takes."""

    action: Action
    types: tuple[ResourceType, ...]

    @cached_property
    def forms(self) -> tuple[ArnForm, ...]:
        """The ARN formats of its resource types: those that it needs first, and the simplest of them."""
        needed = {use.name for use in self.action.resource_types if use.required}
        ranked = sorted(self.types, key=lambda one: (one.name not in needed, min(map(_intricacy, one.arns))))
        return tuple(dict.fromkeys(ArnForm.of(arn) for one in ranked for arn in sorted(one.arns, key=_intricacy)))

    @property
    def any_resource(self) -> bool:
        """Whether it may be asked on `*`: it takes no resource type, or needs none."""
        return not self.forms or not any(use.required for use in self.action.resource_types)

    @property
    def any_arn(self) -> bool:
        """Whether it may be asked on any ARN: it takes no resource type."""
        return not self.forms

    def takes(self, resource: str) -> bool:
        """Whether it may be asked on `resource`."""
        if resource == _ANY:
            return self.any_resource
        return ANY_ARN.matches(resource) if self.any_arn else any(form.matches(resource) for form in self.forms)

    @cached_property
    def listed(self) -> tuple[frozenset[str], tuple[tuple[str, str], ...]]:
        """The keys of the action and its resource types in lower case: whole names, and what stands around `${...}`."""
        names = {*self.action.condition_keys, *(key for one in self.types for key in one.condition_keys)}
        exact = frozenset(name.lower() for name in names if "${" not in name)
        open_names = sorted(name.lower() for name in names if "${" in name)
        return exact, tuple((name.partition("${")[0], name.rpartition("}")[2]) for name in open_names)

    def carries(self, key: Key) -> bool:
        """Whether a request for it may carry `key`; every request can have who asks, which is kept as a hidden key.

        A key of its service that the catalogue knows and lists for no action and no resource type may be in any request
        for the service.
        """
        folded = key.folded
        exact, around = self.listed
        if key.is_hidden or folded in exact or is_global(folded) or any(_between(folded, *ends) for ends in around):
            return True
        service = self.action.service
        return folded.startswith(f"{service}:") and (
            folded in _unlisted(service) or folded in SENT_TOO.get(str(self.action), ())
        )


def facts_of(action: str) -> Facts | None:
    """Return the facts about the action written `service:Name`, in any case; None if AWS has no such action."""
    return _facts(action.lower())


@lru_cache(maxsize=_MOST_ACTIONS)
def _facts(action: str) -> Facts | None:
    found = find_action(action)
    return None if found is None else facts_about(found)


def facts_about(action: Action) -> Facts:
    """Return the facts about an action of the catalogue."""
    types = _types(action.service)
    return Facts(action, tuple(types[use.name] for use in action.resource_types if use.name in types))


def like(action: Action) -> object:
    """Return what the facts about an action depend on: those of two actions with the same say the same."""
    sent = SENT_TOO.get(str(action), ()) if action.service in _SENDING_MORE else ()
    return action.service, action.fields[:2], sent


@cache
def _types(service: str) -> dict[str, ResourceType]:
    return {one.name: one for one in resource_types(service)}


@cache
def _unlisted(service: str) -> frozenset[str]:
    """The keys of `service` that the catalogue knows, and does not list for any of its actions and resource types."""
    listed = {key.lower() for action in actions(service) for key in action.condition_keys}
    listed |= {key.lower() for type_ in resource_types(service) for key in type_.condition_keys}
    known = {name.lower() for name in known_keys()}
    return frozenset(name for name in known - listed if name.startswith(f"{service}:"))


def broken(request: Request, absent: Iterable[Key] = ()) -> tuple[str, ...]:
    """Return the facts that `request` breaks, as sentences.

    `absent` are keys of every request, or of every one like it, on whose absence `request` depends; that it leaves out
    others says nothing, since a context holds only what must be present.
    """
    found: list[str] = []
    facts = facts_of(request.action)
    if facts is None:
        found.append(f"AWS has no action {quote(request.action)}")
    else:
        if not facts.takes(request.resource):
            found.append(f"`{facts.action}` does not support the resource {quote(request.resource)}")
        found += [
            f"`{facts.action}` does not support {quote(key.name)}" for key in request.context if not facts.carries(key)
        ]
    if PUBLIC in request.context:
        found += [
            f"no request carries both `{PUBLIC}` and {quote(key.name)}" for key in PRIVATE if key in request.context
        ]
    formed = ((key, misses(key, value)) for key, value in request.context.items())
    found += [f"each value of {quote(key.name)} is {words}" for key, words in formed if words]
    found += loose_ends(request.context)
    found += [_missing(key) for key in absent]
    return tuple(found)


def _missing(key: Key) -> str:
    return (
        f"every request carries {quote(key.name)}"
        if key in ALWAYS_PRESENT
        else f"such a request carries {quote(key.name)}"
    )


def facts_used() -> tuple[str, ...]:
    """Return the facts that narrow a question to the requests that could happen, and the catalogue's date."""
    return (f"the world of AWS's {origin()}", *(f"world: {fact}" for fact in _FACTS))


_FACTS = (
    "the action is in the catalogue",
    "the resource is an ARN of a type that the action supports, `*` if it needs none, any ARN if it supports none",
    "a region in an ARN belongs to its partition, and an account is twelve digits or `aws`",
    "names in ARNs contain no colon and no slash where AWS documents it (buckets, queues, clusters, ids of EC2, ...)",
    "accounts, regions, organizations, VPCs, principals and user names in `aws:` keys have the form of AWS",
    "the keys are those of the action and its resource types, and those of every request and session",
    "a key that the catalogue does not know, of `aws:` or of a service, may be in any request, except tags",
    "no request carries both aws:SourceIp and the keys of a VPC endpoint",
    "every request is signed, and carries the keys that AWS puts in all signed requests",
    "the keys about MFA, time, calling services and the principal agree with each other",
    "a service's key for a resource tag, such as ec2:ResourceTag/k, has the value of aws:ResourceTag/k",
)


def _intricacy(arn: str) -> tuple[int, int]:
    return arn.count("${"), len(arn)


def _between(folded: str, before: str, after: str) -> bool:
    return len(folded) > len(before) + len(after) and folded.startswith(before) and folded.endswith(after)


def about_keys(facts: Facts, mentioned: Iterable[Key]) -> Formula:
    """Return what holds of the keys of every request that could happen for the action of `facts`.

    `mentioned` are the keys that the question mentions.
    """
    return AboutKeys(mentioned).of(facts)


class AboutKeys:
    """`about_keys` for one question and many actions: those that carry the same keys of it share a formula."""

    def __init__(self, mentioned: Iterable[Key]) -> None:
        """Begin with the keys that the question mentions."""
        self._keys = sorted(set(mentioned))
        self._known: dict[tuple[Key, ...], Formula] = {}

    def of(self, facts: Facts) -> Formula:
        """Return what holds of these keys in every request for the action of `facts`."""
        carried = tuple(filter(facts.carries, self._keys))
        found = self._known.get(carried)
        if found is None:
            found = self._known[carried] = all_of(_about_keys(carried, self._keys))
        return found


def about_resource(facts: Facts) -> Iterator[Formula]:
    """Yield formulas. In every request that could happen for the action, the resource satisfies one of them."""
    yield from map(of_form, facts.forms)
    if facts.any_resource:
        yield Member(RESOURCE, ANY_RESOURCE)
    if facts.any_arn:
        yield OF_ANY_ARN


OF_ANY_ARN = Member(RESOURCE, Shape(ANY_ARN.pieces, arn_like))


@lru_cache(maxsize=4096)
def of_form(form: ArnForm) -> Formula:
    """Return the formula that the resource is an ARN of `form`: a pattern, as far as one can say it, and the rest."""
    return all_of((Member(RESOURCE, form.language), Member(RESOURCE, Shape(form.pieces, partial(resource_like, form)))))


def read_under(formula: Formula, form: ArnForm) -> Formula:
    """Return `formula` as it reads on resources of `form`: without the patterns that plainly match no such resource."""

    def read(atom: Atom) -> Formula:
        match atom:
            case Member(text, Glob(ignores_case=False) as language) if text == RESOURCE:
                return FALSE if _begins_elsewhere(language.head, form) or form.is_apart(language) else atom
            case MatchesTemplate(text, parts, ignores_case=False) if (
                text == RESOURCE and parts and isinstance(parts[0], str)
            ):
                return FALSE if _begins_elsewhere(parts[0], form) else atom
            case _:
                return atom

    return map_atoms(formula, read)


def _begins_elsewhere(head: str, form: ArnForm) -> bool:
    whole = head.split(":")[:-1]  # the last one may go on
    return any(whole[place] != fixed for place, fixed in form.fixed if place < len(whole))


def _about_keys(carried: Sequence[Key], keys: Sequence[Key]) -> Iterator[Formula]:
    yield from (negate(Present(key)) for key in keys if key not in carried)
    yield from (Present(key) for key in ALWAYS_PRESENT if key in keys)
    yield from formulas(carried)
    if PUBLIC in keys:
        yield from (negate(all_of((Present(PUBLIC), Present(key)))) for key in PRIVATE if key in keys)


def mentioned(formula: Formula) -> tuple[frozenset[Key], bool]:
    """Return the keys that `formula` mentions, each as it is spelled first, and whether it mentions the resource."""
    keys: dict[Key, None] = {}
    texts: dict[
        StringTerm, None
    ] = {}  # no sets: their order, and so the spelling, would be another one in each process
    for atom in atoms(formula):
        match atom:
            case Present(key) | Many(key):
                keys.setdefault(key)
            case Exists(element):
                keys.setdefault(element.key)
            case Some(key, test):
                for each in (key, *mentioned(test)[0]):
                    keys.setdefault(each)
            case MatchesTemplate(text):
                texts.setdefault(text)
                for each in atom.keys:
                    keys.setdefault(each)
            case Member(text):
                texts.setdefault(text)
    for text in texts:
        if isinstance(text, Element):
            keys.setdefault(text.key)
    return frozenset(keys), RESOURCE in texts
