"""The options that commands share, with one name and one wording each, and what is made of them.

Policies, Maximum, FormatOption, ...    the options
means            how questions are answered, by `--jobs`, `--dask` and `--cache`
"""

from __future__ import annotations

import enum
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from verifier.cli.completions import policy_names, service_names
from verifier.clouds.aws.policy.types import PolicyType
from verifier.questions.ask import Encoding, Readings, World

if TYPE_CHECKING:
    from verifier.bulk.scheduler import Means


_TYPES = "|".join(type_.value for type_ in PolicyType)


class Format(enum.Enum):
    """How an answer is written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"
    JUNIT = "junit"
    MARKDOWN = "markdown"

    @property
    def reports(self) -> bool:
        """Whether it is one of the forms of `report/results.py`, which show all answers of a call at once."""
        return self not in (Format.TEXT, Format.JSON)


class FailOn(enum.Enum):
    """What else makes the exit code 1."""

    VACUOUS = "vacuous"


def _text_or_json(form: Format) -> Format:
    if form.reports:
        raise typer.BadParameter(f"'{form.value}' is for `prove`, `diff`, `confine` and `sweep`")
    return form


def _above_zero(size: int) -> int:
    if size < 1:
        raise typer.BadParameter(f"{size} is not a size")
    return size


def _not_negative(limit: int | None) -> int | None:
    if limit is not None and limit < 0:
        raise typer.BadParameter(f"{limit} is not a number of groups")
    return limit


def some_jobs(jobs: int | None) -> int | None:
    """Return `jobs`. Raises typer.BadParameter for a number below one."""
    if jobs is not None and jobs < 1:
        raise typer.BadParameter(f"{jobs} is not a number of processes")
    return jobs


Policies: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        "-p",
        metavar="FILE",
        autocompletion=policy_names,
        help="An identity policy; repeat it for several.",
    ),
]
PolicyFiles: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[POLICY]...",
        autocompletion=policy_names,
        help="Identity policies, as with `--policy`.",
        show_default=False,
    ),
]
AnyPolicy: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--any-policy",
        help="Instead of `--policy`: an identity policy that allows everything, so that the limits alone decide.",
    ),
]
Maximum: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--maximum",
        "-m",
        metavar="FILE",
        autocompletion=policy_names,
        help="What may at most be allowed, as a policy.",
        show_default=False,
    ),
]
Needs: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--needs",
        metavar="FILE",
        help="Instead of `--maximum`, the reverse question: is all that this policy allows still allowed?",
        show_default=False,
    ),
]
AtMost: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--at-most",
        metavar="SERVICES",
        autocompletion=service_names,
        help="Instead of `--maximum`: everything of these services and nothing else, as in `s3,dynamodb`.",
        show_default=False,
    ),
]
# The files of the documents that act together with identity policies; `document_options.py` makes their options.
BesideFiles: TypeAlias = Mapping[PolicyType, Any]
NO_FILES: BesideFiles = MappingProxyType({})


At: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="TIME",
        help="Of an account: no request is made before it. By default, now.",
        show_default=False,
    ),
]
FormatOption: TypeAlias = Annotated[
    Format,
    typer.Option("--format", metavar="text|json", callback=_text_or_json, help="How the answer is written."),
]
ReportOption: TypeAlias = Annotated[
    Format,
    typer.Option(
        "--format",
        metavar="|".join(form.value for form in Format),
        help="How the answer is written; `html` is a self-contained page.",
    ),
]
OutputOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("-o", "--output", metavar="FORMAT=FILE", help="Also write a report to FILE; repeat it for several."),
]
Timeout: TypeAlias = Annotated[
    float, typer.Option("--timeout", metavar="SECONDS", help="After this time the answer is `undecided`.")
]
EncodingOption: TypeAlias = Annotated[
    Encoding,
    typer.Option(
        "--encoding",
        metavar="fast|strings",
        help="How the question is encoded for the solver; `strings` is slow, and serves as a check.",
    ),
]
WorldOption: TypeAlias = Annotated[
    World,
    typer.Option(
        "--world",
        metavar="all|aws",
        help="Ask about all requests, or only about those that are possible by AWS's catalogue.",
    ),
]
ReadingOption: TypeAlias = Annotated[
    Readings,
    typer.Option(
        "--reading",
        metavar="all|usual",
        help="Where AWS's guide is unclear, read it in every way, or in the usual way only.",
    ),
]
Smtlib: TypeAlias = Annotated[
    str | None,
    typer.Option("--smtlib", metavar="FILE", help="Also write the question as SMT-LIB, to check with another solver."),
]
MaxSize: TypeAlias = Annotated[
    int,
    typer.Option(
        "--max-size",
        metavar="BYTES",
        callback=_above_zero,
        help="The largest document that is read; 8 MiB by default.",
        show_default=False,
    ),
]
Parameters: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter",
        metavar="NAME=VALUE",
        help="The value of a template's parameter, or of a pseudo-parameter such as `AWS::AccountId`; repeat it.",
    ),
]
FailOnOption: TypeAlias = Annotated[
    FailOn | None,
    typer.Option("--fail-on", metavar="vacuous", help="Exit 1 also where nothing at all is allowed."),
]
TypeOption: TypeAlias = Annotated[
    PolicyType | None,
    typer.Option(
        "--type",
        metavar=_TYPES,
        help="The type of the document; where it names principals it tells it itself, else it is read as a boundary.",
    ),
]
TypesOption: TypeAlias = Annotated[
    PolicyType | None,
    typer.Option(
        "--type",
        metavar=_TYPES,
        help="The type of the documents; those that name principals tell it themselves, others are identity policies.",
    ),
]
Strict: TypeAlias = Annotated[
    bool, typer.Option("--strict", help="Exit 1 also where there are warnings; notes do not count.")
]
Verbose: TypeAlias = Annotated[
    bool,
    typer.Option("-v", "--verbose", help="In text, leave nothing out, and say what each assumption means."),
]
Explain: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--explain",
        help="Also explain what a containment depends on (needs more proofs); in JSON, explain every answer.",
    ),
]
All: TypeAlias = Annotated[
    bool,
    typer.Option("--all", help="Also print everything that escapes, as a proved complete list of groups of requests."),
]
RegionLimit: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--limit",
        metavar="NUMBER",
        callback=_not_negative,
        help="How many groups of requests to print at most; all of them by default.",
        show_default=False,
    ),
]
Jobs: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        metavar="NUMBER",
        callback=some_jobs,
        help="How many processes answer; one for each core by default; 1 is this process.",
        show_default=False,
    ),
]
CacheOption: TypeAlias = Annotated[
    str | None, typer.Option("--cache", metavar="FILE", help="Remember answers in this file, across runs.")
]
Dask: TypeAlias = Annotated[
    str | None,
    typer.Option("--dask", metavar="ADDRESS", help="Let a Dask cluster answer, as in `tcp://host:8786`."),
]

DEFAULT_MAX_SIZE = 8 * 1024 * 1024


@contextmanager
def means(jobs: int | None, dask: str | None, cache: str | None) -> Iterator[Means]:
    """Give the means that the options name; a cluster is let go of at the end. Raises UsageError."""
    from verifier.bulk.scheduler import Means

    if dask is None:
        yield replace(Means.of(jobs=jobs, cache=cache), warn=_warn)
        return
    from verifier.bulk.cluster import cluster

    with cluster(dask) as (executor, workers):
        yield replace(Means.of(executor=executor, workers=workers, cache=cache), warn=_warn)


def _warn(message: str) -> None:
    from verifier.report.diagnostics import warning_text
    from verifier.report.style import style_of

    print(warning_text(message, style_of(sys.stderr)), file=sys.stderr)
