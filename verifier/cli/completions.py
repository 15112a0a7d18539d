"""What a shell completes beyond options and files: names of policies that are shipped, and services.

Each function takes what is typed so far. Where it gives nothing, the shell completes files.
"""

from __future__ import annotations

_LEAST = 2


def policy_names(incomplete: str) -> list[str]:
    """Return the names of shipped policies that begin so; none before somebody has begun one."""
    if len(incomplete) < _LEAST or not ("aws:".startswith(incomplete[:4]) or "preset:".startswith(incomplete[:7])):
        return []
    from verifier.clouds.aws.managed.presets import preset_names
    from verifier.clouds.aws.managed.shipped import managed_names

    every = (*(f"aws:{name}" for name in managed_names()), *(f"preset:{name}" for name in preset_names()))
    return [name for name in every if name.startswith(incomplete)]


def service_names(incomplete: str) -> list[str]:
    """Return the services of AWS that begin so; of several with commas between, the last is completed."""
    from verifier.clouds.aws.catalogue.actions import services

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in services() if name.startswith(last)]
