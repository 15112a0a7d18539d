"""Reading a text by one of the grammars in `grammar/`: the reader, limits on size, errors, and the parse tables.

    GrammarReader    the texts of one grammar: `read` returns what the actions make of a text
    check_size       refuses a text that no reader should begin with
    place_of, span_of, span_at    where tokens stand
    parser_of, make_tables        the parser, from parse tables that were made before

A `GrammarReader` wraps one Lark parser (LALR, contextual lexer), built when it is first used. Its `actions` are called
while the text is parsed: a method for each rule, named as the rule, gets the list of its children. Only this module
uses Lark, and its errors become ours here. Nodes made by actions carry its `Token`s, which are strings that know where
they stand. Lark is imported when the first text is parsed with it: the quick reader reads most documents, and to import
Lark takes longer than a small proof.

Parse tables are made by Lark once and kept in `grammar/tables/`, because making them takes longer than a whole small
proof. A file of tables holds the grammar, the start rules and the version of Lark that it was made from. If these
differ, or there is no file, the tables are made in memory: a changed grammar never meets old tables, and the files only
save time. `make tables` renews them, and a test says when that is due. They are JSON, the same for the same grammar
whatever the order in which Python walks its sets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from verifier.base.errors import InputError
from verifier.base.memo import cached_property
from verifier.base.regex import regex
from verifier.base.source import HasSpan, Source, Span, TokenRange, lone_surrogate

if TYPE_CHECKING:
    import lark
    from lark.exceptions import UnexpectedInput

MAX_CHARACTERS = 16 * 1024 * 1024
MAX_VALUES = 250_000


class Word(NamedTuple):
    """A token that was not read by Lark: its type, the text that it stands for, and its number in its source."""

    type: str
    text: str
    source: Source
    number: int

    @property
    def span(self) -> Span:
        """See HasSpan."""
        return self.source.span_of_tokens(self.number, self.number)


# A string that knows where it stands; Lark's own class is not loaded for the name.
Token: TypeAlias = "lark.Token"  # noqa: S105 - a token of a grammar
AnyToken: TypeAlias = "Token | Word"

_IMPORT = regex(r"^%import \.(\w+) .*\n", re.MULTILINE)
_QUOTED = regex(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


class GrammarReader:
    """The texts of one grammar, from one or more start rules."""

    def __init__(self, grammar: str, starts: tuple[str, ...], actions: object, error: type[InputError]) -> None:
        self.grammar = grammar
        self.starts = starts
        self._actions = actions
        self._error = error

    def read(self, source: Source, start: str) -> Any:
        """Return what the actions make of `source`, read from the rule `start`.

        Raises the reader's error where the text is not grammatical, and whatever InputError the actions raise, both
        with `source` filled in. Texts from outside go through `check_size` first.
        """
        from lark.exceptions import UnexpectedInput  # noqa: PLC0415 - see the header

        try:
            return self._lark.parse(source.text, start=start)
        except UnexpectedInput as wrong:
            from verifier.base.syntax_errors import explain_mistake  # noqa: PLC0415 - costly, and only for a text that is wrong

            raise _raised(
                self._error, source, *explain_mistake(source.text, *self._place(wrong, source.text))
            ) from None
        except InputError as wrong:
            if type(wrong) is InputError:
                raise self._error(wrong.message, source=source, span=wrong.span, help=wrong.help) from None
            wrong.source = wrong.source or source
            raise

    @cached_property
    def _lark(self) -> lark.Lark:
        kept = grammar_folder() / "tables" / f"{self.grammar}.json"
        return parser_of(grammar_text(self.grammar), self.starts, self._actions, kept)

    @cached_property
    def _literals(self) -> Mapping[str, str]:
        """The text of each terminal that is one fixed text."""
        return {str(term.name): term.pattern.value for term in self._lark.terminals if term.pattern.type == "str"}

    def _place(self, wrong: UnexpectedInput, text: str) -> tuple[int, dict[str, str]]:
        """Return where the text is wrong, and what could stand there: terminals with their fixed text, or ""."""
        from lark.exceptions import UnexpectedCharacters, UnexpectedToken  # noqa: PLC0415 - see the header

        expected: set[str] = set()
        place = len(text)
        if isinstance(wrong, UnexpectedToken):
            expected = set(wrong.expected)
            place = len(text) if wrong.token.type == "$END" else wrong.token.start_pos
        elif isinstance(wrong, UnexpectedCharacters):
            expected = set(wrong.allowed or ())
            place = wrong.pos_in_stream  # type: ignore[assignment]  # declared as None, set by the lexer
        return place, {name: self._literals.get(name, "") for name in expected if name != "SPACE"}


def check_size(source: Source, error: type[InputError]) -> None:
    """Raise `error` for a text that is empty, larger than any document, or not Unicode (rule 2)."""
    text = source.text
    if not text.strip(" \t\r\n"):
        raise _raised(error, source, "the text is empty", 0, "write a JSON document")
    if len(text) > MAX_CHARACTERS:
        raise _raised(error, source, f"the text is longer than {MAX_CHARACTERS} characters", 0, "split it")
    long = len(text) >= MAX_VALUES
    if long and text.count(",") >= MAX_VALUES and _QUOTED.sub("", text).count(",") >= MAX_VALUES:
        raise _raised(error, source, f"the text contains more than {MAX_VALUES} values", 0, "split it")
    if long and text.count("*") + text.count("?") + text.count("$") > MAX_VALUES:
        raise _raised(error, source, f"the text contains more than {MAX_VALUES} wildcards", 0, "split it")
    if found := lone_surrogate(text):
        message = f"the text contains the lone surrogate U+{ord(found[0]):04X}"
        raise _raised(error, source, message, found.start(), "replace it with a complete character")


def grammar_text(name: str) -> str:
    """Return the grammar `name` with the grammars that it imports put in, each whole and once.

    Lark's own import would give each importing grammar its copy of a rule or terminal, under another name, and two
    copies of one terminal cannot be told apart where documents stand within a question.
    """
    texts: dict[str, str] = {}
    _include(name, texts)
    return "\n".join((*texts.values(), "%ignore SPACE\n" if "json" in texts else ""))


def grammar_folder() -> Path:
    """Return the folder of the grammars: `verifier/grammar` where installed, `grammar` at the top of a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "grammar"
    return installed if installed.is_dir() else package.parent / "grammar"


