"""The browser of ipywidgets, without a browser: what the fields say, what the buttons do, what is shown."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest

from tests.commands import ROOT
from verifier import Escapes, Explorer, NoOther, Policy, UsageError, explore
from verifier.clouds.aws.catalogue.actions import actions, services
from verifier.explorer.browse import Browser, browse


def load(name: str) -> Policy:
    return Policy.load(ROOT / "examples" / "john-and-jane" / name)


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    return explore([load("any-policy.json")], load("john-maximum.json"), boundary=load("john-boundary-loose.json"))


@pytest.fixture
def browser(explorer: Explorer) -> Browser:
    return explorer.browse()


def disabled(browser: Browser) -> set[str]:
    return {name for name, button in browser.buttons.items() if button.disabled}


def chips(browser: Browser) -> list[str]:
    return [chip.description for chip in browser.chips.children]


def test_the_first_counterexample_is_shown_beside_its_lines(browser: Browser, explorer: Explorer):
    assert browser.explorer is explorer
    assert explorer.request
    assert explorer.request.action in browser.shown.value
    assert "john-boundary-loose.json" in browser.why.value
    assert disabled(browser) == {"First", "Back"}
    assert (browser.busy.value, browser.error.value, browser.left.value, chips(browser)) == ("", "", "", [])
    assert "application/vnd.jupyter.widget-view+json" in browser._repr_mimebundle_()


def test_buttons_step(browser: Browser, explorer: Explorer):
    browser.buttons["Next"].click()
    assert [one.request for one in browser.explorer.shown] == [explorer.request]
    assert disabled(browser) == set()
    browser.buttons["Next"].click()
    assert isinstance(browser.explorer.verdict, NoOther)
    assert disabled(browser) == {"Next"}
    assert browser.why.value == ""
    browser.buttons["Back"].click()
    assert isinstance(browser.explorer.verdict, Escapes)
    browser.buttons["First"].click()
    assert browser.explorer.request == explorer.request


def test_boxes_search_the_catalogue(browser: Browser):
    assert browser.service.options == services()
    assert "aws:SourceIp" in browser.key.options
    browser.service.value = " EC2 "
    assert browser.action.options == tuple(map(str, actions("ec2")))
    browser.action.value = "RunInstances"
    assert browser.given() == {"action": " EC2 ".strip() + ":RunInstances"}
    browser.action.value = "ec2:Run*"
    assert browser.given() == {"action": "ec2:Run*"}
    browser.service.value = browser.action.value = ""
    assert browser.action.options == ()
    assert browser.given() == {}


def test_boxes_pin_and_are_empty_afterwards_and_a_chip_takes_a_pin_away(browser: Browser, explorer: Explorer):
    browser.service.value = "ec2"
    browser.resource.value = " arn:aws:s3:::* "
    browser.buttons["Only these"].click()
    assert chips(browser) == ["where service ec2 and resource arn:aws:s3:::*  ✕"]
    assert [box.value for box in browser.boxes] == [""] * 5
    assert browser.explorer.request
    assert browser.explorer.request.words[0] == "ec2"
    browser.key.value = "aws:SourceIp"
    browser.buttons["Not these"].click()
    browser.key.value, browser.value.value = "aws:SourceIp", "203.0.113.0/24"
    browser.buttons["Not these"].click()
    assert chips(browser)[1:] == [
        "without aws:SourceIp present  ✕",
        "without aws:SourceIp IpAddress 203.0.113.0/24  ✕",
    ]
    browser.chips.children[1].click()
    assert [str(pin) for pin in browser.explorer.pins] == [
        "where service `ec2` and resource `arn:aws:s3:::*`",
        "without aws:SourceIp IpAddress `203.0.113.0/24`",
    ]
    assert len(chips(browser)) == 2
    browser.chips.children[0].click()
    browser.chips.children[0].click()
    assert browser.explorer.pins == ()
    assert browser.explorer.request == explorer.request


def test_what_is_left_is_told_until_something_changes(browser: Browser):
    browser.buttons["What is left"].click()
    assert "nothing else escapes: proved" in browser.left.value
    browser.buttons["Next"].click()
    assert browser.left.value == ""


def test_a_mistake_is_said_and_nothing_changes(browser: Browser, explorer: Explorer):
    for box, text, said in [
        (browser.resource, "", "nothing is pinned"),
        (browser.resource, "<b>", "&lt;b&gt;"),
        (browser.key, "aws:SourceVcp", "did you mean <code>aws:SourceVpc</code>?"),
        (browser.key, "aws:RequestTag/${TagKey}", "write a name in its place"),
        (browser.value, "a", "name the key"),
    ]:
        box.value = text
        browser.buttons["Only these"].click()
        assert said in browser.error.value
        assert "<b>" not in browser.error.value
        assert browser.busy.value == ""
        assert browser.explorer is explorer
        assert box.value == text
        box.value = ""
    browser.resource.value = "arn:aws:s3:::*"
    browser.buttons["Only these"].click()
    assert browser.error.value == ""


def test_it_says_that_it_works_while_it_does(browser: Browser, monkeypatch: pytest.MonkeyPatch):
    seen: list[tuple[str, bool]] = []
    real = Explorer.next

    def watched(explorer: Explorer) -> Explorer:
        seen.append((browser.busy.value, browser.buttons["Next"].disabled))
        return real(explorer)

    monkeypatch.setattr(Explorer, "next", watched)
    browser.buttons["Next"].click()
    assert seen == [("<p>Looking &hellip;</p>", True)]
    assert browser.busy.value == ""


def test_there_is_no_such_pin(explorer: Explorer):
    assert explorer.unpin() is explorer
    pinned = explorer.where(service="ec2").without(key="aws:SourceIp")
    assert [str(pin) for pin in pinned.unpin(0).pins] == ["without aws:SourceIp present"]
    assert [str(pin) for pin in pinned.unpin().pins] == ["where service `ec2`"]
    for number in (2, -2):
        with pytest.raises(UsageError, match=f"there is no pin {number}"):
            pinned.unpin(number)


def test_without_ipywidgets_it_is_said_what_to_call(explorer: Explorer, monkeypatch: pytest.MonkeyPatch):
    real = builtins.__import__

    def missing(name: str, *rest: Any, **named: Any) -> Any:
        if name == "ipywidgets":
            raise ModuleNotFoundError("No module named 'ipywidgets'", name="ipywidgets")
        return real(name, *rest, **named)

    monkeypatch.delitem(sys.modules, "verifier.explorer.browse")
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(UsageError, match=r"call next\(\), back\(\), where\(...\) and without\(...\)"):
        explorer.browse()


def test_browse_is_the_method(explorer: Explorer):
    assert isinstance(browse(explorer), Browser)
