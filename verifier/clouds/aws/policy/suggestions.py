"""The nearest right value to a malformed one, for the help of an error. Nothing here decides what a value means."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from verifier.base.regex import regex
from verifier.clouds.aws.policy.operators import Family
from verifier.strings.values import read_bool, read_bytes, read_instant, read_network, read_number

_LONGEST = 64
_MEANT = dict.fromkeys(("yes", "y", "1", "on"), "true") | dict.fromkeys(("no", "n", "0", "off"), "false")
_EXPONENT = regex(r"[-+]?[0-9]+(\.[0-9]+)?[eE][-+]?[0-9]{1,2}")
_LOOSE_DATE = regex(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(.*)", re.ASCII)


def nearest_value(text: str, family: Family) -> str | None:
    """Return a value of `family` that whoever wrote `text` may have meant, or None."""
    if len(text) > _LONGEST:
        return None
    found = _CANDIDATES.get(family)
    if found is None:
        return None
    candidates, right = found
    return next((candidate for candidate in candidates(text.strip()) if right(candidate)), None)


def _numbers(text: str) -> Iterator[str]:
    yield text
    yield text.removeprefix("+")
    yield text.replace(",", "").replace("_", "")
    yield f"0{text}"
    yield f"{text}0"
    if _EXPONENT.fullmatch(text):
        yield format(Decimal(text), "f")


def _dates(text: str) -> Iterator[str]:
    yield text
    yield text.upper()
    yield text.upper().replace(" ", "T", 1)
    if found := _LOOSE_DATE.fullmatch(text.upper().replace(" ", "T", 1)):
        yield f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}{found[4]}"
        yield f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def _booleans(text: str) -> Iterator[str]:
    yield text
    yield _MEANT.get(text.lower(), "")
    yield next((word for word in ("true", "false") if text.lower()[:1] == word[0]), "")


def _base64s(text: str) -> Iterator[str]:
    yield text
    text = text.replace("-", "+").replace("_", "/").rstrip("=")
    text += "=" * (-len(text) % 4)
    yield text
    try:
        yield base64.b64encode(base64.b64decode(text)).decode()
    except ValueError:
        return


def _networks(text: str) -> Iterator[str]:
    yield text
    host, slash, length = text.partition("/")
    if not slash:
        yield f"{host}/32"
    yield f"{host}/{length.lstrip('0') or '0'}"
    yield f"{host}/{'128' if ':' in host else '32'}"
    octets = [octet.lstrip("0") or "0" for octet in host.split(".")]
    yield ".".join(octets) + slash + length
    yield ".".join(octets + ["0"] * (4 - len(octets))) + (slash + length if slash else f"/{8 * len(octets)}")


def _right(read: Callable[[str], object | None]) -> Callable[[str], bool]:
    return lambda text: read(text) is not None


_CANDIDATES: dict[Family, tuple[Callable[[str], Iterator[str]], Callable[[str], bool]]] = {
    Family.NUMERIC: (_numbers, _right(read_number)),
    Family.DATE: (_dates, _right(read_instant)),
    Family.BOOL: (_booleans, _right(read_bool)),
    Family.NULL: (_booleans, _right(read_bool)),
    Family.BINARY: (_base64s, _right(read_bytes)),
    Family.ADDRESS: (_networks, _right(read_network)),
}
