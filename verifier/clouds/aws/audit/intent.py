"""What is intended of an account: the table `[intent]` of a configuration, its documents read.

Intent            everything that is intended; without a configuration only a maximum, or nothing
Intent.of(...)    of the table, whose documents `read` reads
maximum_for       the maximum of a principal: the first that fits, else the general one
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.clouds.aws.account.model import AccountPrincipal
from verifier.clouds.aws.policy.syntax import Policy
from verifier.strings.pattern import parse_pattern

if TYPE_CHECKING:
    from verifier.config.model import IntentForm, Who


@dataclass(frozen=True, slots=True)
class PrincipalFilter:
    """Which principals something is for: those that meet all that is given; texts may have wildcards.

    `path` is met by the paths below it too.
    """

    path: str | None = None
    name: str | None = None
    tag: Mapping[str, str] = field(default_factory=dict)

    def fits(self, principal: AccountPrincipal) -> bool:
        """Whether `principal` is one of them."""
        tags = {key.lower(): value for key, value in principal.tags.items()}
        return (
            (self.path is None or _below(self.path, principal.path))
            and (self.name is None or arn_fits(self.name, principal.name))
            and all(
                arn_fits(value, tags[key.lower()]) if key.lower() in tags else False for key, value in self.tag.items()
            )
        )


@dataclass(frozen=True, eq=False, slots=True)
class MaximumRule:
    """The maximum of some principals."""

    of: PrincipalFilter
    maximum: Policy


@dataclass(frozen=True, slots=True)
class NeverRule:
    """What nobody may do, except principals whose ARN fits one of `unless`."""

    action: tuple[str, ...]
    resource: tuple[str, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnNetworks:
    """Where requests may come from."""

    cidrs: tuple[str, ...] = ()
    vpcs: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Intent:
    """What is intended; None, or an empty tuple, where nothing is said. Fields are called as the keys of the table."""

    maximum: Policy | None = None
    maximums: tuple[MaximumRule, ...] = ()
    never: tuple[NeverRule, ...] = ()
    organization: str | None = None
    trusted_accounts: tuple[str, ...] | None = None
    regions: tuple[str, ...] = ()
    networks: OwnNetworks | None = None
    sensitive: tuple[str, ...] = ()
    boundaries: tuple[str, ...] = ()
    mfa: tuple[str, ...] = ()
    passing: tuple[tuple[str, tuple[str, ...]], ...] | None = None
    services: tuple[str, ...] = ()
    separate: tuple[tuple[tuple[str, ...], ...], ...] = ()
    federated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()

    @staticmethod
    def of(form: IntentForm | None, read: Callable[[str], Policy], maximum: Policy | None = None) -> Intent:
        """Return what `form` says; `maximum`, where it is given, stands in the place of its general maximum.

        Raises what `read` raises, and UsageError for networks that name nothing.
        """
        if form is None:
            return Intent(maximum)
        general = maximum or (None if form.maximum is None else read(form.maximum))
        checks = form.checks
        return Intent(
            general,
            tuple(MaximumRule(_filter(one.for_), read(one.maximum)) for one in form.maximums or ()),
            tuple(
                NeverRule(tuple(one.action), tuple(one.resource), tuple(one.unless or ())) for one in form.never or ()
            ),
            form.organization,
            None if form.trusted_accounts is None else tuple(form.trusted_accounts),
            tuple(form.regions or ()),
            _networks(form),
            tuple(form.sensitive or ()),
            tuple(form.boundaries or ()),
            tuple(form.mfa or ()),
            None if form.pass_ is None else tuple((one.role, tuple(one.services)) for one in form.pass_),
            tuple(form.services or ()),
            tuple(tuple(map(tuple, duties)) for duties in form.separate or ()),
            {provider: tuple(subjects) for provider, subjects in (form.federated or {}).items()},
            tuple(checks.only if checks else ()),
            tuple(checks.skip if checks else ()),
        )

    def gives(self, name: str) -> bool:
        """Whether it says anything under the key `name`."""
        match name:
            case "":
                return True
            case "maximum":
                return self.maximum is not None or bool(self.maximums)
            case "pass":
                return self.passing is not None
            case "trusted_accounts":
                return self.trusted_accounts is not None
            case _:
                return bool(getattr(self, name))

    def documents(self) -> Sequence[Policy]:
        """Return the maxima, each once; their places are what `maximum_for` gives."""
        found = [rule.maximum for rule in self.maximums]
        return found if self.maximum is None else [*found, self.maximum]

    def maximum_for(self, principal: AccountPrincipal) -> int | None:
        """Return the place among `documents` of the maximum of `principal`: the first that fits, or the general one."""
        for place, rule in enumerate(self.maximums):
            if rule.of.fits(principal):
                return place
        return None if self.maximum is None else len(self.maximums)


def arn_fits(pattern: str, text: str) -> bool:
    """Whether `text` is what `pattern` says, whose `*` is any text and `?` one character."""
    return parse_pattern(pattern).matches(text)


def _below(pattern: str, path: str) -> bool:
    return arn_fits(pattern, path) or arn_fits(f"{pattern.removesuffix('/')}/*", path)


def _filter(form: Who) -> PrincipalFilter:
    return PrincipalFilter(form.path, form.name, form.tag or {})


def _networks(form: IntentForm) -> OwnNetworks | None:
    if form.networks is None:
        return None
    found = OwnNetworks(
        *(tuple(each or ()) for each in (form.networks.cidrs, form.networks.vpcs, form.networks.endpoints))
    )
    if not (found.cidrs or found.vpcs or found.endpoints):
        raise UsageError(f"{quote('networks')} names no network", help="name `cidrs`, `vpcs` or `endpoints`")
    return found
