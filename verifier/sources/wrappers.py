"""Documents within what a command or an API call prints or takes: what the rows of `wrapper_table.py` mean.

A file is of a row's kind if its names are there. Its documents stand where the row's places say, as objects, as JSON in
a text, or URL-encoded. A list of such files, as several pages of one answer, is of that kind too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, quote
from verifier.base.regex import regex
from verifier.clouds.aws.policy.types import PolicyType
from verifier.sources.found import FoundDocument, Opening
from verifier.sources.values import AnyValue, ListValue, ObjectValue, Scalar, TextValue, Value, each_of, text_of, under
from verifier.sources.within import values_within

_NAME = regex(r"\{(\w*)\}")
_DOCUMENT_START = regex(r"\s*+(?:\{|%7[Bb])")
_ELEMENTS = ("Statement", "Version", "Id")
_IS_DEFAULT = ("IsDefaultVersion", "isDefaultVersion")
# What `PolicySummary.Type` of AWS Organizations says; its other types are not policies of IAM.
_ORGANIZATION_TYPES = {"SERVICE_CONTROL_POLICY": PolicyType.SCP, "RESOURCE_CONTROL_POLICY": PolicyType.RCP}


@dataclass(frozen=True, slots=True)
class DocumentPlace:
    """Where documents stand in a file, and what they are.

    `path` is names with dots between them, `Name[]` each value of a list, `Name{}` each value of an object. `selector`
    is made of texts that stand on the way, the nearest first: `role/{RoleName}/trust`; `{}` is the name in an object,
    or the number in a list. `default` is the selector of the version that is the default one. `type_at` is where the
    type of a policy of an organization stands. `text`: only a text is of the type, as AWS prints it.
    """

    path: str
    type: PolicyType | None = None
    selector: str = ""
    default: str = ""
    type_at: str = ""
    text: bool = False


@dataclass(frozen=True, slots=True)
class Wrapper:
    """One kind of file: see Kind. `needs` are names that it must have, `lacks` those that it must not have.

    Where the names `tell` it, a file without documents is of the kind too.
    """

    name: str
    places: tuple[DocumentPlace, ...]
    needs: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    tell: bool = False

    def fits(self, value: Value) -> bool:
        """See Kind."""
        pages = _pages(value)
        return bool(pages) and self._fits(pages[0])

    def _fits(self, page: Value) -> bool:
        if not isinstance(page, ObjectValue):
            return False
        names = page.named.keys()
        if any(name in names for name in self.lacks) or not all(name in names for name in self.needs):
            return False
        return self.tell or any(_leads_somewhere(page, place.path.split(".")) for place in self.places)

    def documents(self, value: Value, opening: Opening) -> Iterator[FoundDocument]:
        """See Kind."""
        pages = _pages(value)
        for number, page in enumerate(pages, 1):
            if not self._fits(page):
                message = f"value {number} of the list is not {self.name}, as the first is"
                raise InputError(message, span=page.span, help="remove it")
            for place in self.places:
                for found in documents_at(page, place, opening):
                    yield found if found.selector or len(pages) == 1 else numbered(found, number)


def numbered(found: FoundDocument, number: int) -> FoundDocument:
    """Return the document of a list, which has no name but its number there, from 1."""
    return FoundDocument(str(number), found.type, found.value, found.file)


def _pages(value: Value) -> Sequence[Value]:
    return value.values if isinstance(value, ListValue) else (value,)


def _leads_somewhere(value: Value | None, path: Sequence[str]) -> bool:
    """Whether a document stands at `path`, or an empty list in which some could stand."""
    if value is None:
        return False
    name, *rest = path
    held = under(opened(value), name.rstrip("[]{}"))
    if name.endswith("[]"):
        found = held.values if isinstance(held, ListValue) else None
    elif name.endswith("{}"):
        found = tuple(each for _, each in held.pairs) if isinstance(held, ObjectValue) else None
    else:
        return _leads_somewhere(held, rest) if rest else _may_be_document(held, name)
    if rest:
        return found is not None and (not found or any(_leads_somewhere(each, rest) for each in found))
    return found is not None and (not found or any(_may_be_document(each, name) for each in found))


def _may_be_document(value: Value | None, name: str) -> bool:
    """Whether a value with a name is a document; one in an object whose name does not say so has a `Statement`."""
    if isinstance(value, ObjectValue):
        return name.endswith("Document") or "Statement" in value.named
    return isinstance(value, AnyValue) or _DOCUMENT_START.match(text_of(value) or "") is not None


def documents_at(page: Value, place: DocumentPlace, opening: Opening) -> Iterator[FoundDocument]:
    """Yield the documents at one place of a file. Raises InputError for anything else there."""
    for on_the_way, value in _walk(page, place.path.split("."), ()):
        type_ = _organization_type(page, place.type_at) if place.type_at else place.type
        document = document_of(value)
        if document is not None:
            type_ = None if place.text and isinstance(value, ObjectValue) else type_
            selector = _selector(place, on_the_way)
            owner = selector.rpartition("/")[0] if selector.count("/") > 1 else ""
            yield FoundDocument(selector, type_, document, opening.source, owner)


_Way = tuple[tuple[Value, str], ...]


def _walk(value: Value | None, path: Sequence[str], way: _Way) -> Iterator[tuple[_Way, Value]]:
    """Yield what stands at `path`, each with the objects on the way and their names or numbers."""
    if value is None:
        return
    if not path:
        yield way, value
        return
    name, *rest = path
    value = opened(value)
    held = under(value, name.rstrip("[]{}"))
    way = (*way, (value, ""))
    if name.endswith("[]"):
        for number, each in enumerate(each_of(held), 1):
            yield from _walk(each, rest, (*way, (each, str(number))))
    elif name.endswith("{}"):
        for key, each in held.pairs if isinstance(held, ObjectValue) else ():
            yield from _walk(each, rest, (*way, (each, key.known or "")))
    else:
        yield from _walk(held, rest, way)


def opened(value: Value) -> Value:
    """Return the object that a text holds as JSON; any other value as it is."""
    within = values_within(value) if isinstance(value, TextValue) else None
    return value if within is None else within


def document_of(value: Value) -> Value | None:
    """Return the document that `value` is, or holds as text; None where there is none. Raises InputError."""
    match value:
        case TextValue() if value.known is not None and value.known.strip():
            document = values_within(value)
            if isinstance(document, ObjectValue) and any(name in document.named for name in _ELEMENTS):
                return document
            message = f"the text {quote(value.known)} is not a policy document in JSON, nor URL-encoded JSON"
            raise InputError(message, span=value.span, help="write the document")
        case TextValue() if value.known is not None:
            return None
        case Scalar(text="null"):
            return None
        case Scalar() | ListValue():
            raise InputError("a policy document must be an object, or its text", span=value.span, help="write one")
        case _:
            return value


def _organization_type(page: Value, path: str) -> PolicyType | None:
    found = under(page, *path.split("."))
    name = text_of(found)
    if found is None or name is None:
        return None
    if name not in _ORGANIZATION_TYPES:
        message = f"a policy of the type {quote(name)} says nothing about permissions"
        raise InputError(message, span=found.span, help="name an SCP or an RCP")
    return _ORGANIZATION_TYPES[name]


def _selector(place: DocumentPlace, way: _Way) -> str:
    is_default = any(_is_true(under(held, name)) for held, _ in way for name in _IS_DEFAULT)
    template = place.default if place.default and is_default else place.selector
    label = next((label for _, label in reversed(way) if label), "")

    def text(name: re.Match[str]) -> str:
        names = [name[1]] if name[1] else []
        if name[1] == "PolicyName":  # an ARN ends in the name
            names.append("Arn")
        found = (text_of(under(held, each)) for held, _ in reversed(way) for each in names)
        return next((_name_of(each) for each in found if each), label)

    return _NAME.sub(text, template)


def _name_of(text: str) -> str:
    return text.rpartition("/")[2] if text.startswith("arn:") else text


def _is_true(value: Value | None) -> bool:
    return isinstance(value, Scalar) and value.text == "true"
