"""Sets of typed languages of one type, decided outright: on a line cut at every bound, each piece is alike throughout.

`points(languages)` yields texts such that if any text of the type lies in some of the languages and outside others, one
of these does as well. Of networks there may be hundreds, that add up to another; `free_host` finds the gap between
them, if there is one. `typed.py` says what the languages are; `solve.py` asks.
"""

from __future__ import annotations

import ipaddress
import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Context, Decimal

from verifier.strings.languages import Language
from verifier.strings.typed import CANONICAL_ADDRESS, Host, Instant, Number
from verifier.strings.values import Address, Network, read_instant, write_address

_DAY = 86_400
_FIRST_INSTANT = read_instant("0000-01-01T00:00:00+23:59") or Decimal(0)
_LIKELY_ADDRESSES = ("203.0.113.7", "2001:db8::7")


def one_type(languages: Iterable[Language]) -> type[Number | Instant | Host] | None:
    """Return the type that all the languages are of, or None where they are of several or of another one."""
    kinds = {Host if language is CANONICAL_ADDRESS else type(language) for language in languages}
    return next((kind for kind in (Number, Instant, Host) if kinds == {kind}), None)


def free_host(inside: Sequence[Language], outside: Sequence[Language]) -> str | None:
    """Return an address inside all of `inside` and outside all of `outside`, None where there is none.

    All of them are `Host` or, of `inside`, the canonical addresses.
    """
    wanted, unwanted = _networks(inside), _networks(outside)
    for text in _LIKELY_ADDRESSES:
        if all(one.matches(text) for one in wanted) and not any(one.matches(text) for one in unwanted):
            return text
    gaps = (_gap(wanted, unwanted, version) for version in (4, 6))
    return next((write_address(address) for address in gaps if address is not None), None)


def _networks(languages: Iterable[Language]) -> list[Host]:
    return [language for language in languages if isinstance(language, Host)]


def _gap(inside: Iterable[Host], outside: Iterable[Host], version: int) -> Address | None:
    """Return the first address of `version` that is inside all networks and outside all others."""
    first, last = _range(None, version)
    for low, high in (_range(host.network, version) for host in inside):
        first, last = max(first, low), min(last, high)
    for low, high in sorted(_range(host.network, version) for host in outside):
        if low > first:
            break
        first = max(first, high + 1)
    return _address(first, version) if first <= last else None


def _range(network: Network | None, version: int) -> tuple[int, int]:
    """Return the first and the last address of `version` in `network`, all where that is None; an empty range is
    `(0, -1)`.
    """
    if network is None:
        return 0, (1 << 128) - 1
    return (int(network[0]), int(network[-1])) if network.version == version else (0, -1)


def points(languages: Iterable[Language]) -> Iterator[str]:
    """Yield a text of every piece between the bounds of the typed languages among `languages`, each type for itself."""
    numbers: list[Decimal] = []
    instants: list[Decimal] = []
    hosts: list[Network | None] = []
    for language in languages:
        match language:
            case Number():
                numbers.append(language.bound)
            case Instant():
                instants.append(language.bound)
            case Host(network):
                hosts.append(network)
            case _ if language is CANONICAL_ADDRESS:
                hosts.append(None)
            case _:
                pass
    if numbers:
        yield from map(write_number, _pieces(numbers))
    if instants:
        yield from filter(None, map(write_instant, _pieces([*instants, _FIRST_INSTANT])))
    if hosts:
        yield from _LIKELY_ADDRESSES
        cuts = [place for network in hosts if network for place in (network[0], network[-1], int(network[-1]) + 1)]
        yield from dict.fromkeys(write_address(address) for address in map(_address, cuts, _versions(hosts)) if address)
        yield from ("0.0.0.0", "::")  # noqa: S104  # the first address, nothing is bound


def _versions(networks: Iterable[Network | None]) -> Iterator[int]:
    for network in networks:
        if network:
            yield from (network.version,) * 3


def _address(place: int | Address, version: int) -> Address | None:
    bits = 32 if version == 4 else 128
    if int(place) >> bits:
        return None
    return ipaddress.IPv4Address(int(place)) if version == 4 else ipaddress.IPv6Address(int(place))


def _pieces(bounds: Iterable[Decimal]) -> Iterator[Decimal]:
    """Every bound, the next whole number and the middle of every gap, and a whole number beyond each end."""
    cuts = sorted(set(bounds))
    exact = Context(prec=max(len(format(cut, "f")) for cut in cuts) + 5)
    yield from cuts
    yield exact.add(exact.to_integral_value(cuts[-1]), Decimal(2))
    yield exact.subtract(exact.to_integral_value(cuts[0]), Decimal(2))
    for low, high in itertools.pairwise(cuts):
        whole = Decimal(math.floor(low) + 1)
        if whole < high:
            yield whole
        yield exact.divide(exact.add(low, high), Decimal(2))


def write_number(value: Decimal) -> str:
    """Return the shortest text of a number."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def write_instant(value: Decimal) -> str | None:
    """Return a text of an instant in seconds since 1970: digits or ISO 8601; None where it has none."""
    whole = math.floor(value)
    fraction = write_number(Context(prec=len(format(value, "f")) + 5).subtract(value, Decimal(whole))).partition(".")[2]
    if whole >= 0 and not fraction:
        return format(Decimal(whole), "f")  # `str` of an integer refuses more than 4,300 digits
    for zone, offset in (("Z", 0), ("+23:59", 86_340), ("-23:59", -86_340)):
        days, seconds = divmod(whole + offset, _DAY)
        date = _civil(days)
        if date:
            clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            return f"{date}T{clock}{'.' + fraction if fraction else ''}{zone}"
    return None


def _civil(days: int) -> str | None:
    """The date that lies `days` after 1970-01-01, for the years 0 to 9999."""
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400 + (month <= 2)
    return f"{year:04}-{month:02}-{day_of_year - (153 * shifted + 2) // 5 + 1:02}" if 0 <= year <= 9999 else None
