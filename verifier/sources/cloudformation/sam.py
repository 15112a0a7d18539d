"""SAM."""

from __future__ import annotations

from verifier.sources.cloudformation.template import Resource, Template


def expanded(resources: dict[str, Resource], template: Template) -> dict[str, Resource]:
    """Return the resources with those that SAM makes."""
    del template
    return resources
