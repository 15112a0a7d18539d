"""A request: one concrete action on one resource in one context (semantics.md, rules 1 to 3).

Build it with `Request.of`, which checks rules 1 and 2 and brings the context to its one form: a list of one is a single
value, an empty list is an absent key, and the address of a key that holds addresses, as a page of AWS says, has its
canonical text (rules 3 and 23). Values of other types stay as they were written: whether one parses is the operators'
business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from verifier.base.errors import RequestError, quote
from verifier.clouds.aws.catalogue.keys import KeyType, documented_facts
from verifier.logic import request as any_cloud
from verifier.logic.request import KeyValue, parts
from verifier.strings.key import Key
from verifier.strings.pattern import arn_fields
from verifier.strings.values import read_address, write_address

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9_-]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Request(any_cloud.Request):
    """A request to AWS."""

    @staticmethod
    def of(
        action: str,
        resource: str,
        context: Mapping[str, str | Sequence[str]] | None = None,
        principal: str | None = None,
    ) -> Request:
        """Return the request in its one form. Raises RequestError where rules 1 to 3 or 15 are broken."""
        service, _, name = action.partition(":")
        if not (action.isascii() and _ACTION.fullmatch(f"{service.lower()}:{name}")):
            raise RequestError(f"{quote(action)} is not an action", help="write `service:Name`, as in `s3:GetObject`")
        if resource != "*" and arn_fields(resource) is None:
            raise RequestError(
                f"{quote(resource)} is not a resource", help="write `*` or `arn:partition:service:region:account:rest`"
            )
        keys: dict[Key, KeyValue] = {}
        for key_name, value in (context or {}).items():
            key = Key.of(key_name)
            if key in keys:
                raise RequestError(
                    f"the key {quote(key_name)} appears twice (keys ignore case)", help="keep one of them"
                )
            values = (value,) if isinstance(value, str) else tuple(value)
            if values:
                keys[key] = _canonical(key, values)
        for text in (
            resource,
            principal or "",
            *(key.name for key in keys),
            *(part for value in keys.values() for part in parts(value)),
        ):
            if _SURROGATE.search(text):
                raise RequestError(
                    f"{quote(text)} contains a lone surrogate", help="replace it with a complete character"
                )
        return Request(action, resource, dict(sorted(keys.items())), principal)


def _canonical(key: Key, values: tuple[str, ...]) -> KeyValue:
    facts = documented_facts(key.folded)
    if facts and facts.type is KeyType.ADDRESS:
        values = tuple(write_address(found) if (found := read_address(text)) else text for text in values)
    return values[0] if len(values) == 1 else values
