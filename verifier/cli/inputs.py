"""Reading the documents that a command names, and the warnings about them.

A document is a file, `-` for standard input, once at most, or one that has a name (`sources/named.py`). The warnings
are printed to standard error before the answer is looked for. Under `--strict` they make the command fail.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any

from verifier.base.dataclass import dataclass
from verifier.base.errors import (
    REQUEST,
    SERVICES,
    PlacedWarning,
    PolicyWarning,
    RequestError,
    Severity,
    UsageError,
    quote,
)
from verifier.base.files import MAX_SIZE, read_source
from verifier.base.safe import printable
from verifier.base.source import Source
from verifier.cli.commands import ExitCode
from verifier.cli.document_options import NOBODY, WhoFiles
from verifier.cli.options import BesideFiles
from verifier.clouds.aws.policy.parse import parse_level_source, parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import BESIDE, Multiplicity, PolicyType
from verifier.sources.named import document_in, named, split_selector

if TYPE_CHECKING:
    from verifier.clouds.aws.documents import Documents, PolicyLevels
    from verifier.clouds.aws.principals.asking import Asking
    from verifier.logic.request import Request
    from verifier.questions.question import EvaluateQuestion, Question, Standard


@dataclass
class Inputs:
    """The documents of one call; `max_size` bounds each of them, in bytes. What reads raises InputError.

    `parameters` are those of templates.
    `warnings` are those that were shown, `strict` whether they make the command fail.
    """

    max_size: int = MAX_SIZE
    strict: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    warnings: list[PlacedWarning] = field(default_factory=list, init=False)
    _stdin_read: bool = field(default=False, init=False)
    _request: Source | None = field(default=None, init=False)
    _notes: tuple[PolicyWarning, ...] = field(default=(), init=False)
    _services: tuple[str, ...] = field(default=(), init=False)

    def policy(self, path: str) -> Policy:
        """Return the policy in the file `path`, or of that name."""
        return parse_source(self._source(path))

    def level(self, path: str) -> tuple[Policy, ...]:
        """Return the policies of a level: those of a file, or of several with commas between their names."""
        files = (path,) if "," not in path or os.path.lexists(path) else path.split(",")
        sources = (self._source(file, level=True) for file in files)
        return tuple(policy for source in sources for policy in _all_of(source))

    def policies(self, paths: Sequence[str] | None) -> tuple[Policy, ...]:
        """Return the policies in the files `paths`."""
        return tuple(map(self.policy, paths or ()))

    def identity(self, paths: Sequence[str] | None, *, any_policy: bool, needed: bool = True) -> tuple[Policy, ...]:
        """Return the identity policies in the files `paths`, or the one that allows everything, for `--any-policy`.

        Raises UsageError where the call has both, or neither where one is `needed`.
        """
        if any_policy and paths:
            help = "leave out one: what the other policies allow is within what any policy allows"
            raise UsageError("`--policy` and `--any-policy` exclude each other", help=help)
        if any_policy:
            from verifier.clouds.aws.documents import any_identity_policy

            return (any_identity_policy(),)
        if not paths and needed:
            help = "give `--policy FILE`, or `--any-policy` to ask what the limits alone let through"
            raise UsageError("no identity policy given", help=help)
        return self.policies(paths)

    def maximum(self, path: str | None, at_most: str | None, files: Sequence[str] = ()) -> Policy:
        """Return the maximum in the file `path`, or the one of the services `at_most`, which have commas between them.

        `files` are the policies of the call: the last of several may be meant as the maximum. Raises UsageError where
        the call has both or neither.
        """
        if path is not None and at_most is not None:
            raise UsageError("`--maximum` and `--at-most` exclude each other", help="leave out one")
        if path is not None:
            return self.policy(path)
        if at_most is None:
            help = "give `--maximum FILE`, or `--at-most` with services, as in `--at-most s3,dynamodb`"
            if len(files) > 1:
                last = files[-1]
                help = f"give `--maximum FILE`; if {quote(last)} is meant, write `--maximum {printable(last)}`"
            raise UsageError("no maximum given", help=help)
        from verifier.clouds.aws.documents import services_maximum

        self._services = tuple(name.strip() for name in at_most.split(","))
        return services_maximum(self._services)

    def bar(self, maximum: str | None, at_most: str | None, needs: str | None, files: Sequence[str] = ()) -> Policy:
        """Return what the documents are compared with: the maximum, or what is needed, in the file `needs`.

        Raises UsageError where the call has both or neither.
        """
        if needs is None:
            return self.maximum(maximum, at_most, files)
        other = "--maximum" if maximum is not None else "--at-most" if at_most is not None else None
        if other is not None:
            help = "ask twice: what is allowed at most and what is needed are two questions"
            raise UsageError(f"`{other}` and `--needs` exclude each other", help=help)
        return self.policy(needs)

    def documents(self, policies: tuple[Policy, ...], beside: BesideFiles, asking: Asking | None = None) -> Documents:
        """Return `policies` together with the documents in the files named, by their types, and who asks."""
        from verifier.clouds.aws.documents import Documents

        return Documents.of(policies, {type_: self._levels(type_, beside[type_]) for type_ in BESIDE}, asking)

    def asking(self, who: WhoFiles, request: Request | None = None, *, explicit: bool = False) -> Asking | None:
        """Return who asks, and the documents of the resource's side; None where no option tells it."""
        if who == NOBODY and not explicit and (request is None or request.principal is None):
            return None
        from verifier.clouds.aws.read_asking import asking_of

        return asking_of(
            who.principal,
            request,
            resource_policies=tuple(map(self._resource_policy, who.resource_policy or ())),
            endpoint=None if who.endpoint is None else self.policy(who.endpoint),
            federated_by=who.federated_by,
            explicit=explicit,
        )

    def _resource_policy(self, told: str) -> tuple[str | None, Policy]:
        """Return the policy that `ARN=FILE` names, or `FILE` alone, with its ARN."""
        arn, equals, path = told.partition("=")
        if not told.startswith("arn:"):
            if path and os.path.lexists(path) and not os.path.lexists(told):
                raise UsageError(f"{quote(arn)} is not an ARN", help="write `--resource-policy ARN=FILE`")
            return None, self.policy(told)
        if not (equals and path):
            raise UsageError(f"{quote(told)} names no file", help="write `--resource-policy ARN=FILE`")
        return arn, self.policy(path)

    def _levels(self, type_: PolicyType, named: Any) -> PolicyLevels:
        match type_.facts.many:
            case Multiplicity.ONE:
                return () if named is None else ((self.policy(named),),)
            case Multiplicity.SEVERAL:
                levels = (parse_level_source(self._source(path, level=True)) for path in named or ())
                return tuple((policy,) for level in levels for policy in level)
            case Multiplicity.LEVELS:
                return tuple(self.level(path) for path in named or ())

    def request(self, path: str | None, told: Request | None) -> Request:
        """Return the request that options `told`, or the one in the file `path`, perhaps of an event (`FILE#ID`)."""
        from verifier.clouds.aws.request import read_request_source
        from verifier.sources.events import open_request

        if told is not None or path is None:
            assert told is not None
            self._request = Source("the request", "", stand_in=True)
            return told
        file, selector = split_selector(path)
        found = open_request(self._read(file), selector)
        self._request, self._notes = found.source, found.notes
        try:
            return read_request_source(self._request)
        except RequestError as wrong:
            if '"Statement"' in self._request.text:
                wrong.help = "this is a policy: name it with `--policy`, and the request with `--request`"
            raise

    def evaluated(self, documents: Documents, request: Request) -> EvaluateQuestion:
        """Return the question what happens to `request`; its errors name the file that the request is from."""
        from verifier.clouds.aws.read_asking import evaluate_question

        try:
            return evaluate_question(documents, request)
        except RequestError as wrong:
            if self._request is not None and not self._request.stand_in:
                wrong.source = self._request
            raise

    def warn(self, question: Question | Standard) -> None:
        """Print the warnings about `question`."""
        from verifier.clouds.aws.lint.lint import lint_question, lint_services

        found = lint_question(question, self._request) if self._request else lint_question(question)
        notes = [PlacedWarning(REQUEST, self._request, note) for note in self._notes] if self._request else []
        self._tell([*notes, *found, *lint_services(self._services)])

    def warn_of(self, document: Policy) -> None:
        """Print the warnings about the one document of a call."""
        from verifier.clouds.aws.lint.lint import lint_document

        self._tell(lint_document("document", document))

    def _tell(self, found: Sequence[PlacedWarning]) -> None:
        """Print the warnings `found`, those of one file together; those about what nobody here wrote are left out."""
        found = [placed for placed in found if placed.name in (SERVICES, REQUEST) or not placed.source.is_given]
        self.warnings += found
        by_source: dict[Source, list[PolicyWarning]] = {}
        for placed in found:
            by_source.setdefault(placed.source, []).append(placed.warning)
        if found:
            from verifier.report.diagnostics import warnings_text
            from verifier.report.style import style_of

            for source, warnings in by_source.items():
                print(warnings_text(source, warnings, style_of(sys.stderr)), file=sys.stderr)

    def code(self, code: ExitCode) -> ExitCode:
        """Return the exit code of a command that would end with `code`, were it not `strict`."""
        return strictly(code, [placed.warning.severity for placed in self.warnings], strict=self.strict)

    def _source(self, text: str, *, level: bool = False) -> Source:
        found = named(text)
        if found is not None:
            return found
        path, selector = split_selector(text)
        if path != "-" and not os.path.lexists(path):
            _refuse_bare_name(path)
        return document_in(self._read(path), selector, self.parameters, level=level)

    def _read(self, path: str) -> Source:
        if path == "-":
            if self._stdin_read:
                raise UsageError("standard input can be read only once", help="give `-` for at most one document")
            self._stdin_read = True
        found = read_source(path, self.max_size)
        if path == "-" and not found.text.strip():
            help = "send a document there, as in `< policy.json`, or name a file"
            raise UsageError("standard input is empty", help=help)
        return found


