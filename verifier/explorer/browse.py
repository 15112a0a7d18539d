"""`browse`: an explorer as a small program in Jupyter, driven by search boxes, chips and buttons.

    Back, Next, First         the method of that name
    Only these, Not these     `where` and `without`, of what stands in the boxes, which are empty afterwards
    a chip                    a pin; a click takes it away (`unpin`)
    What is left              `regions`: all that escapes and meets the pins

The request stands next to the lines that let it through. The boxes suggest what AWS's catalogue has; patterns may be
written too. `browser.explorer` is the explorer that is shown at the time. Needs ipywidgets; everything can be called
without it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verifier.base.errors import UsageError
from verifier.clouds.aws.catalogue.actions import actions, services
from verifier.clouds.aws.catalogue.keys import known_keys
from verifier.explorer.explorer import Explorer
from verifier.report.style import html_phrase

try:
    import ipywidgets as widgets
except ModuleNotFoundError:
    raise UsageError(
        "browse() needs ipywidgets, which is not installed",
        help="call next(), back(), where(...) and without(...) of the explorer; or, in a checkout of verifier: "
        "pip install '.[notebook]'",
    ) from None

_WIDE = {"width": "26rem", "max_width": "100%"}
_WRAP = "row wrap"
_CSS = """<style>
.verifier-chip button, button.verifier-chip { border-radius: 1em; width: auto; max-width: 100% }
.verifier-columns > * { flex: 1 1 24rem; min-width: 0; margin: 0 .6rem .4rem 0 }
.verifier-columns > * > * { min-width: 0 }
</style>"""


class Browser:
    """The widgets, and the explorer that they show. `box` is what Jupyter shows."""

    def __init__(self, explorer: Explorer) -> None:
        """Show `explorer`."""
        self.explorer = explorer
        self.service = _search_box("service", services(), "all services; type to search")
        self.action = _search_box("action", (), "an action, such as s3:Get*")
        self.resource = widgets.Text(description="resource", placeholder="arn:aws:s3:::bucket/*", layout=_WIDE)
        self.key = _search_box("key", known_keys(), "a condition key, such as aws:SourceIp")
        self.value = widgets.Text(description="value", placeholder="empty: the key is present", layout=_WIDE)
        self.boxes = (self.service, self.action, self.resource, self.key, self.value)
        self.buttons = {name: widgets.Button(description=name, tooltip=tip) for name, (tip, _) in _BUTTONS.items()}
        self.chips = widgets.HBox(layout={"flex_flow": _WRAP})
        self.busy, self.error = widgets.HTML(), widgets.HTML()
        self.shown, self.why, self.left = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self.service.observe(self._list_actions, names="value")
        for name, button in self.buttons.items():
            button.on_click(self._calls(_BUTTONS[name][1]))
        columns = widgets.HBox([self.shown, self.why], layout={"flex_flow": _WRAP})
        columns.add_class("verifier-columns")
        fields = widgets.HBox(self.boxes, layout={"flex_flow": _WRAP})
        buttons = widgets.HBox(list(self.buttons.values()), layout={"flex_flow": _WRAP})
        styled = widgets.HTML(_CSS)
        self.box = widgets.VBox([styled, fields, buttons, self.chips, self.busy, self.error, columns, self.left])
        self._show()

    def given(self) -> dict[str, Any]:
        """Return what stands in the boxes, as arguments of `where` and `without`."""
        found: dict[str, Any] = {}
        service, action, resource, key, value = (box.value.strip() for box in self.boxes)
        if action:
            found["action"] = action if ":" in action or not service else f"{service}:{action}"
        elif service:
            found["service"] = service
        if resource:
            found["resource"] = resource
        if key:
            found["key"] = {key: value} if value else key
        elif value:
            raise UsageError("a value without its key", help="name the key, too")
        return found

    def pin(self, *, wanted: bool) -> Explorer:
        """Return the explorer with what stands in the boxes as one more pin, and empty the boxes."""
        step = self.explorer.where if wanted else self.explorer.without
        found = step(**self.given())
        for box in self.boxes:
            box.value = ""
        return found

    def tell_what_is_left(self) -> Explorer:
        """Show all that escapes and meets the pins, as groups of requests."""
        self.left.value = self.explorer.regions()._repr_html_()  # Jupyter's name, not ours
        return self.explorer

    def _list_actions(self, change: dict[str, Any]) -> None:
        self.action.options = tuple(str(one) for one in actions(change["new"].strip().lower()))

    def _calls(self, step: Callable[[Browser], Explorer]) -> Callable[[object], None]:
        def clicked(button: object) -> None:  # noqa: ARG001  # ipywidgets gives it
            self._begin()
            try:
                before, self.explorer = self.explorer, step(self)
                self._show(same=before is self.explorer)
            except UsageError as wrong:
                help = f"<br>{html_phrase(wrong.help)}" if wrong.help else ""
                self.error.value = f"<p><strong>{html_phrase(wrong.message)}</strong>{help}</p>"
            finally:
                self._end()

        return clicked

    def _begin(self) -> None:
        self.busy.value = "<p>Looking &hellip;</p>"
        self.error.value = ""
        for button in (*self.buttons.values(), *self.chips.children):
            button.disabled = True

    def _end(self) -> None:
        self.busy.value = ""
        for button in (*self.buttons.values(), *self.chips.children):
            button.disabled = False
        self.buttons["Next"].disabled = self.explorer.request is None
        self.buttons["Back"].disabled = self.buttons["First"].disabled = not self.explorer.shown

    def _show(self, *, same: bool = False) -> None:
        self.shown.value = self.explorer._repr_html_()  # as above
        why = self.explorer.explain()
        self.why.value = why._repr_html_() if why else ""
        if same:
            return
        self.left.value = ""
        self.chips.children = tuple(self._chip(number) for number in range(len(self.explorer.pins)))
        self._end()

    def _chip(self, number: int) -> Any:
        said = str(self.explorer.pins[number]).replace("`", "")  # the text of a button is plain
        chip = widgets.Button(description=f"{said}  ✕", tooltip="take this away", layout={"width": "auto"})
        chip.add_class("verifier-chip")
        chip.on_click(self._calls(lambda browser: browser.explorer.unpin(number)))
        return chip

    def _repr_mimebundle_(self, **asked: Any) -> Any:
        return self.box._repr_mimebundle_(**asked)


def _search_box(name: str, options: tuple[str, ...], hint: str) -> Any:
    return widgets.Combobox(description=name, options=options, placeholder=hint, layout=_WIDE)


_BUTTONS: dict[str, tuple[str, Callable[[Browser], Explorer]]] = {
    "First": ("the first counterexample", lambda browser: browser.explorer.first()),
    "Back": ("the counterexample before this one", lambda browser: browser.explorer.back()),
    "Next": ("another one, unlike those before", lambda browser: browser.explorer.next()),
    "Only these": ("only what the boxes say", lambda browser: browser.pin(wanted=True)),
    "Not these": ("nothing of what the boxes say", lambda browser: browser.pin(wanted=False)),
    "What is left": ("all that escapes and meets the pins", lambda browser: browser.tell_what_is_left()),
}


def browse(explorer: Explorer) -> Browser:
    """Return a browser that shows `explorer`, for the last line of a cell."""
    return Browser(explorer)
