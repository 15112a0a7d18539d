"""Sets of numbers, dates and addresses: each piece between their bounds has a text, and no gap is overlooked."""

from __future__ import annotations

import datetime as dt
import ipaddress
import itertools
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.interpreter import matches
from verifier.strings.languages import Language
from verifier.strings.sample_points import free_host, points, write_instant, write_number
from verifier.strings.typed import CANONICAL_ADDRESS, IS_NUMBER, Host, Instant, Number
from verifier.strings.values import Comparison, read_address, read_instant, read_network, read_number

SMALL = ("10.0.0.0/29", "0.0.0.0/29", "255.255.255.248/29", "::/125", "2001:db8::8/125", "ffff:ffff:ffff:ffff::/125")
ZERO = "0.0.0.0"  # noqa: S104  # the first address, nothing is bound
LAST = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"


def host(text: str) -> Host:
    """Addresses of a network."""
    network = read_network(text)
    assert network is not None
    return Host(network)


def addresses(text: str) -> list[str]:
    """The addresses of a small network."""
    network = read_network(text)
    assert network is not None
    return [str(address) for address in network]


# --- addresses -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", SMALL)
def test_what_is_left_of_a_small_network_is_found(whole: str) -> None:
    every = addresses(whole)
    for taken in itertools.product((False, True), repeat=len(every)):
        free = [text for text, gone in zip(every, taken, strict=True) if not gone]
        found = free_host([CANONICAL_ADDRESS, host(whole)], [host(text) for text in every if text not in free])
        assert found in free if free else found is None


@pytest.mark.parametrize(
    ("inside", "outside", "free"),
    [
        ([], [], True),
        ([ZERO], [], True),
        (["::"], [], True),
        ([LAST], [], True),
        ([], ["0.0.0.0/0"], True),
        ([], ["::/0"], True),
        ([], ["0.0.0.0/0", "::/0"], False),
        ([], ["0.0.0.0/0", "::/1", "8000::/2", "c000::/2"], False),
        (["10.0.0.0/8"], ["::/0"], True),
        (["10.0.0.0/8", "::/0"], [], False),
        (["10.0.0.0/8", "10.1.0.0/16"], ["10.1.0.0/17"], True),
        (["10.0.0.0/8", "11.0.0.0/8"], [], False),
    ],
)
def test_an_address_of_either_version(inside: list[str], outside: list[str], free: bool) -> None:
    wanted, unwanted = [CANONICAL_ADDRESS, *map(host, inside)], list(map(host, outside))
    found = free_host(wanted, unwanted)
    assert (found is not None) is free
    if found is not None:
        assert all(matches(one, found) for one in wanted)
        assert not any(matches(one, found) for one in unwanted)


def test_where_every_address_is_taken() -> None:
    assert free_host([CANONICAL_ADDRESS], [Host()]) is None
    assert free_host([Host()], [host("0.0.0.0/0")]) is not None


def networks_of(whole: str) -> list[Host]:
    """Every network within a small one."""
    network = read_network(whole)
    assert network is not None
    sizes = range(network.prefixlen, network.max_prefixlen + 1)
    return [Host(part) for size in sizes for part in network.subnets(new_prefix=size)]


@pytest.mark.parametrize("whole", ["10.0.0.0/30", "0.0.0.0/30", "::4/126"])
def test_each_piece_between_networks_has_a_point(whole: str) -> None:
    every = networks_of(whole)
    for chosen in itertools.product(every, repeat=3):
        pieces(list(chosen), addresses(whole))


@pytest.mark.parametrize(
    "networks",
    [
        [],
        ["128.0.0.0/1", "::/0"],
        ["0.0.0.0/0", "2000::/3", "4000::/2", "8000::/1"],
        ["0.0.0.0/0", "::/0"],
        ["0.0.0.0/1", "::/0"],
        ["0.0.0.0/0", "::/1"],
    ],
)
def test_what_no_network_has_has_a_point(networks: list[str]) -> None:
    some = (ZERO, "1.2.3.4", "128.0.0.0", "255.255.255.255", "::", "1::", "2001:db8::7", "9000::", LAST)
    pieces([Host(), *map(host, networks)], list(some))
    pieces([CANONICAL_ADDRESS, *map(host, networks)], list(some))


