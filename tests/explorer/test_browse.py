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


def test_the_first_counterexample_is_shown(browser: Browser, explorer: Explorer):
    assert browser.explorer is explorer
    assert explorer.request
    assert explorer.request.action in browser.shown.value
    assert disabled(browser) == {"First", "Back", "Undo pin"}
    assert [button.description for button in browser.box.children[1].children] == list(browser.buttons)
    assert "application/vnd.jupyter.widget-view+json" in browser._repr_mimebundle_()


def test_buttons_step(browser: Browser, explorer: Explorer):
    browser.buttons["Next"].click()
    assert [one.request for one in browser.explorer.shown] == [explorer.request]
    assert disabled(browser) == {"Undo pin"}
    browser.buttons["Next"].click()
    assert isinstance(browser.explorer.verdict, NoOther)
    assert disabled(browser) == {"Next", "Undo pin"}
    browser.buttons["Back"].click()
    assert isinstance(browser.explorer.verdict, Escapes)
    browser.buttons["First"].click()
    assert browser.explorer.request == explorer.request


def test_a_service_lists_its_actions(browser: Browser):
    assert [value for _, value in browser.service.options] == ["", *services()]
    browser.service.value = "ec2"
    assert [value for _, value in browser.action.options] == ["", *map(str, actions("ec2"))]
    browser.action.value = "ec2:RunInstances"
    assert browser.given() == {"action": "ec2:RunInstances"}
    browser.service.value = ""
    assert browser.action.value == ""
    assert browser.given() == {}


def test_fields_pin_and_forbid(browser: Browser):
    browser.service.value = "ec2"
    browser.resource.value = " arn:aws:s3:::* "
    browser.buttons["Only these"].click()
    assert [str(pin) for pin in browser.explorer.pins] == ["where service `ec2` and resource `arn:aws:s3:::*`"]
    assert browser.explorer.request
    assert browser.explorer.request.words[0] == "ec2"
    browser.service.value = browser.resource.value = ""
    browser.key.value = "aws:SourceIp"
    browser.buttons["Not these"].click()
    browser.value.value = "203.0.113.0/24"
    browser.buttons["Not these"].click()
    assert [str(pin) for pin in browser.explorer.pins[1:]] == [
        "without aws:SourceIp present",
        "without aws:SourceIp IpAddress `203.0.113.0/24`",
    ]
    browser.buttons["Undo pin"].click()
    assert len(browser.explorer.pins) == 2


def test_a_mistake_is_said_and_nothing_changes(browser: Browser, explorer: Explorer):
    browser.buttons["Only these"].click()
    assert "nothing is pinned" in browser.error.value
    browser.resource.value = "<b>"
    browser.buttons["Only these"].click()
    assert "&lt;b&gt;" in browser.error.value
    assert "<b>" not in browser.error.value
    assert browser.explorer is explorer
    browser.resource.value = "arn:aws:s3:::*"
    browser.buttons["Only these"].click()
    assert browser.error.value == ""


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