def _refuse_bare_name(text: str) -> None:
    """Raise UsageError where `text` is what AWS calls one of its policies, or a service, which have another form."""
    from verifier.clouds.aws.catalogue.actions import services
    from verifier.clouds.aws.managed.prefixes import BY_NAME, PRESET
    from verifier.clouds.aws.managed.presets import preset_names
    from verifier.clouds.aws.managed.shipped import find_managed

    help = ""
    bare = text[len(BY_NAME) :] if text[: len(BY_NAME)].lower() == BY_NAME else text
    if find_managed(bare) is not None:
        help = f"AWS's policy of that name is {quote(f'{BY_NAME}{bare}')}"
    elif text in preset_names():
        help = f"the ready-made maximum of that name is {quote(f'{PRESET}{text}')}"
    elif text.lower() in services():
        help = f"a maximum of everything that is of a service is {quote(f'--at-most {text}')}"
    if help:
        raise UsageError(f"there is no file {quote(text)}", help=help)


def _all_of(source: Source) -> tuple[Policy, ...]:
    return parse_level_source(source) if source.text.lstrip()[:1] == "[" else (parse_source(source),)


def told_parameters(given: Sequence[str] | None) -> dict[str, str]:
    """Return the values of `--parameter`, by the names. Raises UsageError for what is not `NAME=VALUE`, or twice."""
    found: dict[str, str] = {}
    for one in given or ():
        name, equals, value = one.partition("=")
        if not equals or not name:
            raise UsageError(f"{quote(one)} is not a parameter", help="write `--parameter NAME=VALUE`")
        if name in found:
            raise UsageError(f"the parameter {quote(name)} is given twice", help="leave out one")
        found[name] = value
    return found


def strictly(code: ExitCode, found: Iterable[Severity], *, strict: bool) -> ExitCode:
    """Return `code`, or 1 where it is 0, the command is `strict` and some warning is more than a note, and say so."""
    count = sum(severity is not Severity.NOTE for severity in found)
    if not strict or not count or code is not ExitCode.YES:
        return code
    print(f"strict: {count:,} warning{'s' if count > 1 else ''}, so the exit code is 1", file=sys.stderr)
    return ExitCode.NO
