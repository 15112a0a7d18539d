"""What an answer takes for granted, said by the cloud of the documents that it is about."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.clouds.cloud import Document, Documents
from verifier.questions.ask import Ask, Readings, World


def assumptions(
    policies: Sequence[Document],
    ask: Ask,
    together: Documents | None = None,
    *,
    proved: bool = False,
    every_service: bool = False,
) -> tuple[str, ...]:
    """Return what an answer about `policies` assumes, asked as `ask` says, and about the places that they have
    `together`; `proved`: it is one about all requests; `every_service`: it decides about every
    service, whatever the documents name.
    """
    return policies[0].cloud.assumptions(
        policies,
        together,
        narrowed=ask.world is not World.ALL,
        as_usual=ask.readings is Readings.USUAL,
        proved=proved,
        every_service=every_service,
    )
