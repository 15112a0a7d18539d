"""A headless Chromium that tests click in: its protocol over two pipes, so that nothing has to be installed for it.

A `Tab` finds elements by a selector and a text, clicks where they are on the screen, and types. Whatever is looked for
is waited for, five minutes long; what does not come fails the test. https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.commands import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-component-update", "--disable-background-networking", "--window-size=1400,1000"]

_WAIT = PATIENCE / 12
_FIND = """
(() => {
  const says = (one) => one.innerText || one.placeholder || "";
  const found = [...document.querySelectorAll(%s)].filter((one) => says(one).includes(%s));
  const boxes = found.map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width && box.height);
  if (!boxes.length) return null;
  boxes[0][0].scrollIntoView({block: "center"});
  const box = boxes[0][0].getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})()
"""


class Tab:
    """A page of a browser."""

    def __init__(self, to_browser: int, from_browser: int) -> None:
        self._out, self._in = to_browser, from_browser
        self._number, self._rest, self._session = 0, b"", {}
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}

    def go(self, url: str) -> None:
        """Open a page."""
        self._ask("Page.navigate", url=url)

    def says(self, script: str) -> Any:
        """Return the value of an expression of JavaScript."""
        return self._ask("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def wait(self, selector: str, text: str = "") -> tuple[float, float]:
        """Return where the first visible element that fits `selector` and has `text` is, once there is one."""
        until = time.monotonic() + _WAIT
        while time.monotonic() < until:
            place = self.says(_FIND % (json.dumps(selector), json.dumps(text)))
            if place:
                return place[0], place[1]
            time.sleep(0.1)
        raise AssertionError(f"no {selector} with {text!r} in: {self.says('document.body.innerText')}")

    def click(self, selector: str, text: str = "") -> None:
        """Click on it, as `wait` finds it."""
        x, y = self.wait(selector, text)
        for kind in ("mousePressed", "mouseReleased"):
            self._ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def type(self, text: str) -> None:
        """Type `text` in place of what stands in the box, and leave it."""
        self._ask("Input.dispatchKeyEvent", type="keyDown", key="a", modifiers=2, commands=["selectAll"])
        self._ask("Input.insertText", text=text)
        for kind in ("keyDown", "keyUp"):
            self._ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        asked = {"id": self._number, "method": method, "params": parameters, **self._session}
        os.write(self._out, json.dumps(asked).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            read = os.read(self._in, 1 << 16)
            assert read, "the browser has ended"
            self._rest += read
        one, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(one)
        return message


@contextmanager
def browser(folder: Path, flags: Sequence[str] = ()) -> Iterator[Tab]:
    """A tab of a new browser whose profile is in `folder`; the browser ends with the block."""
    to_browser, from_browser = os.pipe(), os.pipe()
    # The browser reads 3 and writes 4, whatever the numbers are here.
    script = f'exec 3<&{to_browser[0]} 4>&{from_browser[1]}; exec "$@"'
    command = ["bash", "-c", script, "bash", CHROMIUM or "", *FLAGS, *flags, "--remote-debugging-pipe"]
    process = subprocess.Popen(
        [*command, f"--user-data-dir={folder / 'profile'}", "about:blank"],
        pass_fds=(to_browser[0], from_browser[1]),
        stderr=subprocess.DEVNULL,
    )
    os.close(to_browser[0])
    os.close(from_browser[1])
    try:
        yield Tab(to_browser[1], from_browser[0])
    finally:
        process.terminate()
        process.wait(PATIENCE)
        os.close(to_browser[1])
        os.close(from_browser[0])
