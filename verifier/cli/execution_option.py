"""By what means many questions are answered: `--jobs`, `--dask` and `--cache`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.bulk.run import Means


@contextmanager
def means(jobs: int | None, dask: str | None, cache: str | None) -> Iterator[Means]:
    """Give the means that the options name; a cluster is let go of at the end. Raises UsageError."""
    from verifier.bulk.run import Means

    if dask is None:
        yield replace(Means.of(jobs=jobs, cache=cache), warn=_warn)
        return
    from verifier.bulk.cluster import cluster

    with cluster(dask) as (executor, workers):
        yield replace(Means.of(executor=executor, workers=workers, cache=cache), warn=_warn)


def _warn(message: str) -> None:
    from verifier.report.diagnostics import warning_text
    from verifier.report.style import style_of

    print(warning_text(message, style_of(sys.stderr)), file=sys.stderr)
