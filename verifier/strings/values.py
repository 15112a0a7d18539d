"""How texts are read as typed values: condition keys, numbers, dates, Booleans, addresses, bytes (rules 15, 22 and 23).

    Key                 compares without regard to case (rule 15), by `lower`, the one-to-one lower-case mapping
    read_number, ...    the value of a text, None if the text is not of the type (rule 24 says what follows)
    Comparison          how one value stands to another

No reader raises. Numbers and instants are exact `Decimal`s: reading one never rounds, and comparing two is exact at any
length.
"""

from __future__ import annotations

import base64
import binascii
import enum
import ipaddress
from dataclasses import field
from decimal import Context, Decimal
from functools import lru_cache
from typing import TypeAlias

from verifier.base.dataclass import dataclass
from verifier.base.regex import regex

_LONGEST_CACHED = 256


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A condition key. `folded` is what is compared; `name` is how it was written."""

    folded: str
    name: str = field(compare=False)

    def __hash__(self) -> int:
        return hash(self.folded)

    @staticmethod
    def of(name: str) -> Key:
        """Return the key called `name`."""
        return _short(name) if len(name) <= _LONGEST_CACHED else Key(lower(name), name)

    @property
    def is_hidden(self) -> bool:
        """Whether it stands for another text than a key's value: `of` never makes it."""
        return self.folded != lower(self.folded)

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=4096)
def _short(name: str) -> Key:
    return Key(lower(name), name)


def lower(text: str) -> str:
    """Return `text` with each code point mapped to its simple lower case: one to one, no folding (rule 20)."""
    return text.lower() if text.isascii() else "".join(map(_lower_char, text))


def _lower_char(char: str) -> str:
    """Python maps U+0130 to two characters; its simple lower case is `i`, and no other code point is like it."""
    return char.lower()[0]


Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


class Comparison(enum.Enum):
    """How one value stands to another."""

    EQUALS = "="
    LIKE = "like"
    LESS = "<"
    LESS_EQUALS = "<="
    GREATER = ">"
    GREATER_EQUALS = ">="
    WITHIN = "in"
    ABSENT = "absent"


_NUMBER = regex(r"-?[0-9]+(\.[0-9]+)?")
_EPOCH = regex(r"[0-9]+")
_DATE = regex(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    r"(T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(\.(?P<fraction>[0-9]+))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_PREFIX_LENGTH = regex(r"0|[1-9][0-9]{0,2}")
_DAYS_BEFORE_EPOCH = 719_468


def read_number(text: str) -> Decimal | None:
    """Read `-?digits[.digits]` (rule 22)."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def read_instant(text: str) -> Decimal | None:
    """Read epoch seconds (digits alone) or ISO 8601, as seconds since 1970-01-01T00:00:00Z (rule 22)."""
    if _EPOCH.fullmatch(text):
        return Decimal(text)
    found = _DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    hour, minute, second = int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0)
    if not (1 <= month <= 12 and 1 <= day <= _month_length(year, month) and hour < 24 and minute < 60 and second < 60):
        return None
    offset = _zone_offset(found["zone"])
    if offset is None:
        return None
    whole = ((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - offset
    fraction = found["fraction"] or "0"
    return Context(prec=len(fraction) + 20).add(Decimal(whole), Decimal(f"0.{fraction}"))


def read_bool(text: str) -> bool | None:
    """Read `true` or `false` in any case (rule 22)."""
    return {"true": True, "false": False}.get(text.lower()) if text.isascii() else None


def read_bytes(text: str) -> bytes | None:
    """Read canonical base64: padded, and without stray bits, so that equal bytes have equal texts (rule 22)."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return value if base64.b64encode(value).decode() == text else None


def read_address(text: str) -> Address | None:
    """Read one IPv4 or IPv6 address; a mapped IPv4 address is IPv6, a zone (`%eth0`) is none (rule 23)."""
    if "%" in text or not text.isascii():
        return None
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def write_address(address: Address) -> str:
    """Return the canonical text: compressed, in lower case, a mapped IPv4 address in hexadecimal like any other IPv6
    one.
    """
    if address.version == 6 and address.ipv4_mapped:
        return f"::ffff:{int(address) >> 16 & 0xFFFF:x}:{int(address) & 0xFFFF:x}"  # Python 3.13 writes it with dots
    return str(address)


def read_network(text: str) -> Network | None:
    """Read a CIDR block or a bare address; bits below the mask are ignored (rule 23)."""
    host, slash, length = text.partition("/")
    address = read_address(host)
    if address is None or (slash and not _PREFIX_LENGTH.fullmatch(length)):
        return None
    bits = int(length) if slash else address.max_prefixlen
    if bits > address.max_prefixlen:
        return None
    return ipaddress.ip_network((address, bits), strict=False)


def _zone_offset(zone: str | None) -> int | None:
    if zone is None or zone == "Z":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        return None
    return (-1 if zone[0] == "-" else 1) * (hours * 60 + minutes) * 60


def _month_length(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the proleptic Gregorian calendar, which `datetime` has from year 1 only."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - _DAYS_BEFORE_EPOCH
