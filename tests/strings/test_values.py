"""The readers of typed values (rules 22 and 23)."""

from __future__ import annotations

import base64
import datetime as dt
import ipaddress
import itertools
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.clouds.aws.policy.operators import Family
from verifier.clouds.aws.policy.suggestions import nearest_value
from verifier.strings.values import (
    Key,
    read_address,
    read_bool,
    read_bytes,
    read_instant,
    read_network,
    read_number,
    write_address,
)


@pytest.mark.parametrize("text", ["0", "-0", "7", "-2.5", "007", "1.0", "9" * 5_000, "0." + "1" * 5_000])
def test_numbers(text: str) -> None:
    assert read_number(text) == Decimal(text)


@pytest.mark.parametrize(
    "text",
    ["", " 1", "1 ", "1\n", "+1", "1.", ".5", "1e5", "1E5", "NaN", "Infinity", "-", "1,000", "1_0", "0x1", "٣", "¹"],
)
def test_no_numbers(text: str) -> None:
    assert read_number(text) is None


def test_numbers_are_exact() -> None:
    assert read_number("0.1") != read_number("0.1" + "0" * 40 + "1")
    assert read_number("1" * 5_000) < read_number("1" * 5_000 + "0")  # type: ignore[operator]  # both are numbers
    assert read_number("1.0") == read_number("1") == read_number("01")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", "0"),
        ("1700000000", "1700000000"),
        ("1970-01-01", "0"),
        ("1970-01-02T00:00Z", "86400"),
        ("1970-01-01T00:00:01", "1"),
        ("1970-01-01T00:00:00.25Z", "0.25"),
        ("1970-01-01T01:00:00+01:00", "0"),
        ("1969-12-31T23:59:59-00:01", "59"),
        ("1970-01-01T00:00:00-0130", "5400"),
        ("2000-02-29", "951782400"),
        ("0000-01-01", "-62167219200"),
        ("9999-12-31T23:59:59Z", "253402300799"),
    ],
)
def test_instants(text: str, seconds: str) -> None:
    assert read_instant(text) == Decimal(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "1.5",
        "2020-01",
        "2020-1-1",
        "2020-13-01",
        "2020-00-01",
        "2020-01-00",
        "2021-02-29",
        "1900-02-29",
        "2020-01-01T",
        "2020-01-01T24:00Z",
        "2020-01-01T00:60Z",
        "2020-01-01T00:00:60Z",
        "2020-01-01T00:00:00.Z",
        "2020-01-01 00:00:00Z",
        "2020-01-01t00:00:00z",
        "2020-01-01T00:00:00+24:00",
        "2020-01-01T00:00:00+1",
        "2020-01-01Z",
        " 2020-01-01",
        "2020-01-01\n",
    ],
)
def test_no_instants(text: str) -> None:
    assert read_instant(text) is None


@pytest.mark.parametrize("year", [0, 1, 4, 100, 199, 200, 300, 400, 1900, 1996, 2000, 2005, 2023, 2100, 9996, 9999])
def test_days_are_those_of_the_calendar(year: int) -> None:
    """A year that `datetime` does not have is like the one 400 years later."""
    known, shift = (year, 0) if year else (400, -146_097)
    for month, day in itertools.product(range(14), range(33)):
        value = read_instant(f"{year:04}-{month:02}-{day:02}")
        try:
            days = (dt.date(known, month, day) - dt.date(1970, 1, 1)).days + shift
        except ValueError:
            assert value is None
        else:
            assert value == days * 86_400


@pytest.mark.parametrize("text", ["2020-01-01T00:00:00+00:60", "2020-01-01T00:00-0060", "2020-01-01T00:00-24:00"])
def test_no_zones(text: str) -> None:
    assert read_instant(text) is None


def test_instants_are_exact() -> None:
    fraction = "123456789" * 5
    assert read_instant(f"2000-02-29T00:00:01.{fraction}Z") == Decimal(f"951782401.{fraction}")


ZONES = [dt.timezone(dt.timedelta(minutes=minutes)) for minutes in (0, 60, -90, 14 * 60, -12 * 60)]


@given(st.datetimes(timezones=st.sampled_from(ZONES)))
def test_instants_agree_with_datetime(moment: dt.datetime) -> None:
    epoch = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    microseconds = (moment - epoch) // dt.timedelta(microseconds=1)
    assert read_instant(moment.isoformat()) == Decimal(microseconds) / 1_000_000


