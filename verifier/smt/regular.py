"""Languages and patterns with variables as SMT-LIB terms over strings; characters that SMT-LIB lacks are renamed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from verifier.base.dataclass import dataclass
from verifier.base.errors import Unsupported
from verifier.base.memo import cached_property
from verifier.logic.formula import Atom, MatchesTemplate, Member
from verifier.strings.languages import Glob, Language, Wildcard, twins
from verifier.strings.shape import Alternation, Piece, Pieces, Run, Shape
from verifier.strings.typed import Chain
from verifier.strings.values import Key
from verifier.strings.variables import PatternPart, VariableRef

_LAST = 0x2FFFF
_NO_COLON = '(re.diff re.allchar (str.to_re ":"))'
_DIGIT = '(re.range "0" "9")'
_SHAPES = {
    "is_number": f'(re.++ (re.opt (str.to_re "-")) (re.+ {_DIGIT}) (re.opt (re.++ (str.to_re ".") (re.+ {_DIGIT}))))',
    "is_instant": f'(re.++ {_DIGIT} (re.* (re.union {_DIGIT} (str.to_re "-") (str.to_re ":") (str.to_re ".")'
    ' (str.to_re "+") (str.to_re "T") (str.to_re "Z"))))',
    "is_address": f'(re.+ (re.union {_DIGIT} (re.range "a" "f") (re.range "A" "F") (str.to_re ":") (str.to_re ".")))',
}


@dataclass(frozen=True)
class Renaming:
    """Code points above U+2FFFF, each with the unused one that stands for it."""

    there: Mapping[int, int]

    @staticmethod
    def of(atoms: Iterable[Atom]) -> Renaming:
        """Return the renaming that the texts in `atoms` need."""
        used = {ord(char) for text in _texts(atoms) for char in text}
        free = (code for code in range(_LAST, 0x20000, -1) if code not in used)
        return Renaming(dict(zip(sorted(code for code in used if code > _LAST), free, strict=False)))

    @cached_property
    def _back(self) -> dict[int, int]:
        return {new: old for old, new in self.there.items()}

    def write(self, text: str) -> str:
        """Return `text` as an SMT-LIB string literal."""
        return f'"{"".join(map(self._char, text))}"'

    def _char(self, char: str) -> str:
        code = self.there.get(ord(char), ord(char))
        if char == '"':
            return '""'
        return char if " " <= char <= "~" and char != "\\" else f"\\u{{{code:x}}}"

    def back(self, text: str) -> str:
        """Return the text that a solver's string stands for."""
        return text.translate(self._back)


def _texts(atoms: Iterable[Atom]) -> Iterator[str]:
    for atom in atoms:
        match atom:
            case Member(_, Glob(parts)) | MatchesTemplate(_, parts):
                yield from (part for part in parts if isinstance(part, str))
            case _:
                pass


def member_term(text: str, language: Language, renaming: Renaming) -> str:
    """Return the term that the string `text` lies in `language`."""
    match language:
        case Glob() if language.text is not None:
            return f"(= {text} {renaming.write(language.text)})"
        case Glob((str(head), Wildcard.TEXT), False):
            return f"(str.prefixof {renaming.write(head)} {text})"
        case Glob(parts, ignores_case):
            return f"(str.in_re {text} {_joined([_part(part, ignores_case, renaming) for part in parts])})"
        case Chain(underscores):
            words = [f"(re.+ (re.union {_chars(under)}))" for under in underscores]
            between = itertools.chain.from_iterable(zip(words, itertools.repeat('(str.to_re ":")')))
            return f"(str.in_re {text} {_joined(list(between)[:-1])})"
        case Shape(pieces):
            return f"(str.in_re {text} {_pieces(pieces, renaming)})"
        case _:
            raise Unsupported(f"`{language}` is not a regular expression")


def _pieces(pieces: Pieces, renaming: Renaming) -> str:
    return _joined([_piece(piece, renaming) for piece in pieces])


