"""What AWS is made of: actions, resource types and condition keys, as read-only tables with their origin and date.

The facts stand apart from what policies mean (semantics.md, rules 3 and 4). `tools/make_catalogue.py` makes the tables.
"""

from verifier.catalogue.actions import AccessLevel, Action, ResourceUse, actions, find_action, services
from verifier.catalogue.keys import KeyFacts, KeyType, key_facts
from verifier.catalogue.origin import Origin, Package, origin
from verifier.catalogue.resources import ResourceType, resource_types

__all__ = [
    "AccessLevel",
    "Action",
    "KeyFacts",
    "KeyType",
    "Origin",
    "Package",
    "ResourceType",
    "ResourceUse",
    "actions",
    "find_action",
    "key_facts",
    "origin",
    "resource_types",
    "services",
]