def _include(name: str, texts: dict[str, str]) -> None:
    text = (grammar_folder() / f"{name}.lark").read_text(encoding="utf-8")
    texts[name] = _IMPORT.sub("", text).replace("%ignore SPACE\n", "")
    for found in _IMPORT.finditer(text):
        if found[1] not in texts:
            _include(found[1], texts)


def source_of(text: str, name: str, *, file: bool = False, hidden: bool = False) -> Source:
    """Return `text` as a source, without the byte order mark that some editors put first."""
    return Source(name, text.removeprefix("\ufeff"), file, hidden)


def span_at(text: str, place: int, length: int = 1) -> Span:
    """Return the span of `length` characters, all on one line, at offset `place` of `text`."""
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    return Span(line, column, line, column + length)


# `TokenRange` without a call of its own `__new__`.
_range: Callable[[tuple[Source, int, int]], TokenRange] = partial(tuple.__new__, TokenRange)


def place_of(first: AnyToken, last: AnyToken | None = None) -> HasSpan:
    """Return where a token stands, or from one to another, both of one reader."""
    if isinstance(first, Word):
        return _range((first.source, first.number, last.number)) if isinstance(last, Word) else first
    end = first if last is None else last
    assert not isinstance(end, Word)
    return Span(first.line, first.column, end.end_line, end.end_column)  # type: ignore[arg-type]  # the lexer sets all


