"""A review as one HTML page: what was found, section by section, the gravest first, each with all that differs.

The page needs no network and runs no script. Its entries are those of the text (`review_entries.py`), folded, so that
the page of a large change is short before anything is opened.
"""

from __future__ import annotations

import itertools

from verifier.report.html import allowed_of_page, pieces_that_fit, style_of_page, template
from verifier.report.provenance import Provenance
from verifier.report.review_entries import entries
from verifier.report.review_text import review_headline, review_proof
from verifier.review.reviewed import Reviewed

_MOST_CHARACTERS = 20_000_000


def review_page(reviewed: Reviewed, made: Provenance) -> str:
    """Return what came of a review as the text of an HTML page; `made` tells where it comes from."""
    found, style = entries(reviewed), style_of_page("report.css")
    word, colour, meaning = review_headline(found)
    card = template("review_parts.html.j2").module.entry  # type: ignore[attr-defined]  # a macro of the template
    sections, room = [], _MOST_CHARACTERS
    for section, several in itertools.groupby(found, key=lambda entry: entry.section):
        each = list(several)
        cards = pieces_that_fit((card(entry) for entry in each), room)
        room -= sum(map(len, cards))
        sections.append((section.value, len(each), cards, len(each) - len(cards)))
    return template("review.html.j2").render(
        word=word,
        good={"good": True, "bad": False}.get(colour),
        meaning=meaning,
        sections=sections,
        proof=review_proof(reviewed),
        assumes=reviewed.assumes,
        made=made,
        style=style,
        allowed=allowed_of_page(style),
    )
