"""What `Ref` and `Fn::GetAtt` give of a resource, as far as it is known before deployment (`data/arns.tsv`).

The ARN of a role with a name is a text with the name in it; the partition, the Region and the account are unknown
unless the call gives them. The name that CloudFormation makes up for a resource without one is unknown: `${Bucket}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from verifier.base.regex import regex
from verifier.base.source import HasSpan
from verifier.sources.cloudformation.shapes import Parts, parts_of, text_at
from verifier.sources.cloudformation.tables import ReferenceRow, reference_rows
from verifier.sources.cloudformation.template import Resource
from verifier.sources.values import TextValue, Unresolved

if TYPE_CHECKING:
    from verifier.sources.cloudformation.resolver import Resolver

_FIELD = regex(r"\{(\w+)\}")
_PSEUDO = {"P": "AWS::Partition", "R": "AWS::Region", "A": "AWS::AccountId"}


class References:
    """The resources of a template by their logical ids."""

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        self.resources = resources

    def value(self, resolver: Resolver, name: str, attribute: str, place: HasSpan) -> TextValue | None:
        """Return what the reference gives, None where that is not known."""
        resource = self.resources.get(name)
        row = reference_rows().get(resource.type) if resource is not None else None
        if resource is None or row is None or (attribute or "Ref") not in row.forms:
            return None
        found: list[str | Unresolved] = []
        form = row.forms[attribute or "Ref"]
        for number, piece in enumerate(_FIELD.split(form)):
            if number % 2 == 0:
                found.append(piece)
            else:
                parts = self._field(resolver, resource, row, piece, place)
                if parts is None:
                    return None
                found += parts
        resolver.template.budget.spend(len(found))
        resolver.template.budget.spend_text(sum(len(part) for part in found if isinstance(part, str)))
        return text_at(found, place)

    def _field(
        self, resolver: Resolver, resource: Resource, row: ReferenceRow, field: str, place: HasSpan
    ) -> Parts | None:
        if field in _PSEUDO:
            return parts_of(resolver.named_value(_PSEUDO[field], "", place))
        given = self._given(resolver, resource, row.path if field == "path" else row.name)
        if field == "host":
            return _without_scheme(given)
        if given is not None:
            return given
        if field == "path":
            return ("/",)
        attribute = next((name for name, form in row.forms.items() if form == "{name}"), row.name)
        made_up = resource.name if attribute == "Ref" else f"{resource.name}.{attribute}"
        return (resolver.unknown(made_up, place).unknown,)

    def _given(self, resolver: Resolver, resource: Resource, name: str) -> Parts | None:
        if not name or resource.properties is None:
            return None
        found = resolver.member(resource.properties, name)
        if found is None:
            return None
        found = resolver.resolve(found)
        parts = parts_of(found)
        if parts is None and found is not None:
            return (resolver.unknown(f"{resource.name}.{name}", found.place).unknown,)
        return parts


def _without_scheme(url: Parts | None) -> Parts | None:
    """Return a URL without `https://`, as the ARN of an identity provider has it."""
    if url is None or not isinstance(url[0], str) or not url[0].startswith("https://"):
        return None
    return (url[0].removeprefix("https://"), *url[1:])