def test_booleans() -> None:
    assert [read_bool(text) for text in ("true", "TRUE", "False", "fALSE")] == [True, True, False, False]
    assert [read_bool(text) for text in ("", "yes", "1", " true", "true ", "ｔｒｕｅ", "falſe")] == [None] * 7


@given(st.binary())
def test_base64_round_trip(value: bytes) -> None:
    assert read_bytes(base64.b64encode(value).decode()) == value


@pytest.mark.parametrize("text", ["QQ", "QQ=", "QR==", "Q Q==", "QQ==\n", "Q-==", "é", "===="])
def test_no_base64(text: str) -> None:
    assert read_bytes(text) is None


@pytest.mark.parametrize(
    "text", ["", "1.2.3", "01.2.3.4", "1.2.3.4 ", "fe80::1%eth0", "1.2.3.4/32", "::1::", "256.1.1.1", "١.2.3.4"]
)
def test_no_addresses(text: str) -> None:
    assert read_address(text) is None


def test_addresses() -> None:
    assert read_address("1.2.3.4") == ipaddress.ip_address("1.2.3.4")
    assert read_address("2001:DB8:0:0::1") == read_address("2001:db8::1")
    mapped = read_address("::ffff:1.2.3.4")
    assert mapped is not None
    assert mapped.version == 6


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("::ffff:1.2.3.4", "::ffff:102:304"),
        ("::FFFF:ABCD:00EF", "::ffff:abcd:ef"),
        ("::ffff:0.0.0.1", "::ffff:0:1"),
        ("2001:DB8::0:1", "2001:db8::1"),
        ("::1.2.3.4", "::102:304"),
        ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
    ],
)
def test_one_way_to_write_an_address(text: str, written: str) -> None:
    address = read_address(text)
    assert address is not None
    assert write_address(address) == written
    assert read_address(written) == address


@pytest.mark.parametrize(("name", "folded"), [("aws:S\u0130te", "aws:site"), ("K\u212a", "kk"), ("A" * 300, "a" * 300)])
def test_keys_are_one_whatever_their_case(name: str, folded: str) -> None:
    assert Key.of(name) == Key.of(folded)
    assert str(Key.of(name)) == Key.of(name).name == name
    assert Key.of(name).folded == folded


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.1.2.3", "10.1.2.3/32"),
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("10.1.2.3/0", "0.0.0.0/0"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("2001:db8::1/32", "2001:db8::/32"),
        ("::/0", "::/0"),
    ],
)
def test_networks(text: str, network: str) -> None:
    assert read_network(text) == ipaddress.ip_network(network)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "::/129",
        "10.0.0.0/08",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/ 8",
        "10.0.0.0/8/8",
        "10/8",
    ],
)
def test_no_networks(text: str) -> None:
    assert read_network(text) is None


@pytest.mark.parametrize(
    ("family", "text", "near"),
    [
        (Family.NUMERIC, " 12", "12"),
        (Family.NUMERIC, "+12", "12"),
        (Family.NUMERIC, "1,000", "1000"),
        (Family.NUMERIC, ".5", "0.5"),
        (Family.NUMERIC, "1e3", "1000"),
        (Family.NUMERIC, "1e999999999", None),
        (Family.NUMERIC, "ten", None),
        (Family.DATE, "2020/1/2", "2020-01-02"),
        (Family.DATE, "2020-01-02 03:04:05z", "2020-01-02T03:04:05Z"),
        (Family.DATE, "tomorrow", None),
        (Family.BOOL, "Yes", "true"),
        (Family.BOOL, "flase", "false"),
        (Family.NULL, "0", "false"),
        (Family.BOOL, "", None),
        (Family.BINARY, "QQ", "QQ=="),
        (Family.BINARY, "QR==", "QQ=="),
        (Family.BINARY, "é", None),
        (Family.ADDRESS, "10.0.0.0/33", "10.0.0.0/32"),
        (Family.ADDRESS, "10.0.0.0/08", "10.0.0.0/8"),
        (Family.ADDRESS, "10.0/16", "10.0.0.0/16"),
        (Family.ADDRESS, "010.0.0.1", "10.0.0.1"),
        (Family.ADDRESS, "host", None),
        (Family.STRING, "x", None),
        (Family.NUMERIC, "+" + "1" * 100, None),
    ],
)
def test_the_nearest_value(family: Family, text: str, near: str | None) -> None:
    assert nearest_value(text, family) == near