def _piece(piece: Piece, renaming: Renaming) -> str:
    match piece:
        case str():
            return f"(str.to_re {renaming.write(piece)})"
        case Alternation(options):
            return f"(re.union {' '.join(_pieces(option, renaming) for option in options)} re.none)"
        case Run(chars, least, most):
            listed = f"(re.union {' '.join(f'(str.to_re {renaming.write(char)})' for char in chars.letters)} re.none)"
            one = f"(re.diff re.allchar {listed})" if chars.others else listed
            if most is None:
                return f"(re.++ ((_ re.^ {least}) {one}) (re.* {one}))"
            return f"((_ re.loop {least} {most}) {one})"


def fits_term(text: str, fits: MatchesTemplate, variables: Mapping[Key, str], renaming: Renaming) -> str:
    """Return the term that `text` fits, `variables` being the strings of the keys.

    Raises Unsupported where case is ignored.
    """
    if fits.ignores_case:
        raise Unsupported("a policy variable stands under an operator that ignores case")
    conditions = [
        f'(not (str.contains {variables[part.key]} ":"))'
        for part in fits.parts
        if isinstance(part, VariableRef) and part.in_field
    ]
    return f"(and {' '.join([*conditions, _fits(text, fits.parts, variables, renaming)])})"


def _fits(text: str, parts: tuple[PatternPart, ...], variables: Mapping[Key, str], renaming: Renaming) -> str:
    wild = [place for place, part in enumerate(parts) if isinstance(part, Wildcard)]
    plain = [_string(part, variables, renaming) for part in parts if not isinstance(part, Wildcard)]
    joined = f"(str.++ {' '.join(plain)})" if len(plain) > 1 else plain[0]
    last = len(parts) - 1
    if not wild:
        return f"(= {text} {joined})"
    if all(parts[place] is Wildcard.TEXT for place in wild):
        if wild == [last]:
            return f"(str.prefixof {joined} {text})"
        if wild == [0]:
            return f"(str.suffixof {joined} {text})"
        if wild == [0, last]:
            return f"(str.contains {text} {joined})"
    pieces = [
        _part(part, False, renaming)
        if isinstance(part, Wildcard)
        else f"(str.to_re {_string(part, variables, renaming)})"
        for part in parts
    ]
    return f"(str.in_re {text} {_joined(pieces)})"


def shape_term(kind: str, is_one: str, text: str) -> str:
    """Return how `is_one`, that `text` is of the kind, hangs together with its form: exactly for numbers, else one
    way.
    """
    shaped = f"(str.in_re {text} {_SHAPES[kind]})"
    return f"(= {is_one} {shaped})" if kind == "is_number" else f"(=> {is_one} {shaped})"


def _string(part: PatternPart, variables: Mapping[Key, str], renaming: Renaming) -> str:
    match part:
        case VariableRef(key):
            return variables[key]
        case str():
            return renaming.write(part)
        case _:
            raise AssertionError(f"a wildcard is not a string: {part}")


def _joined(pieces: list[str]) -> str:
    if not pieces:
        return '(str.to_re "")'
    return pieces[0] if len(pieces) == 1 else f"(re.++ {' '.join(pieces)})"


def _part(part: str | Wildcard, ignores_case: bool, renaming: Renaming) -> str:
    match part:
        case Wildcard.TEXT:
            return "re.all"
        case Wildcard.CHAR:
            return "re.allchar"
        case Wildcard.FIELD_TEXT:
            return f"(re.* {_NO_COLON})"
        case Wildcard.FIELD_CHAR:
            return _NO_COLON
        case str() if ignores_case:
            return _joined([_any_case(char, renaming) for char in part])
        case str():
            return f"(str.to_re {renaming.write(part)})"


def _any_case(char: str, renaming: Renaming) -> str:
    alike = [f"(str.to_re {renaming.write(one)})" for one in (char, *twins(char))]
    return alike[0] if len(alike) == 1 else f"(re.union {' '.join(alike)})"


def _chars(underscores: bool) -> str:
    return f'(re.range "a" "z") {_DIGIT} (str.to_re "-")' + (' (str.to_re "_")' if underscores else "")
