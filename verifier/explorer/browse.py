"""`browse`: an explorer with lists, fields and buttons for Jupyter; each of them calls a method of the explorer.

    Next, Back, First         the method of that name
    Only these, Not these     `where` and `without`, of what is chosen and written in the fields
    Undo pin                  `unpin`

`browser.explorer` is the explorer that is shown at the time. Needs ipywidgets; everything can be called without it.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

from verifier.base.errors import UsageError
from verifier.clouds.aws.catalogue.actions import actions, services
from verifier.explorer.explorer import Explorer

try:
    import ipywidgets as widgets
except ModuleNotFoundError:
    raise UsageError(
        "browse() needs ipywidgets, which is not installed",
        help="call next(), back(), where(...) and without(...) of the explorer; or, in a checkout of verifier: "
        "pip install '.[notebook]'",
    ) from None

_ANY = ""


class Browser:
    """The widgets, and the explorer that they show. `box` is what Jupyter shows."""

    def __init__(self, explorer: Explorer) -> None:
        """Show `explorer`."""
        self.explorer = explorer
        self.service = widgets.Dropdown(description="service", options=[("any", _ANY), *((s, s) for s in services())])
        self.action = widgets.Dropdown(description="action", options=[("any", _ANY)])
        self.resource = widgets.Text(description="resource", placeholder="arn:aws:s3:::bucket/*")
        self.key = widgets.Text(description="key", placeholder="aws:SourceIp")
        self.value = widgets.Text(description="value", placeholder="empty: the key is present")
        self.buttons = {name: widgets.Button(description=name, tooltip=tip) for name, (tip, _) in _BUTTONS.items()}
        self.shown = widgets.HTML()
        self.error = widgets.HTML()
        self.service.observe(self._list_actions, names="value")
        for name, button in self.buttons.items():
            button.on_click(self._calls(_BUTTONS[name][1]))
        fields = widgets.HBox(
            [
                widgets.VBox([self.service, self.action]),
                widgets.VBox([self.resource]),
                widgets.VBox([self.key, self.value]),
            ]
        )
        self.box = widgets.VBox([fields, widgets.HBox(list(self.buttons.values())), self.error, self.shown])
        self._show()

    def given(self) -> dict[str, Any]:
        """Return what the fields say, as arguments of `where` and `without`."""
        found: dict[str, Any] = {}
        if self.action.value != _ANY:
            found["action"] = self.action.value
        elif self.service.value != _ANY:
            found["service"] = self.service.value
        if resource := self.resource.value.strip():
            found["resource"] = resource
        if key := self.key.value.strip():
            value = self.value.value.strip()
            found["key"] = {key: value} if value else key
        return found

    def _list_actions(self, change: dict[str, Any]) -> None:
        self.action.options = [("any", _ANY), *((one.name, str(one)) for one in actions(change["new"]))]

    def _calls(self, step: Callable[[Browser], Explorer]) -> Callable[[object], None]:
        def clicked(button: object) -> None:  # noqa: ARG001  # ipywidgets gives it
            try:
                self.explorer = step(self)
                self._show()
            except UsageError as wrong:
                self.error.value = f"<p><strong>{html.escape(str(wrong))}</strong></p>"

        return clicked

    def _show(self) -> None:
        self.shown.value = self.explorer._repr_html_()  # Jupyter's name, not ours
        self.error.value = ""
        self.buttons["Next"].disabled = self.explorer.request is None
        self.buttons["Back"].disabled = self.buttons["First"].disabled = not self.explorer.shown
        self.buttons["Undo pin"].disabled = not self.explorer.pins

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        return self.box._repr_mimebundle_(**asked)


_BUTTONS: dict[str, tuple[str, Callable[[Browser], Explorer]]] = {
    "First": ("the first counterexample", lambda browser: browser.explorer.first()),
    "Back": ("the counterexample before this one", lambda browser: browser.explorer.back()),
    "Next": ("another one, unlike those before", lambda browser: browser.explorer.next()),
    "Only these": ("only what the fields say", lambda browser: browser.explorer.where(**browser.given())),
    "Not these": ("nothing of what the fields say", lambda browser: browser.explorer.without(**browser.given())),
    "Undo pin": ("without the last of the pins", lambda browser: browser.explorer.unpin()),
}


def browse(explorer: Explorer) -> Browser:
    """Return a browser that shows `explorer`, for the last line of a cell."""
    return Browser(explorer)
