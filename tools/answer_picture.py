"""The picture of an answer that the README begins with: what a terminal shows of two questions, as an SVG.

`make_reference.py` writes it. The questions are those of `examples/john-and-jane`, and the text and its colours are the
ones that `verifier prove` prints. The picture brings its own ground in a light and a dark form, and chooses by what the
reader's system prefers, so that it is readable on a page of either kind; it names no font that has to be fetched.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from verifier import Escapes, Policy, prove
from verifier.report.style import Style
from verifier.report.text import verdict_text

_EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "john-and-jane"
_POLICY, _MAXIMUM = "any-policy.json", "john-maximum.json"
_BOUNDARIES = ("john-boundary-loose.json", "john-boundary.json")
_CHAR, _LINE, _MARGIN = 7.8, 19, 18
# What a terminal does at these codes, as classes of the style sheet.
_CLASSES = {"1;32": "good", "1;31": "bad", "1;33": "unsure", "1": "strong", "2": "faint", "36": "place"}
_PAINTED = re.compile("\x1b\\[([0-9;]+)m(.*?)\x1b\\[0m")
_STYLE = """\
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328 }
rect { fill: #f6f8fa; stroke: #d1d9e0 }
.good { fill: #14692f; font-weight: 700 } .bad { fill: #a11a1a; font-weight: 700 } .unsure { fill: #7a5200 }
.strong { font-weight: 700 } .faint { fill: #59636e } .place { fill: #2450a8 }
@media (prefers-color-scheme: dark) {
  text { fill: #e5e8ef } rect { fill: #14171d; stroke: #343a47 }
  .good { fill: #7fd79a } .bad { fill: #ff9d94 } .unsure { fill: #f0c674 }
  .faint { fill: #a0a9ba } .place { fill: #8db4ff }
}"""


def answer_picture() -> str:
    """Return the SVG."""
    lines = list(_lines())
    width = round(_CHAR * max(len(_PAINTED.sub(r"\2", line)) for line in lines) + 2 * _MARGIN)
    height = _LINE * len(lines) + 2 * _MARGIN
    shown = "\n".join(
        f'<text x="{_MARGIN}" y="{_MARGIN + 14 + _LINE * number}" xml:space="preserve">{_marked(line)}</text>'
        for number, line in enumerate(lines)
        if line
    )
    says = "verifier prove: a request escapes, with the lines that allow it; beside another boundary, a proof"
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">
<title>{says}</title>
<style>
{_STYLE}
</style>
<rect x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>
{shown}
</svg>
"""


def _lines() -> Iterator[str]:
    """Yield what a terminal shows, commands and answers, with the codes of its colours."""
    style = Style(colour=True, width=100)
    policy, maximum = _read(_POLICY), _read(_MAXIMUM)
    for number, name in enumerate(_BOUNDARIES):
        boundary = _read(name)
        if number:
            yield ""
        yield f"{style.paint('$', 'faint')} verifier prove {_POLICY} --boundary {name} --maximum {_MAXIMUM}"
        verdict = prove([policy], maximum, boundary)
        why = verdict.explain() if isinstance(verdict, Escapes) else None
        yield from verdict_text(verdict, style, why=why).splitlines()


def _read(name: str) -> Policy:
    return Policy.parse((_EXAMPLE / name).read_text(encoding="utf-8"), name)


def _marked(line: str) -> str:
    """Return a line with its colours as spans of SVG."""
    parts, end = [], 0
    for found in _PAINTED.finditer(line):
        parts.append(html.escape(line[end : found.start()], quote=False))
        parts.append(f'<tspan class="{_CLASSES[found[1]]}">{html.escape(found[2], quote=False)}</tspan>')
        end = found.end()
    return "".join((*parts, html.escape(line[end:], quote=False)))
