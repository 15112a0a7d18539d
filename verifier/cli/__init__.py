"""Arguments in, exit code out. Start at `app.py`; each command is a module of its own name."""

import gc

# Parsing and compiling make many objects that live long, and few cycles; the collector's own pace cost a fifth of
# the time.
gc.set_threshold(100_000, 20, 100)

from verifier.cli.app import main  # noqa: E402  # the modules that it loads are the first to gain

__all__ = ["main"]
