"""The version of this package, and those of others.

The distribution, whose name is `iam-verifier`, takes `VERSION` from here when it is built: so a checkout knows it too,
and no metadata of an installation has to be read.
"""

VERSION = "0.1.0"


def version_of(distribution: str) -> str:
    """Return the version of another distribution, as it is installed."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - costly, and seldom asked for

    try:
        return version(distribution)
    except PackageNotFoundError:
        return "(not installed)"
