"""`once`: done once for each object, and forgotten with it."""

from __future__ import annotations

import gc
import weakref

import pytest

from verifier.base.memo import once


class Thing:
    """What has no value of its own."""


def test_it_is_done_once_for_each_object() -> None:
    done: list[Thing] = []
    work = once(done.append)
    first, second = Thing(), Thing()
    for each in (first, first, second, first):
        work(each)
    assert done == [first, second]


def test_what_raises_is_done_again() -> None:
    tries = iter((ValueError("not yet"), "there"))

    @once
    def work(_: Thing) -> object:
        if isinstance(found := next(tries), ValueError):
            raise found
        return found

    thing = Thing()
    with pytest.raises(ValueError, match="not yet"):
        work(thing)
    assert work(thing) == "there"


def test_the_object_is_not_kept() -> None:
    work = once(lambda _: "result")
    thing = Thing()
    work(thing)
    gone = weakref.ref(thing)
    del thing
    gc.collect()
    assert gone() is None
