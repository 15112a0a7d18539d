"""A Dask cluster as an executor: Dask's own, at the address of its scheduler. Needs the extra `dask`."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from verifier.base.errors import WorkersError, quote

P = ParamSpec("P")
_T = TypeVar("_T")

_SECONDS = 10
_POLL_SECONDS = 0.1


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Give the executor of the cluster whose scheduler is at `address`, and how many calls it can run at once.

    Raises WorkersError where there is none, where it has no workers, or where Dask is not installed.
    """
    try:
        import distributed  # noqa: PLC0415 - an extra
    except ImportError:
        raise WorkersError("Dask is not installed", help="in a checkout of verifier: pip install '.[dask]'") from None
    # What Dask has to say of a connection that is lost is said by the error that follows from it.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    make: Any = distributed.Client
    try:
        client: Any = make(address, timeout=_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        message = f"there is no Dask scheduler at {quote(address)}: {str(error) or type(error).__name__}"
        raise WorkersError(message, help="write its address, as in `tcp://127.0.0.1:8786`") from None
    try:
        workers = sum(client.nthreads().values())
        if workers == 0:
            raise WorkersError(f"the Dask cluster at {quote(address)} has no workers", help="start some")
        yield _WhileConnected(client), workers
    finally:
        with contextlib.suppress(Exception):  # nothing is left to do on a connection that is lost
            client.close(timeout=_SECONDS)


class _WhileConnected(Executor):
    """Dask's own executor, which refuses what is sent while the scheduler is away: it would never be answered."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False)

    def submit(self, fn: Callable[P, _T], /, *args: P.args, **kwargs: P.kwargs) -> Future[_T]:
        while self._client.status == "connecting":  # Dask itself gives that up after a while
            time.sleep(_POLL_SECONDS)
        if self._client.status != "running":
            raise RuntimeError("the connection to the Dask scheduler is lost")
        found: Future[_T] = self._executor.submit(fn, *args, **kwargs)
        return found
