"""What decides in a template, as a text that another version of it has too where it decides the same.

    decided_by(found, scene, name)    what decides whether something is there, and what it is; empty where nothing does
    written_digest(values, scene)     values as they are written, with all that they mention
    unknown_digest(name, value)       what may give an unknown part its value
    words_of(value)                   the words in the texts of a value
    sections_digest(value)            all that gives a value in a template, or decides, besides its resources

Two versions of a template can have one condition by name that holds in other cases. So what is compared is how a
condition is defined, with all that it mentions. Names are found as words in texts: one too many only makes more differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from fractions import Fraction

from verifier.base.errors import UsageError
from verifier.base.regex import regex
from verifier.sources.cloudformation.combinations import Leaf, Scene
from verifier.sources.cloudformation.shapes import called, digest_of
from verifier.sources.values import ListValue, ObjectValue, TextValue, Value, text_of, under

_DEFINE = ("Parameters", "Mappings", "Conditions")
_SECTIONS = (*_DEFINE, "Globals", "Transform")
_MADE_ELSEWHERE = (
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::Stack",
    "AWS::Serverless::Application",
)
# Names that do not tell all that they are made of: long ones, and those of what is not followed or stands somewhere.
_NOT_TOLD = ("... (", " in line ", " of ", ", which ", "Transform ")
_WORD = regex(r"\w+")


def decided_by(found: Sequence[Leaf], scene: Scene, name: str) -> str:
    """Return what decides whether what is called `name` is there, and what it is. `found` is all that it can be."""
    value = scene.template.value
    if any(leaf.blind for leaf in found):
        return f"{name}, {sections_digest(value)}"
    asked = frozenset(each for leaf in found for each in leaf.asked)
    # Each condition is asked both ways, so what n of them lead to is one part in 2^n of all that there can be.
    is_always = sum(Fraction(1, 2 ** len(leaf.asked)) for leaf in found) == 1
    if not asked or (is_always and len({called(leaf.value) for leaf in found}) == 1):
        return ""
    cases = sorted(sorted(f"{'' if chosen else '!'}{each}" for each, chosen in leaf.asked.items()) for leaf in found)
    if asked not in scene.digests:
        scene.digests[asked] = _definitions(value, asked)
    return f"{' or '.join(map(' '.join, cases))}, {scene.digests[asked]}"


def written_digest(values: Sequence[Value | None], scene: Scene) -> str:
    """Return what tells values apart from others, as they are written, with all that they mention; empty for none."""
    if all(each is None for each in values):
        return ""
    try:
        words = {word for each in values for word in words_of(each)}
    except UsageError:
        words = set()
    return f"{digest_of(*values)} {_definitions(scene.template.value, words, of_conditions=False)}"


def unknown_digest(name: str, value: Value) -> str:
    """Return what tells an unknown part apart from one of that name in another version: all that may give it a value.

    That is what its name mentions, and what that mentions; of a resource only where what is elsewhere makes its values.
    """
    if any(each in name for each in _NOT_TOLD):
        return sections_digest(value)
    words = set(_WORD.findall(name))
    makers = [each for word in sorted(words) if _is_made_elsewhere(each := under(value, "Resources", word))]
    try:
        more = {word for each in makers for word in words_of(each)}
    except UsageError:
        return sections_digest(value)
    general = digest_of(under(value, "Globals"), *makers)
    return f"{general} {_definitions(value, words | more, of_conditions=False)}"


def _is_made_elsewhere(resource: Value | None) -> bool:
    type_ = text_of(under(resource, "Type")) or ""
    return resource is not None and (type_ in _MADE_ELSEWHERE or not type_.startswith("AWS::"))


def sections_digest(value: Value) -> str:
    """Return what tells the sections of a template apart from those of another one."""
    return digest_of(*(under(value, name) for name in _SECTIONS))


def _definitions(value: Value, names: Set[str], *, of_conditions: bool = True) -> str:
    """Return what tells the definitions of conditions apart from others, with all that these mention."""
    sections = {name: under(value, name) for name in _DEFINE}
    if of_conditions and any(under(sections["Conditions"], name) is None for name in names):  # a loop makes it
        return sections_digest(value)
    waiting, found = sorted(names), dict[str, list[Value | None]]()
    try:
        while waiting:
            word = waiting.pop()
            if word not in found:
                found[word] = [under(section, word) for section in sections.values()]
                waiting += [each for one in found[word] for each in words_of(one)]
    except UsageError:  # some of it is read by nobody, and cannot be
        return sections_digest(value)
    return digest_of(under(value, "Transform"), *(one for word in sorted(found) for one in found[word]))


def words_of(value: Value | None) -> Iterator[str]:
    """Yield the words in the texts of a value. Raises UsageError for a value that cannot be read."""
    match value:
        case ObjectValue():
            for name, held in value.pairs:
                yield from words_of(name)
                yield from words_of(held)
        case ListValue():
            for each in value.values:
                yield from words_of(each)
        case TextValue():
            yield from _WORD.findall(value.known or "")
        case _:
            pass
