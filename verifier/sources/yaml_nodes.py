"""The nodes of a YAML text, made from the events of PyYAML's parser within bounds.

An alias is the node that it names, again. Nothing is copied, but whoever walks the values would walk it once for each
alias, so what a node stands for is counted as it is made: a bomb, a nesting that is too deep, and an alias within what
it names are errors before anybody walks them. PyYAML's own composer has no such bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import Any

import yaml

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.grammar import span_at
from verifier.base.regex import regex
from verifier.base.source import Source, lone_surrogate

MOST_VALUES = 250_000
_MOST_DEEP = 100
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# `%TAG` gives tags other names, and a list of them costs the parser its square.
_DIRECTIVE = regex(r"^%(?!YAML[ \t]+1\.[12][ \t]*\r?$)", re.MULTILINE)


@dataclass(eq=False, slots=True)
class YamlNode:
    """A node, from one offset of the text to another.

    `tag` is what is written, or what YAML makes of a plain text. `children` are those of a list, or the names and
    values of an object in turn. `size` is how many values it stands for, `height` how deep it is.
    """

    kind: type[Any]
    tag: str
    begin: int
    end: int
    text: str = ""
    style: str = ""
    plain: bool = False
    anchor: str | None = None
    children: list[YamlNode] = field(default_factory=list)
    size: int = 1
    height: int = 1


def yaml_node(source: Source) -> YamlNode:
    """Return the one document that `source` holds. Raises UsageError."""
    _check_text(source)
    loader = _LOADER(source.text)
    try:
        with _told(source):
            return _Composer(source, loader).document()
    finally:
        loader.dispose()


def yaml_error(source: Source, message: str, place: int, help: str) -> UsageError:
    """Return the error at an offset of the text."""
    return UsageError(message, source=source, span=span_at(source.text, place), help=help)


def _check_text(source: Source) -> None:
    text = source.text
    if text.startswith("\ufeff"):
        raise yaml_error(source, "the text begins with two byte order marks", 0, "remove them")
    if found := lone_surrogate(text):
        message = f"the text contains the lone surrogate U+{ord(found[0]):04X}"
        raise yaml_error(source, message, found.start(), "remove it")
    directives = [found.start() for found in re.finditer(r"^%", text, re.MULTILINE)]
    if found := _DIRECTIVE.search(text):
        raise yaml_error(source, "a directive of YAML is not read", found.start(), "remove the line")
    if len(directives) > 1:
        raise yaml_error(source, "the text has several directives of YAML", directives[1], "keep one of them")


@contextmanager
def _told(source: Source) -> Iterator[None]:
    try:
        yield
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        place = min(mark.index, len(source.text)) if mark else 0
        reason = wrong.problem or wrong.context or "it cannot be read"
        help = "close what is open on this line or before it" if "expected ','" in reason else "correct it"
        raise yaml_error(source, f"the text is not YAML: {reason}", place, help) from None
    except yaml.reader.ReaderError as wrong:
        place = next((at for at, letter in enumerate(source.text) if not _is_yaml(letter)), 0)
        code = f"U+{ord(source.text[place]):04X}" if source.text else wrong.reason
        message = f"the text is not YAML: it contains the character {code}"
        raise yaml_error(source, message, place, "remove it") from None
    except (yaml.YAMLError, RecursionError, ValueError) as wrong:
        reason = "it is nested too deeply" if isinstance(wrong, RecursionError) else str(wrong).splitlines()[0]
        raise yaml_error(source, f"the text is not YAML: {reason}", 0, "correct it") from None


def _is_yaml(letter: str) -> bool:
    """Whether YAML has the character (YAML 1.1, 5.1)."""
    return letter in "\t\n\r\x85" or " " <= letter <= "~" or (letter >= "\xa0" and letter not in "\ufffe\uffff")


class _Composer:
    def __init__(self, source: Source, loader: Any) -> None:
        self._source = source
        self._loader = loader
        self._anchors: dict[str, YamlNode] = {}
        self._open: list[YamlNode] = []
        self._root: YamlNode | None = None

    def document(self) -> YamlNode:
        while self._loader.check_event():
            self._event(self._loader.get_event())
        if self._root is None:
            raise yaml_error(self._source, "the text is empty", 0, "write a JSON document")
        return self._root

    def _event(self, event: Any) -> None:
        place = event.start_mark.index
        match event:
            case yaml.DocumentStartEvent() if self._root is not None:
                message = "the text holds several YAML documents"
                raise yaml_error(self._source, message, place, "keep one of them in the file")
            case yaml.AliasEvent():
                self._alias(event.anchor, place)
            case yaml.ScalarEvent():
                tag = event.tag
                if tag is None or tag == "!":
                    tag = self._loader.resolve(yaml.ScalarNode, event.value, event.implicit)
                plain = not event.style and event.tag is None
                end, style = event.end_mark.index, event.style or ""
                self._add(YamlNode(yaml.ScalarNode, tag, place, end, str(event.value), style, plain), event.anchor)
            case yaml.SequenceStartEvent():
                self._begin(YamlNode(yaml.SequenceNode, event.tag or "", place, place), event)
            case yaml.MappingStartEvent():
                self._begin(YamlNode(yaml.MappingNode, event.tag or "", place, place), event)
            case yaml.CollectionEndEvent():
                node = self._open.pop()
                # A block ends where the next thing begins, whatever is between; its last value tells where it ends.
                node.end = event.end_mark.index if node.style else max(each.end for each in (node, *node.children[-1:]))
                self._placed(node)
            case _:
                pass

    def _begin(self, node: YamlNode, event: Any) -> None:
        node.style = "flow" if event.flow_style else ""
        node.anchor = event.anchor
        if event.anchor:
            self._anchors[event.anchor] = node
        self._open.append(node)
        if len(self._open) > _MOST_DEEP:
            self._too_deep(node.begin)

    def _add(self, node: YamlNode, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = node
        self._placed(node)

    def _alias(self, name: str, place: int) -> None:
        node = self._anchors.get(name)
        if node is None:
            raise yaml_error(self._source, f"nothing has the anchor {quote(name)}", place, "write the value out")
        if node in self._open:
            raise yaml_error(self._source, "an alias stands within what it names", place, "write it out")
        self._placed(node, place)

    def _placed(self, node: YamlNode, place: int | None = None) -> None:
        place = node.begin if place is None else place
        if not self._open:
            self._root = node
            return
        holder = self._open[-1]
        holder.children.append(node)
        holder.size += node.size
        holder.height = max(holder.height, node.height + 1)
        if len(self._open) + node.height > _MOST_DEEP:
            self._too_deep(place)
        if holder.size > MOST_VALUES:
            message = f"the text stands for more than {MOST_VALUES:,} values, with its aliases written out"
            raise yaml_error(self._source, message, place, "write fewer values, or fewer aliases")

    def _too_deep(self, place: int) -> None:
        message = f"the text is nested more than {_MOST_DEEP} deep"
        raise yaml_error(self._source, message, place, "name a policy document")
