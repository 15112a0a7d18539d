"""By what means many questions are answered: `--jobs`, `--dask` and `--cache`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.bulk.run import Means


@contextmanager
def means(jobs: int | None, dask: str | None, cache: str | None) -> Iterator[Means]:
    """Give the means that the options name; a cluster is let go of at the end. Raises UsageError."""
    from verifier.bulk.run import Means

    if dask is None:
        yield Means.of(jobs=jobs, cache=cache)
        return
    from verifier.bulk.cluster import cluster

    with cluster(dask) as (executor, workers):
        yield Means.of(executor=executor, workers=workers, cache=cache)
