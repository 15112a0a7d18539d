"""The clouds that verifier knows. What is anybody's meets one through its documents; here are those without any."""

from __future__ import annotations

from verifier.clouds.cloud import Cloud


def clouds() -> tuple[Cloud, ...]:
    """Return every cloud."""
    from verifier.clouds.aws.cloud import AWS  # noqa: PLC0415 - it compiles and evaluates documents

    return (AWS,)


def cloud_named(name: str) -> Cloud:
    """Return the cloud that options and JSON call `name` (`aws`). Raises KeyError."""
    return {cloud.name.lower(): cloud for cloud in clouds()}[name]
