"""The questions about one group of principals: its fences, and the checks that are asked in another way."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from verifier.base.budget import bounded
from verifier.base.errors import InputError, LimitReached, UndecidedError
from verifier.base.memo import cached_property
from verifier.base.source import Source
from verifier.clouds.aws.audit.administrator import administers
from verifier.clouds.aws.audit.items import BOUNDARY_PLACE, SubjectAnswer, SubjectFault, SubjectItem
from verifier.clouds.aws.audit.maxima import Maxima, all_but
from verifier.clouds.aws.audit.owners import whoever_owns
from verifier.clouds.aws.audit.plan import AuditPlan, Fence
from verifier.clouds.aws.audit.shapes import denial, literal, maximum_of_shapes, tagging
from verifier.clouds.aws.audit.statements import STATEMENT_CHECKS, statement_faults, unneeded
from verifier.clouds.aws.audit.subject import NO_REQUEST, Subject
from verifier.clouds.aws.audit.with_resources import escape_of, may_exceed, shown_policies
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.policy.parse import parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import read_principal
from verifier.logic.request import Request
from verifier.questions.verdict import Contained, Escapes, Undecided, Verdict


class SubjectAsking:
    """One group while it is asked about."""

    def __init__(self, subject: Subject, item: SubjectItem, plan: AuditPlan, account: str, maxima: Maxima) -> None:
        self._subject, self._item, self._plan, self._maxima = subject, item, plan, maxima
        self._account, self._ask = account, maxima.ask
        self._faults: list[SubjectFault] = []
        self._undecided: list[tuple[str, str]] = []
        self._unneeded: frozenset[int] | None = None

    def answer(self) -> SubjectAnswer:
        """Ask everything that is wanted."""
        self._guarded("", self._ask_fences)
        if self._subject.identity:
            steps: dict[str, Callable[[], None]] = {
                "A4": self._ask_administrator,
                "A7'": self._ask_gates,
                "A21": self._ask_boundary,
                "A25": self._ask_tags,
                "A26": self._ask_duties,
            }
            for check, step in steps.items():
                if check in self._plan.wanted:
                    self._guarded(check, step)
            if self._plan.wanted & STATEMENT_CHECKS:
                self._guarded("", self._ask_statements)
        if self._plan.granting:
            self._guarded("", self._ask_resources)
        return SubjectAnswer(tuple(self._faults), tuple(self._undecided), self._unneeded)

    def _ask_boundary(self) -> None:
        self._unneeded = unneeded(self._subject, self._ask)

    def _guarded(self, check: str, step: Callable[[], None]) -> None:
        """Take a step; where it ends early, its check is undecided."""
        try:
            with bounded():
                step()
        except UndecidedError as why:
            self._undecided.append((check, str(why)))
        except InputError as error:
            self._undecided.append((check, str(error)))
        except Exception as error:  # noqa: BLE001 - a defect, which is this question's answer
            self._undecided.append((check, f"internal error: {type(error).__name__}: {error}"))

    def _ask_fences(self) -> None:
        fences = self._plan.fences
        numbers = [number for number in self._item.fences if fences[number].of == "effective"]
        fence = self._maxima.fence
        numbers = [number for number in numbers if not self._subject.is_limited_to(fence(number), self._ask)]
        shaped = tuple(number for number in numbers if fences[number].shapes)
        if len(shaped) > 1 and isinstance(self._within(self._maxima.together(shaped)), Contained):
            numbers = [number for number in numbers if number not in shaped]
        for number in numbers:
            self._take(fences[number], number, self._within(fence(number)))
        boundary = self._subject.boundary
        if boundary is not None:
            for number in self._item.fences:
                if fences[number].of == "boundary":
                    self._take(fences[number], number, self._maxima.of_boundary(boundary, number))

    def _within(self, maximum: Policy) -> Verdict:
        try:
            return self._subject.within(maximum, self._ask)
        except LimitReached as limit:
            return Undecided(str(limit))

    def _take(self, fence: Fence, number: int, verdict: Verdict) -> None:
        """Note what a verdict says of a fence."""
        if isinstance(verdict, Undecided):
            self._undecided.append((fence.check, verdict.reason))
        elif isinstance(verdict, Escapes):
            place: int | None = BOUNDARY_PLACE
            statement: int | None = None
            if fence.of == "effective":
                verdict = self._subject.shown(self._maxima.fence(number), verdict, self._ask)
                place, statement = self._subject.cause(verdict.request)
            self._faults.append(
                SubjectFault(fence.check, number, place, statement, fence.detail, verdict.request, verdict.breaks)
            )

    def _ask_administrator(self) -> None:
        found = administers(self._subject, self._account, self._ask)
        if isinstance(found, Undecided):
            self._undecided.append(("A4", found.reason))
        elif found is not None:
            place, statement = self._subject.cause(found)
            self._faults.append(SubjectFault("A4", None, place, statement, request=found))

    def _ask_gates(self) -> None:
        """Ask A7': a request that AWS makes for the principal is allowed, and one from the networks."""
        for detail, maximum in self._gates.items():
            verdict = self._within(maximum)
            if isinstance(verdict, Contained):
                if not isinstance(self._within(NO_REQUEST), Contained):
                    self._faults.append(SubjectFault("A7'", detail=detail))
            elif isinstance(verdict, Undecided):
                self._undecided.append(("A7'", verdict.reason))

    @cached_property
    def _gates(self) -> Mapping[str, Policy]:
        """What A7' asks about, each as the maximum that allows all else."""
        gates = {"no request that AWS makes for it": denial(Bool={"aws:ViaAWSService": "true"})}
        if self._plan.vpcs:
            gates["no request from the VPCs"] = denial(StringEquals={"aws:SourceVpc": list(self._plan.vpcs)})
        return {detail: all_but(json.dumps(shape)) for detail, shape in gates.items()}

    def _open_gates(self, askings: Mapping[int, Asking]) -> None:
        """Leave those out of what A7' found for whom the policy of a resource opens a gate."""
        for fault in [each for each in self._faults if each.check == "A7'"]:
            maximum = self._gates[fault.detail]
            cases = {place: whoever_owns(self._asked_by(place, asking)) for place, asking in askings.items()}
            opened = {place for place, case in cases.items() if escape_of([case], maximum, self._ask) is not None}
            if opened:
                shut = [place for place in range(len(self._item.arns)) if place not in opened]
                self._faults.remove(fault)
                self._faults += [replace(fault, principal=place) for place in shut]

    def _ask_tags(self) -> None:
        """Ask A25, of all principals at once, and of each by itself where that escapes."""
        keys = self._plan.tag_keys
        if not keys or isinstance(self._within(_tagging("*", keys)), Contained):
            return
        for number, arn in enumerate(self._item.arns):
            maximum = _tagging(arn, keys)
            verdict = self._subject.within(maximum, self._ask)
            if isinstance(verdict, Escapes):
                verdict = self._subject.shown(maximum, verdict, self._ask)
                place, statement = self._subject.cause(verdict.request)
                self._faults.append(
                    SubjectFault(
                        "A25", None, place, statement, request=verdict.request, breaks=verdict.breaks, principal=number
                    )
                )
            elif isinstance(verdict, Undecided):
                self._undecided.append(("A25", verdict.reason))

    def _ask_duties(self) -> None:
        """Ask A26: at most one of the duties of each list."""
        for duties in self._plan.separate:
            allowed: list[tuple[Sequence[str], Request]] = []
            for duty in duties:
                maximum = all_but(json.dumps(denial(duty)))
                verdict = self._within(maximum)
                if isinstance(verdict, Escapes):
                    allowed.append((duty, self._subject.shown(maximum, verdict, self._ask).request))
                elif isinstance(verdict, Undecided):
                    self._undecided.append(("A26", verdict.reason))
            fault = _of_duties(allowed)
            if fault is not None:
                place, statement = self._subject.cause(allowed[-1][1])
                self._faults.append(replace(fault, place=place, statement=statement))

    def _ask_resources(self) -> None:
        """Ask of each principal that a policy of a resource may name whether that policy allows too much (rule 31)."""
        askings: dict[int, Asking] = {}
        for place, (arn, named) in enumerate(zip(self._item.arns, self._item.granting, strict=True)):
            granting = self._plan.granting_to(named)
            if granting:
                askings[place] = Asking(read_principal(arn), shown_policies(granting))
                self._ask_with(place, askings[place])
        self._open_gates(askings)

    def _asked_by(self, place: int, asking: Asking) -> Documents:
        return self._subject.asked_by(asking, self._item.there[place])

    def _ask_with(self, place: int, asking: Asking) -> None:
        """Ask what holds of the documents alone of the documents with policies of resources (A27, and all fences)."""
        documents = self._asked_by(place, asking)
        known = {fault.fence for fault in self._faults if fault.principal in (None, place)}
        maxima = {
            number: self._maxima.fence(number)
            for number in self._item.fences
            if self._plan.fences[number].of == "effective" and number not in known
        }
        for number, maximum in maxima.items():
            if may_exceed(asking.resource_policies, maximum):
                self._judge(self._plan.fences[number].check, number, documents, maximum, place)
        boundary = self._subject.boundary
        if "A27" in self._plan.wanted and boundary is not None:
            self._judge("A27", None, documents, boundary, place)
        if "A26" in self._plan.wanted:
            self._ask_duties_with(place, documents, asking)

    def _ask_duties_with(self, place: int, documents: Documents, asking: Asking) -> None:
        """Ask A26 of a principal together with policies of resources, where nothing was found without them."""
        found = {fault.detail for fault in self._faults if fault.check == "A26"}
        for duties in self._plan.separate:
            maxima = {tuple(duty): all_but(json.dumps(denial(duty))) for duty in duties}
            if not any(may_exceed(asking.resource_policies, maximum) for maximum in maxima.values()):
                continue
            allowed: list[tuple[Sequence[str], Request]] = []
            for duty, maximum in maxima.items():
                verdict = escape_of([whoever_owns(documents)], maximum, self._ask)
                if isinstance(verdict, Undecided):
                    self._undecided.append(("A26", verdict.reason))
                elif verdict is not None:
                    allowed.append((duty, verdict.request))
            fault = _of_duties(allowed)
            if fault is not None and fault.detail not in found:
                request = allowed[-1][1]
                self._faults.append(replace(fault, principal=place, resource=request.resource))

    def _judge(self, check: str, number: int | None, documents: Documents, maximum: Policy, place: int) -> None:
        verdict = escape_of([(documents, ())], maximum, self._ask)
        if isinstance(verdict, Undecided):
            self._undecided.append((check, verdict.reason))
        elif verdict is not None:
            request = verdict.request
            fault = SubjectFault(check, number, request=request, breaks=verdict.breaks, principal=place)
            self._faults.append(replace(fault, detail="by the policy of a resource", resource=request.resource))

    def _ask_statements(self) -> None:
        number = self._item.maximum
        maximum = None if number is None else self._maxima.maximum(number)
        for fault in statement_faults(self._subject, self._plan.wanted, maximum, self._ask):
            if fault.undecided:
                self._undecided.append((fault.check, fault.undecided))
            else:
                self._faults.append(
                    SubjectFault(fault.check, None, fault.place, fault.statement.index, fault.detail, fault.request)
                )


def _of_duties(allowed: Sequence[tuple[Sequence[str], Request]]) -> SubjectFault | None:
    """Return the finding about duties that are `allowed`, each with a request; None where that is one at most."""
    if len(allowed) < 2:
        return None
    detail = " and ".join(", ".join(duty) for duty, _ in allowed)
    return SubjectFault("A26", None, detail=detail, request=allowed[-1][1])


def _tagging(arn: str, keys: Sequence[str]) -> Policy:
    if arn == "*":
        return all_but(json.dumps(tagging(arn, keys)))
    text = maximum_of_shapes([tagging(literal(arn), keys)])
    return parse_source(Source("everything else", text, stand_in=True))
