"""The answer of `delegate` as one HTML page: the verdict, what stays true, and the moves; or the chain as a path.

The page needs no network and runs no script. A notebook shows the same card (`html.py`).
"""

from __future__ import annotations

from verifier.delegations.answer import DelegationAnswer
from verifier.report.html import allowed_of_page, style_of_page, template
from verifier.report.provenance import Provenance


def delegation_page(found: DelegationAnswer, made: Provenance) -> str:
    """Return the answer as the text of an HTML page; `made` tells where it comes from."""
    style = style_of_page("delegation.css")
    return template("delegation.html.j2").render(found=found, made=made, style=style, allowed=allowed_of_page(style))
