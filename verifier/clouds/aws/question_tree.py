"""The bare tree of a batch line, as `grammar/question.lark` sees it: elements, with the trees of documents within.

    QuestionActions    makes the tree while Lark parses: a method for each rule, with the list of the rule's children
    quick_question     makes it by Python's own JSON scanner; None if Lark has to judge (`policy/quick_reader.py`)

Both make the same tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple, TypeAlias, cast

from verifier.base.errors import InputError, UsageError, quote
from verifier.base.grammar import AnyToken, Token, Word, span_of
from verifier.base.parse_tree import DocumentActions, DocumentTree, LevelTree, TextMember, Texts, text_of_token
from verifier.base.source import Source
from verifier.clouds.aws.interned import NO_MARKS, Interner, KnownPolicy, Marks, content_of
from verifier.clouds.aws.nested_values import Nested, nested, plain_value, scalar
from verifier.clouds.aws.policy.parse import policy_of
from verifier.clouds.aws.policy.quick_reader import (
    Doubt,
    Json,
    Object,
    Walk,
    items_of,
    member_of,
    members_of,
    scanned,
    string_of,
)
from verifier.clouds.aws.policy.types import BESIDE, Multiplicity, PolicyType
from verifier.clouds.aws.request import ContextMember, RequestActions, RequestElement, RequestTree
from verifier.questions.ask import Readings, World
from verifier.questions.read_id import MAX_DEPTH, JsonValue


class KnownDocument(NamedTuple):
    """A document that has been read, in this line or before; `start` is the number of its first token in this line."""

    known: KnownPolicy
    start: int


LineDocument: TypeAlias = "DocumentTree | KnownDocument"


class LevelOfLine(NamedTuple):
    """A level as a line holds it, like a LevelTree."""

    first: AnyToken
    documents: Sequence[LineDocument]


class DocumentTrees(NamedTuple):
    """The documents of a list."""

    trees: Sequence[LineDocument]


class LevelTrees(NamedTuple):
    """The levels of a list."""

    trees: Sequence[LevelOfLine]


class ResourcePolicyTree(NamedTuple):
    """A resource policy between its brackets, with the name of its resource where it has one."""

    first: AnyToken
    arn: AnyToken | None
    document: LineDocument


class ResourcePolicyTrees(NamedTuple):
    """The resource policies of a list."""

    trees: Sequence[ResourcePolicyTree]


MemberValue: TypeAlias = (
    "Token | Word | Nested | DocumentTree | KnownDocument | DocumentTrees | LevelTrees | ResourcePolicyTrees | Texts"
    " | RequestTree"
)


class QuestionElement(NamedTuple):
    """An element of a question."""

    name: AnyToken
    value: MemberValue


class QuestionActions(DocumentActions, RequestActions):
    """What the parser does at each rule of `question.lark`."""

    def question(self, children: list[Token | QuestionElement]) -> tuple[Token, list[QuestionElement]]:
        return children[0], children[1:-1]  # type: ignore[return-value]  # brackets around

    def question_id(self, children: list[Token | Nested]) -> QuestionElement:
        return QuestionElement(*children)  # type: ignore[arg-type]  # by the rule

    ask = one_document = documents = levels = services = question_request = world = reading = told = question_id
    who = resource_policies = organization = explicit = resource_policy_arn = resource_policy_document = question_id

    def resource_policy_list(self, children: list[Token | ResourcePolicyTree]) -> ResourcePolicyTrees:
        return ResourcePolicyTrees(children[1:-1])  # type: ignore[arg-type]  # brackets around

    def resource_policy(self, children: list[Token | QuestionElement]) -> ResourcePolicyTree:
        return resource_policy_tree(children[0], children[1:-1])  # type: ignore[arg-type]  # brackets around

    def document_list(self, children: list[Token | DocumentTree]) -> DocumentTrees:
        return DocumentTrees(children[1:-1])  # type: ignore[arg-type]  # brackets around

    def level_list(self, children: list[Token | LevelTree]) -> LevelTrees:
        levels = [child for child in children if isinstance(child, LevelTree)]
        return LevelTrees([LevelOfLine(level.first, level.documents) for level in levels])

    def value(self, children: list[Token | Nested]) -> Nested:
        (child,) = children
        return child if isinstance(child, Nested) else Nested(scalar(child), 0)

    def array(self, children: list[Token | Nested]) -> Nested:
        first = cast("Token", children[0])
        found = [item for item in children if isinstance(item, Nested)]
        return nested([item.value for item in found], found, first)

    def object(self, children: list[Token | tuple[str, Nested]]) -> Nested:
        first, members = cast("Token", children[0]), children[1:-1]
        found = dict(member for member in members if not isinstance(member, str))
        if len(found) < len(members):
            raise UsageError("a name appears twice in the object", span=span_of(first), help="remove one")
        return nested({name: item.value for name, item in found.items()}, list(found.values()), first)

    def member(self, children: list[Token | Nested]) -> tuple[str, Nested]:
        name, value = children
        return text_of_token(name), value  # type: ignore[arg-type, return-value]  # by the rule


def resource_policy_tree(first: AnyToken, elements: Sequence[QuestionElement]) -> ResourcePolicyTree:
    """Return the resource policy of `elements`. Raises UsageError for one that stands twice, or for no policy."""
    found: dict[str, MemberValue] = {}
    for element in elements:
        name = text_of_token(element.name)
        if name in found:
            raise UsageError(f"{quote(name)} appears twice", span=span_of(element.name), help="remove one of them")
        found[name] = element.value
    if "policy" not in found:
        raise UsageError("the resource policy has no `policy`", span=span_of(first), help='add `"policy"`')
    return ResourcePolicyTree(first, found.get("resource"), found["policy"])  # type: ignore[arg-type]  # by the rule


_MANY = {type_.facts.field: type_.facts.many for type_ in BESIDE} | {
    "policies": Multiplicity.SEVERAL,
    "rcps": Multiplicity.LEVELS,
    **dict.fromkeys(("endpoint", "maximum", "needs", "old", "new", "document"), Multiplicity.ONE),
}
_WORDS = {
    "ask": ("prove", "needs", "diff", "confine", "evaluate"),
    "world": tuple(world.value for world in World),
    "reading": tuple(readings.value for readings in Readings),
    "type": tuple(type_.value for type_ in PolicyType),
}
_REQUEST = {
    "principal": "REQUEST_PRINCIPAL",
    "action": "REQUEST_ACTION",
    "resource": "REQUEST_RESOURCE",
    "context": "CONTEXT",
}


def quick_question(source: Source, interner: Interner | None = None) -> tuple[Word, list[QuestionElement]] | None:
    """Return the first bracket and the elements of the line that `source` holds; None where Lark has to judge.

    Documents that `interner` keeps are not read again; the others it keeps from now on.
    """
    marked = interner.marked(source.text) if interner and "\\" not in source.text else None
    if marked:
        with suppress(Doubt, RecursionError, UsageError):  # as it is, the line may have no doubt
            return _QuestionWalk(source, interner, marked.marks).whole(scanned(replace(source, text=marked.text)))
    try:
        return _QuestionWalk(source, interner).whole(scanned(source))
    except (Doubt, RecursionError, UsageError):  # what is wrong is told again by Lark's tree
        return None


class _QuestionWalk(Walk):
    """Goes through a line."""

    def __init__(self, source: Source, interner: Interner | None, marks: Marks = NO_MARKS) -> None:
        super().__init__(source)
        self._interner = interner
        self._in_this_line: set[bytes] = set()
        self._marks = dict(marks)

    def whole(self, value: Json) -> tuple[Word, list[QuestionElement]]:
        """Return the question; each mark is in the place of a document."""
        found = self._question(value)
        if self._marks:
            raise Doubt
        return found

    def _question(self, value: Json) -> tuple[Word, list[QuestionElement]]:
        first = self.word("OBJECT_START", "{")
        members = [
            QuestionElement(self.word("NAME", name), self._member(name, held)) for name, held in members_of(value)
        ]
        self.number += 1
        return first, members

    def _member(self, name: str, value: Json) -> MemberValue:
        if name in _MANY:
            return self.word("NULL", "null") if value is None else self._documents(_MANY[name], value)
        if name in _WORDS:
            if value not in _WORDS[name]:
                raise Doubt
            return self.word("WORD", string_of(value))
        match name:
            case "id":
                return self._nested(value)
            case "services":
                return self.texts(value)
            case "request":
                return self._request(value)
            case "principal" | "federated_by":
                return self.word("STRING", string_of(value))
            case "resource_policies":
                return self.word("NULL", "null") if value is None else self._resource_policies(value)
            case "organization":
                return self._nested(value)
            case "explicit":
                if type(value) is not bool:
                    raise Doubt
                return self.word("TRUE" if value else "FALSE", "true" if value else "false")
            case _:
                raise Doubt

    def _resource_policies(self, value: Json) -> ResourcePolicyTrees:
        self.number += 1
        found = ResourcePolicyTrees([self._resource_policy(each) for each in items_of(value)])
        self.number += 1
        return found

    def _resource_policy(self, value: Json) -> ResourcePolicyTree:
        first = self.word("OBJECT_START", "{")
        elements = [
            QuestionElement(self.word("NAME", name), self._of_resource(name, held)) for name, held in members_of(value)
        ]
        self.number += 1
        return resource_policy_tree(first, elements)

    def _of_resource(self, name: str, value: Json) -> MemberValue:
        match name:
            case "resource":
                return self.word("STRING", string_of(value))
            case "policy":
                return self._document(value)
            case _:
                raise Doubt

    def _documents(self, many: Multiplicity, value: Json) -> MemberValue:
        if many is Multiplicity.ONE:
            return self._document(value)
        self.number += 1
        found: MemberValue = (
            LevelTrees([self._level(each) for each in items_of(value)])
            if many is Multiplicity.LEVELS
            else DocumentTrees([self._document(each) for each in items_of(value)])
        )
        self.number += 1
        return found

    def _level(self, value: Json) -> LevelOfLine:
        if type(value) is not list:
            first = Word("OBJECT_START", "{", self.source, self.number)
            return LevelOfLine(first, [self._document(value)])
        first = self.word("LIST_START", "[")
        documents = [self._document(each) for each in items_of(value)]
        self.number += 1
        return LevelOfLine(first, documents)

    def _document(self, value: Json) -> LineDocument:
        """Return a document, read or known. What stands twice in one line is two documents, each with its place."""
        if self._interner is None:
            return self.document(value)
        if type(value) is str:
            return self._of_mark(value)
        content, start = content_of(value), self.number
        again = content in self._in_this_line
        self._in_this_line.add(content)
        if again:
            return self.document(value)
        known = self._interner.find(content)
        if known is not None:
            self.number += known.last - known.first + 1
            return KnownDocument(known, start)
        tree = self.document(value)
        try:
            known = KnownPolicy(policy_of(tree, self.source), start, self.number - 1)
        except InputError:  # told where the line is read
            return tree
        self._interner.keep(content, known)
        return KnownDocument(known, start)

    def _of_mark(self, mark: str) -> KnownDocument:
        content, known = self._marks.pop(mark, (b"", None))
        if known is None or content in self._in_this_line:
            raise Doubt
        self._in_this_line.add(content)
        found = KnownDocument(known, self.number)
        self.number += known.last - known.first + 1
        return found

    def _request(self, value: Json) -> RequestTree:
        first = self.word("OBJECT_START", "{")
        elements = [self._request_element(name, held) for name, held in members_of(value)]
        return RequestTree(first, elements, self.word("OBJECT_END", "}"))

    def _request_element(self, name: str, value: Json) -> RequestElement:
        word = self.word(member_of(_REQUEST, name), name)
        if word.type == "CONTEXT":
            return ContextMember(word, self.keys(value))
        return TextMember(word, self.word("STRING", string_of(value)))

    def _nested(self, value: Json) -> Nested:
        """Return any JSON value, as plain data."""
        self.number += 1
        if not isinstance(value, list):
            return Nested(plain_value(value), 0)
        if isinstance(value, Object):
            self.number += len(value)
            named = {name: self._nested(held) for name, held in value}
            if len(named) < len(value):
                raise Doubt
            found: JsonValue = {name: item.value for name, item in named.items()}
            items = list(named.values())
        else:
            items = [self._nested(each) for each in value]
            found = [item.value for item in items]
        self.number += 1
        depth = 1 + max((item.depth for item in items), default=0)
        if depth > MAX_DEPTH:
            raise Doubt
        return Nested(found, depth)
