"""What reports are about: a question, its answer and why, as one `Result`; and the reports as text.

    Result        one question with its answer: what `markdown.py`, `html.py` and `junit.py` show
    render        results in the form that another program reads: SARIF, JUnit XML, Markdown or HTML
    write_report  writes a report as UTF-8, whatever the encoding of the terminal: HTML and XML say that they are

`findings.py` has what there is to look at in a result.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeAlias, assert_never

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, PlacedWarning, PolicyWarning
from verifier.base.safe import json_text
from verifier.base.source import Source
from verifier.clouds.cloud import Document, Documents
from verifier.explanations.explanation import Explanation
from verifier.questions.question import ConfineQuestion, DiffQuestion, NeedsQuestion, ProveQuestion, Standard
from verifier.questions.verdict import (
    Contained,
    Difference,
    Escapes,
    Granted,
    Missing,
    NeedsVerdict,
    Relation,
    Undecided,
    Verdict,
)
from verifier.regions.region import Regions
from verifier.report.rules import SarifLevel
from verifier.version import VERSION

if TYPE_CHECKING:
    from verifier.explanations.explain import Explained
    from verifier.report.provenance import Provenance

ReportedAnswer: TypeAlias = Verdict | NeedsVerdict | Difference | InputError


@dataclass(frozen=True)
class Result:
    """A question and its answer.

    `document` is what the question is about, `asked` the question in words; `why` and `regions` are given where they
    were worked out, and `warnings` are about the documents that were read for it.

    `files` are the paths of all documents that were read for it.

    `file` is the path that a finding is laid to which has no place of its own; None where the document is not a file.
    Where the question comes from a configuration, `rule` names its rule there, `level` is what its answer weighs, if
    not what its kind does, and `suppressed` is the reason for which it is accepted.
    """

    document: str
    asked: str
    answer: ReportedAnswer
    why: Explanation | None = None
    warnings: tuple[tuple[Source, PolicyWarning], ...] = ()
    regions: Regions | None = None
    file: str | None = None
    files: tuple[str, ...] = ()
    rule: str | None = None
    level: SarifLevel | None = None
    suppressed: str | None = None

    @staticmethod
    def of(
        question: Explained | Standard,
        answer: ReportedAnswer,
        why: Explanation | None = None,
        regions: Regions | None = None,
        *,
        placed: Iterable[PlacedWarning],
    ) -> Result:
        """Return the result of `question`, with the warnings about its documents, `placed`."""
        about, asked, policies = _in_words(question)
        warnings = tuple((one.source, one.warning) for one in placed)
        first = policies[0].source
        file = first.name if first.file else None
        return Result(about, asked, answer, why, warnings, regions, file, _files(policies))

    @property
    def word(self) -> str:
        """The answer in a word: a verdict, a relation, or `error`."""
        match self.answer:
            case Contained(vacuous=True) | Granted(vacuous=True):
                return "vacuous"
            case Contained() | Escapes() | Granted() | Missing() | Undecided():
                return self.answer.word
            case Difference(relation=relation):
                return relation.value
            case InputError():
                return "error"
        assert_never(self.answer)

    @property
    def good(self) -> bool | None:
        """Whether the answer is the one that was hoped for, or is accepted; None where it is doubtful, or none."""
        if self.suppressed is not None:
            return True
        if self.level is not None and not isinstance(self.answer, Undecided | InputError):
            return self.level != "error"
        match self.answer:
            case Contained(vacuous=vacuous) | Granted(vacuous=vacuous):
                return None if vacuous else True
            case Difference(vacuous=True):
                return None
            case Difference(relation=relation):
                return None if relation is Relation.UNDECIDED else relation is Relation.EQUIVALENT
            case Undecided():
                return None
            case Escapes() | Missing() | InputError():
                return False
        assert_never(self.answer)


def _in_words(question: Explained | Standard) -> tuple[str, str, tuple[Document, ...]]:
    """Return what the question is about, what is asked of it, and its documents."""
    match question:
        case ProveQuestion() | Standard():
            return _of_documents(question.documents, "within", question.maximum)
        case NeedsQuestion():
            return _of_documents(question.documents, "all that is needed by", question.needs)
        case ConfineQuestion(document=document, services=services):
            return document.source.name, f"confined to {', '.join(services)}", (document,)
        case DiffQuestion():
            old, new = question.given
            return _names(new), f"seen from {_names(old)}", (*new, *old)
    assert_never(question)


def _of_documents(documents: Documents, relation: str, other: Document) -> tuple[str, str, tuple[Document, ...]]:
    policies = tuple(documents.policies)
    others = tuple(one for levels in documents.beside().values() for level in levels for one in level)
    under = f"under {_names(others)}, " if others else ""
    return _names(policies), f"{under}{relation} {other.source.name}", (*policies, *others, other)


def _files(policies: Iterable[Document]) -> tuple[str, ...]:
    sources = (policy.source.within.source if policy.source.within else policy.source for policy in policies)
    return tuple(dict.fromkeys(source.name for source in sources if source.file))


def _names(policies: Iterable[Document]) -> str:
    return ", ".join(dict.fromkeys(policy.source.name for policy in policies))


class Form(enum.Enum):
    """Who reads it: code scanning, a person, a CI, a pull request."""

    SARIF = "sarif"
    HTML = "html"
    JUNIT = "junit"
    MARKDOWN = "markdown"


def render(
    results: Iterable[Result],
    form: Form,
    question: str,
    root: Path | None = None,
    made: Callable[[Iterable[str]], Provenance] | None = None,
    left_out: str = "",
) -> str:
    """Return `results` in `form`, ended by a line break; none at all are a whole report too.

    `question` names the command that was asked. `root` is the folder of the repository, which the addresses of SARIF
    are relative to; the working directory unless given. `made` returns where a page comes from that is made of files;
    `left_out` says which documents were not asked about.
    """
    match form:
        case Form.SARIF:
            from verifier.report.sarif import sarif  # noqa: PLC0415  # each form only where it is asked for

            return json_text(sarif(results, VERSION, root, left_out), indent=2) + "\n"
        case Form.HTML:
            return _as_html(tuple(results), question, made, left_out)
        case Form.JUNIT:
            from verifier.report.junit import junit  # noqa: PLC0415  # as above

            return junit(results, question, left_out)
        case Form.MARKDOWN:
            from verifier.report.markdown import markdown  # noqa: PLC0415  # as above

            return markdown(results, f"verifier {question}", left_out)
    assert_never(form)


# From how many answers on a page is one of many.
_MANY = 4


def _as_html(
    results: tuple[Result, ...], question: str, made_of: Callable[[Iterable[str]], Provenance] | None, left_out: str
) -> str:
    from verifier.report.provenance import Provenance  # noqa: PLC0415  # as above

    files = [file for result in results for file in result.files]
    made = made_of(files) if made_of else Provenance.of(f"verifier {question}", files=files)
    made = dataclasses.replace(made, left_out=left_out)
    if len(results) >= _MANY:
        from verifier.report.many_page import many_page  # noqa: PLC0415  # as above

        return many_page(results, made, question)
    from verifier.report.html import page  # noqa: PLC0415  # as above

    return page(results, made)


def write_report(text: str, stream: TextIO) -> None:
    """Write the report `text` to `stream` in UTF-8, whatever the encoding of `stream` is."""
    stream.flush()
    raw = getattr(stream, "buffer", None)
    if raw is None:
        stream.write(text)
    else:
        raw.write(text.encode("utf-8", "backslashreplace"))
        raw.flush()
