"""The pictures: layouts by law, and of what is drawn that it is whole and that no label lies over another."""

from __future__ import annotations

import builtins
import itertools
import re
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from tests.commands import ROOT
from verifier import Policy, UsageError, explore
from verifier.clouds.aws.catalogue.actions import AccessLevel
from verifier.explorer.order import Order
from verifier.explorer.tables import Counts, ServiceTable
from verifier.plots import Picture, change_plot, escape_map, growth_plot, heat_map, order_graph
from verifier.plots.charts import styled
from verifier.plots.order_graph import layers
from verifier.scaling.growth import Growth, Growths

ORDER = Order(
    (("any",), ("john", "john as a maximum"), ("jane",), ("office",), ("office with a second factor",), ("one", "two")),
    (
        (("john", "john as a maximum"), ("any",)),
        (("jane",), ("any",)),
        (("office with a second factor",), ("john", "john as a maximum")),
        (("office",), ("office with a second factor",)),
        (("one", "two"), ("any",)),
    ),
    (("one", "jane"),),
)


NOTHING = ServiceTable({("s3", AccessLevel.READ): Counts(known=9)})
# How many actions of ReadOnlyAccess read contents, by service.
WITH_CONTENTS = {
    "athena": 1, "dynamodb": 6, "kinesis": 1, "lambda": 1, "logs": 3, "rds": 2, "s3": 3, "sqs": 1, "ssm": 4
}  # fmt: skip
# One action more was not decided than escapes.
DOUBTFUL = ServiceTable(
    {
        ("s3", AccessLevel.READ): Counts(known=9, escaping=2, undecided=3),
        ("sqs", AccessLevel.WRITE): Counts(known=4, undecided=1),
        ("sns", AccessLevel.LIST): Counts(known=2, left=2),
    }
)


def load(name: str) -> Policy:
    return Policy.load(ROOT / "examples" / name)


@pytest.fixture(scope="module")
def pictures() -> dict[str, Picture]:
    policy = load("managed-policies/ReadOnlyAccess.json")
    table = explore([policy], load("managed-policies/no-contents.json")).services()
    points = tuple((10**power, 0.001 * 11**power) for power in range(1, 4))
    return {
        "heat map": heat_map(table),
        "services": heat_map(table, ["s3", "rds"]),
        "escapes": escape_map(table),
        "change": change_plot(table, DOUBTFUL),
        "nothing": escape_map(NOTHING),
        "order": order_graph(ORDER),
        "growth": growth_plot(Growths((Growth("statements", points), Growth("actions", points), Growth("none", ())))),
    }


NAMES = ("heat map", "services", "escapes", "change", "nothing", "order", "growth")


@pytest.mark.parametrize("name", NAMES)
def test_no_label_lies_over_another_or_off_the_picture(pictures: dict[str, Picture], name: str):
    picture = pictures[name]
    canvas = FigureCanvasAgg(picture)
    with styled():  # as it is drawn in a notebook: no text is taken for a formula
        canvas.draw()
    whole = picture.get_window_extent()
    texts = [one for one in picture.findobj(Text) if one.get_visible() and one.get_text().strip()]
    boxes = [(one.get_text(), one.get_window_extent(canvas.get_renderer())) for one in texts if not one.get_rotation()]
    assert not [text for text, _ in boxes if "$" in text]
    boxes = [(text, box) for text, box in boxes if box.overlaps(whole)]  # of ticks there are more than are drawn
    for text, box in boxes:
        assert whole.x0 <= box.x0 <= box.x1 <= whole.x1, text
        assert whole.y0 <= box.y0 <= box.y1 <= whole.y1, text
    for (text, box), (other, beside) in itertools.combinations(boxes, 2):
        assert not box.overlaps(beside), (text, other)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_shows_itself_with_a_text(pictures: dict[str, Picture], name: str):
    picture = pictures[name]
    Xml.fromstring(picture.as_svg())  # noqa: S314 - our own text
    page = Xml.fromstring(picture._repr_html_().replace('">', '"/>'))  # noqa: S314 - our own text
    assert page.attrib["src"].startswith("data:image/svg+xml;base64,")
    assert page.attrib["alt"] == picture.says
    assert picture.says.endswith(".")