def span_of(first: AnyToken, last: AnyToken | None = None) -> Span:
    """Return the span of a token, or from one to another."""
    return place_of(first, last).span


def _raised(
    error: type[InputError], source: Source, message: str, place: int, help: str, length: int = 1
) -> InputError:
    return error(message, source=source, span=source.outward(span_at(source.text, place, length)), help=help)


_OPTIONS: dict[str, Any] = {"parser": "lalr", "lexer": "contextual", "maybe_placeholders": False}


def parser_of(grammar: str, starts: tuple[str, ...], actions: object, kept: Path) -> lark.Lark:
    """Return the parser of `grammar` with `actions`, from the tables in the file `kept` where they are its own."""
    import lark  # noqa: PLC0415 - see the header

    try:
        tables = json.loads(kept.read_bytes())
    except (OSError, ValueError):
        tables = {}
    if tables.get("made of") != _made_of(grammar, starts):
        return lark.Lark(grammar, start=list(starts), transformer=actions, **_OPTIONS)
    return _loaded(tables, actions)


def make_tables(grammar: str, starts: tuple[str, ...]) -> dict[str, Any]:
    """Return what `parser_of` wants to find for `grammar`, as JSON gives it."""
    import lark  # noqa: PLC0415 - see the header
    from lark.grammar import Rule  # noqa: PLC0415 - as above
    from lark.lexer import TerminalDef  # noqa: PLC0415 - as above

    data, memo = lark.Lark(grammar, start=list(starts), **_OPTIONS).memo_serialize([TerminalDef, Rule])
    data["parser"]["parser"] = _numbered(data["parser"]["parser"])
    return {"made of": _made_of(grammar, starts), "data": data, "memo": [memo[number] for number in range(len(memo))]}


def _made_of(grammar: str, starts: tuple[str, ...]) -> dict[str, Any]:
    import lark  # noqa: PLC0415 - see the header

    return {"lark": lark.__version__, "starts": list(starts), "grammar": grammar}


def _numbered(table: Mapping[str, Any]) -> dict[str, Any]:
    """Return Lark's table with its states in the order of a walk from the start rules, each as [token, kind, arg]."""
    names = {number: str(token) for number, token in table["tokens"].items()}
    tokens = sorted(names.values())
    token_numbers = {token: number for number, token in enumerate(tokens)}
    numbers: dict[int, int] = {}
    states: list[list[tuple[int, int, Any]]] = []
    waiting = [table["start_states"][start] for start in sorted(table["start_states"])]
    for state in waiting:  # grows as it is walked
        if state in numbers:
            continue
        numbers[state] = len(numbers)
        states.append(sorted((token_numbers[names[token]], *step) for token, step in table["states"][state].items()))
        waiting += [state for _, kind, state in states[-1] if kind == _SHIFT]
    return {
        "tokens": tokens,
        "states": [
            [[token, kind, numbers[arg] if kind == _SHIFT else arg["@"]] for token, kind, arg in steps]
            for steps in states
        ],
        **{
            ends: {rule: numbers[state] for rule, state in table[ends].items()}
            for ends in ("start_states", "end_states")
        },
    }


_SHIFT = 0  # in Lark's serialized tables; any other step reduces by the rule that its argument names


def _loaded(tables: dict[str, Any], actions: object) -> lark.Lark:
    import lark  # noqa: PLC0415 - see the header

    data, table = tables["data"], tables["data"]["parser"]["parser"]
    table["tokens"] = dict(enumerate(table["tokens"]))
    table["states"] = {
        number: {token: (kind, arg if kind == _SHIFT else {"@": arg}) for token, kind, arg in steps}
        for number, steps in enumerate(table["states"])
    }
    data["options"]["transformer"] = actions
    parser: lark.Lark = lark.Lark.load({"data": data, "memo": dict(enumerate(tables["memo"]))})
    return parser