def pieces(languages: list[Language], texts: list[str]) -> None:
    """Each set of the languages that one of `texts` is in is that of a point."""
    met = {tuple(matches(one, text) for one in languages) for text in points(languages)}
    for text in texts:
        here = tuple(matches(one, text) for one in languages)
        assert here in met or not any(here), (languages, text)


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1E+2", "100"),
        ("1E-7", "0.0000001"),
        ("1.50", "1.5"),
        ("2.0", "2"),
        ("100", "100"),
        ("100.00", "100"),
        ("0.0", "0"),
        ("-0.0", "0"),
        ("-0", "0"),
        ("-0.50", "-0.5"),
        ("007.10", "7.1"),
        ("-20", "-20"),
    ],
)
def test_a_number_is_written_as_short_as_it_can_be(value: str, text: str) -> None:
    assert write_number(Decimal(value)) == text
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize(("low", "high"), [("1", "5"), ("1.5", "5"), ("-3", "-0.5"), ("-1.5", "0.25")])
def test_the_next_whole_number_of_a_gap_is_a_point(low: str, high: str) -> None:
    languages = [Number(Comparison.GREATER, Decimal(low)), Number(Comparison.LESS, Decimal(high))]
    whole = next(number for number in range(-5, 5) if number > Decimal(low))
    assert {low, high, str(whole)} <= set(points(languages))
    assert any(Decimal(low) < Decimal(text) < Decimal(high) for text in points(languages))


@pytest.mark.parametrize("size", [1, 40, 4_400])
def test_pieces_between_long_numbers_have_points(size: int) -> None:
    """Two bounds that differ in the last of many digits."""
    low, high = Decimal("1" * size + "." + "2" * size), Decimal("1" * size + "." + "2" * (size - 1) + "3")
    languages: list[Language] = [Number(Comparison.GREATER, low), Number(Comparison.LESS, high), IS_NUMBER]
    met = {tuple(one.matches(text) for one in languages) for text in points(languages)}
    assert met == {(True, True, True), (True, False, True), (False, True, True)}


# --- dates -----------------------------------------------------------------------------------------------------------

EPOCH = dt.date(1970, 1, 1)
FIRST, FINAL = "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"


def turning_days() -> Iterator[dt.date]:
    """The days at which months end, of each kind of year."""
    for year in (1, 4, 100, 400, *range(1596, 2005), 2100, 2400, 4000, 9999):
        for month in range(1, 13):
            first = dt.date(year, month, 1)
            yield first
            if first > dt.date.min:
                yield first - dt.timedelta(days=1)


def test_days_are_those_of_the_calendar() -> None:
    for day in turning_days():
        seconds = Decimal((day - EPOCH).days * 86_400)
        assert write_instant(seconds + Decimal("0.5")) == f"{day.isoformat()}T00:00:00.5Z"


@pytest.mark.parametrize("second", [0, 1, 59, 60, 61, 3_599, 3_600, 3_601, 43_199, 43_200, 82_800, 86_340, 86_399])
def test_times_are_those_of_the_clock(second: int) -> None:
    moment = dt.datetime(1966, 7, 8, tzinfo=dt.UTC) + dt.timedelta(seconds=second)
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    assert write_instant(Decimal((moment - epoch) // dt.timedelta(seconds=1))) == moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    "text",
    [
        FIRST,
        "0000-01-01T00:00:00.25+23:59",
        "0000-01-01",
        "0000-02-28T23:59:59.5Z",
        "0000-02-29",
        "0000-03-01",
        "0000-12-31",
        "1969-12-31T23:59:59Z",
        "1970-01-01",
        "1970-01-01T00:00:01Z",
        "1970-01-01T00:00:00." + "0" * 60 + "1",
        "1969-12-31T23:59:59." + "123456789" * 5,
        "9999-12-31T23:59:59.5Z",
        f"{FINAL[:19]}.5-23:59",
        FINAL,
        "1" * 5_000,
    ],
)
def test_an_instant_is_written_so_that_it_is_read_again(text: str) -> None:
    value = read_instant(text)
    assert value is not None
    written = write_instant(value)
    assert written is not None
    assert read_instant(written) == value


@pytest.mark.parametrize(("text", "later"), [(FIRST, "-1"), (FIRST, "-0.5"), (FINAL, "1.5"), (FINAL, "86400.5")])
def test_an_instant_beyond_the_calendar_has_no_text(text: str, later: str) -> None:
    value = read_instant(text)
    assert value is not None
    assert write_instant(value + Decimal(later)) is None


@pytest.mark.parametrize("text", [FIRST, "1970-01-01T00:00:00Z", "2026-01-01T00:00:00Z", FINAL])
def test_pieces_before_and_behind_a_date_have_points(text: str) -> None:
    bound = read_instant(text)
    assert bound is not None
    languages = [Instant(relation, bound) for relation in (Comparison.LESS, Comparison.EQUALS, Comparison.GREATER)]
    met = {tuple(one.matches(found) for one in languages) for found in points(languages)}
    earlier = {(True, False, False)} if text != FIRST else set()
    assert met == {(False, True, False), (False, False, True)} | earlier


def test_every_point_of_addresses_is_one() -> None:
    assert all(read_address(text) for text in points([Host(), host("255.255.255.255"), host(LAST)]))
    assert all(ipaddress.ip_address(text) for text in points([CANONICAL_ADDRESS]))
