"""A Dask cluster as an executor: Dask's own, at the address of its scheduler. Needs the extra `verifier[dask]`."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any

from verifier.errors import WorkersError, quote

_SECONDS = 10


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Give the executor of the cluster whose scheduler is at `address`, and how many calls it can run at once.

    Raises WorkersError where there is none, where it has no workers, or where Dask is not installed.
    """
    try:
        import distributed  # noqa: PLC0415 - an extra
    except ImportError:
        raise WorkersError("Dask is not installed", mend="install `verifier[dask]`") from None
    # What Dask has to say of a connection that is lost is said by the error that follows from it.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    make: Any = distributed.Client
    try:
        client: Any = make(address, timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        message = f"there is no Dask scheduler at {quote(address)}: {str(error) or type(error).__name__}"
        raise WorkersError(message, mend="write its address, as in `tcp://127.0.0.1:8786`") from None
    try:
        workers = sum(client.nthreads().values())
        if workers == 0:
            raise WorkersError(f"the Dask cluster at {quote(address)} has no workers", mend="start some")
        yield client.get_executor(pure=False), workers
    finally:
        with contextlib.suppress(Exception):  # nothing is left to do on a connection that is lost
            client.close(timeout=_SECONDS)
