"""A request out of what AWS wrote about it: an event of CloudTrail, or a message that access was denied.

    open_request(source, selector)    the text of the request, and notes about what is not known of it
    load_request, parse_request       the request in a file, or in a text

A request as `interface.md` has it is returned as it is. Else the file is one of these: events of CloudTrail, and the
selector names one of several; what `aws sts decode-authorization-message` prints; an error message, as text or in JSON.
A part that is not known and that a request must have is an error; one that it may have is absent, and a note says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from os import PathLike

from verifier.base.dataclass import dataclass
from verifier.base.errors import InputError, PolicyWarning, RequestError, Severity, UsageError, quote
from verifier.base.files import read_source
from verifier.base.grammar import source_of
from verifier.base.regex import regex
from verifier.base.source import HasSpan, Source
from verifier.clouds.aws.catalogue.actions import Action, find_action
from verifier.clouds.aws.request import Request, read_request_source
from verifier.sources.cloudtrail import event_name, events_within, service_of
from verifier.sources.denied import decoded_message, denied_by, request_of_denial
from verifier.sources.document import document_source
from verifier.sources.event_context import context_of, notes_of, principal_of
from verifier.sources.event_resource import resource_of
from verifier.sources.event_table import MORE_ACTIONS, action_of, name_called, service_called
from verifier.sources.named import split_selector
from verifier.sources.notations import read_values
from verifier.sources.values import ObjectValue, TextValue, Value, object_value, text_of, text_value, under

_IS_REQUEST = regex(r'\s*+\{\s*+"(?:action|resource|context|principal)"')
_WRITE = 'write the request: `{"action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key", "context": {...}}`'
_MOST_LISTED = 20


@dataclass(frozen=True)
class OpenedRequest:
    """The text of a request, and what is to be said about it."""

    source: Source
    notes: tuple[PolicyWarning, ...] = ()


def open_request(source: Source, selector: str = "") -> OpenedRequest:
    """Return the request that the file holds. Raises RequestError where it holds none, or one that is not known."""
    if _IS_REQUEST.match(source.text):
        return OpenedRequest(source)
    try:
        return _opened(source, selector)
    except InputError as wrong:
        error = RequestError(wrong.message, source=wrong.source or source, span=wrong.span, help=wrong.help)
        raise error.as_shown() from None


def load_request(path: str | PathLike[str]) -> Request:
    """Return the request in a file, or of one of its events. Raises RequestError or UsageError."""
    file, selector = split_selector(path) if isinstance(path, str) else (path, "")
    return read_request_source(open_request(read_source(file), selector).source)


def parse_request(text: str) -> Request:
    """Return the request that a text holds. Raises RequestError."""
    return read_request_source(open_request(source_of(text, "<text>")).source)


def _opened(source: Source, selector: str) -> OpenedRequest:
    value = _values(source)
    events = [] if value is None else list(events_within(value))
    if events:
        pairs, notes = _request_of_event(_selected(events, selector, source))
    elif value is not None and (message := decoded_message(value)) is not None:
        pairs, notes = message
    elif (denial := denied_by(source, value)) is not None:
        pairs, notes = request_of_denial(denial)
    elif value is None:
        reason = "the text holds neither a request nor an event or a message that access was denied"
        raise UsageError(reason, source=source, help=_WRITE)
    else:
        return OpenedRequest(source)
    written = document_source(object_value(pairs, pairs[0][1].place), source)
    return OpenedRequest(written, tuple(PolicyWarning(text, place.span, Severity.NOTE) for text, place in notes))


def _values(source: Source) -> Value | None:
    try:
        return read_values(source)
    except UsageError:
        return None


def _selected(events: Sequence[ObjectValue], selector: str, source: Source) -> ObjectValue:
    named = [(event_name(event, number), event) for number, event in enumerate(events, 1)]
    chosen = [event for name, event in named if name == selector or not selector]
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(quote(f"{source.name}#{name}") for name, _ in named[:_MOST_LISTED])
    more = f", and {len(named) - _MOST_LISTED:,} more" if len(named) > _MOST_LISTED else ""
    what = f"no event {quote(selector)}" if selector and not chosen else f"{len(chosen)} events"
    raise UsageError(f"the text holds {what}", source=source, help=f"name one of {listed}{more}")


_Named = tuple[list[tuple[TextValue, Value]], list[tuple[str, HasSpan]]]


def _request_of_event(event: ObjectValue) -> _Named:
    service, call = service_called(service_of(event)), name_called(text_of(event.named["eventName"]) or "")
    name = event.named["eventName"]
    denial = denied_by(None, event)
    version = under(event, "requestParameters", "versionId") is not None
    action = action_of(service, call, version=version)
    notes = [(text, name.place) for text in notes_of(event)]
    if denial is not None:
        action = find_action((denial.action.known or "") if denial.action else "") or action
    if action is None or text_of(event.named.get("eventType")) in ("AwsServiceEvent", "AwsConsoleSignIn"):
        message = f"which action {quote(f'{service}:{call}')} needs is not known"
        raise InputError(message, span=name.span, help=_WRITE)
    if more := MORE_ACTIONS.get((service, call)):
        notes.append((f"the call also needs {more}, which is a request of its own", name.place))
    resource = denial.resource if denial is not None else None
    if resource is None:
        resource = _resource(action, resource_of(event, action, call), name)
    pairs: list[tuple[str, Value]] = [("action", text_value([str(action)], name.place)), ("resource", resource)]
    if principal := principal_of(event):
        pairs.append(("principal", principal))
    context = object_value(context_of(event, action), event.place)
    return _named([*pairs, ("context", context)]), notes


def _resource(action: Action, found: Sequence[TextValue], name: Value) -> TextValue:
    if len(found) == 1:
        return found[0]
    if not action.resource_types:
        return text_value(["*"], name.place)
    if found:
        listed = ", ".join(quote(each.known or "") for each in found[:_MOST_LISTED])
        raise InputError(f"the call is about several resources: {listed}", span=name.span, help=_WRITE)
    raise InputError("the event does not tell the ARN of the resource", span=name.span, help=_WRITE)


def _named(pairs: Iterable[tuple[str, Value]]) -> list[tuple[TextValue, Value]]:
    return [(text_value([name], value.place), value) for name, value in pairs]