def test_what_a_heat_map_says(pictures: dict[str, Picture]):
    texts = [one.get_text() for one in pictures["services"].findobj(Text) if one.get_visible()]
    assert texts.count("s3") == texts.count("rds") == 1
    assert any(re.fullmatch(r"\d+ other services", text) for text in texts)
    assert all(texts.count(title) == 1 for title in ("left by the maximum", "cut off", "escaping"))
    assert re.match(r"Of \d+ known actions \d+ are left by the maximum", pictures["services"].says)


def test_what_a_map_of_escapes_says(pictures: dict[str, Picture]):
    texts = [one.get_text() for one in pictures["escapes"].findobj(Text)]
    assert sum(bool(re.fullmatch(r"[1-9]\d* of \d+", text)) for text in texts) == len(WITH_CONTENTS)
    assert re.match(
        r"Of [\d,]+ known actions 22 escape: dynamodb 6, ssm 4, logs 3, s3 3, rds 2, ", pictures["escapes"].says
    )
    assert pictures["nothing"].says == "Of 9 known actions 0 escape."


def test_what_was_not_decided_is_never_shown_as_nothing():
    picture = escape_map(DOUBTFUL)
    texts = [one.get_text() for one in picture.findobj(Text)]
    assert {"2+3?", "2+3? of 9", "1?", "1? of 4", "0 of 2", "1 other service"} <= set(texts)
    assert picture.says == "Of 15 known actions 2 escape and 4 are undecided: s3 2+3?, sqs 1?."
    picture = heat_map(DOUBTFUL, DOUBTFUL.services)
    assert {"3?", "1?", "2+3?"} <= {one.get_text() for one in picture.findobj(Text)}
    assert picture.says.endswith("4 are undecided.")
    assert change_plot(NOTHING, DOUBTFUL).says == "Known actions that escape: 0 before and 2+4? after."


def test_what_changed_most_comes_first(pictures: dict[str, Picture]):
    named = [one.get_text() for one in pictures["change"].findobj(Text) if one.get_text() in WITH_CONTENTS]
    assert named[0] == "dynamodb"


def test_what_an_order_says(pictures: dict[str, Picture]):
    assert "jane within any" in pictures["order"].says
    assert order_graph(Order((("alone",),), ())).says == "Containment: none lies within another."


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[Any, float], list[tuple[Any, Any]]]:
    size = draw(st.integers(1, 9))
    pairs = [(low, up) for low in range(size) for up in range(low + 1, size)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=12)) if pairs else []
    return {node: draw(st.sampled_from((0.5, 1.0, 3.0))) for node in range(size)}, chosen


@given(graphs())
def test_boxes_stand_apart_and_lines_go_up(drawn: tuple[dict[Any, float], list[tuple[Any, Any]]]):
    widths, edges = drawn
    layout = layers(widths, edges)
    for low, up in edges:
        points = layout.edges[low, up]
        assert (points[0], points[-1]) == (layout.nodes[low], layout.nodes[up])
        assert [y for _, y in points] == [layout.nodes[low][1] + step for step in range(len(points))]
    for one, other in itertools.combinations(widths, 2):
        (x, y), (to_x, to_y) = layout.nodes[one], layout.nodes[other]
        assert y != to_y or abs(x - to_x) >= (widths[one] + widths[other]) / 2
    for edge, points in layout.edges.items():
        for x, y in points[1:-1]:
            standing = [node for node, (_, level) in layout.nodes.items() if level == y]
            assert all(abs(x - layout.nodes[node][0]) > widths[node] / 2 for node in standing), edge
    for node, (x, y) in layout.nodes.items():
        assert widths[node] / 2 - 1e-9 <= x <= layout.width - widths[node] / 2 + 1e-9
        assert 0 <= y < layout.layers


def test_without_matplotlib_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch):
    real = builtins.__import__

    def missing(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib")
        return real(name, *rest, **named)

    for name in [name for name in sys.modules if name.startswith("verifier.plots")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(UsageError, match="in a checkout of verifier: pip install '\\.\\[notebook\\]'"):
        __import__("verifier.plots.charts")


def test_the_package_does_without_the_libraries_of_notebooks():
    code = "import sys, verifier; verifier.explore; print({'matplotlib', 'ipywidgets'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, encoding="utf-8")
    assert done.stdout.strip() == "set()"
