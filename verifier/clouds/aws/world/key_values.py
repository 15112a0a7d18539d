"""The values that a key is likely to hold: how many, and their type.

By the generated catalogue, which is wrong about some keys (`route53:VPCs` is a list): so this only chooses among
requests. That others could not happen is said only of keys that an AWS page documents so (rule 3).
"""

from __future__ import annotations

from collections.abc import Sequence

from verifier.clouds.aws.catalogue.keys import key_facts
from verifier.clouds.aws.compile.domains import of_type
from verifier.clouds.aws.world.key_forms import misses
from verifier.strings.key import Key


def is_likely(key: Key, values: Sequence[str]) -> bool:
    """Whether `values` are of the type and the form of `key`, and one where the catalogue knows of no list. Of a list
    the type is not asked.
    """
    if misses(key, tuple(values)):
        return False
    facts = key_facts(key.folded)
    if facts is None or facts.multivalued:
        return True
    languages = of_type(facts.type)
    return len(values) < 2 and (
        not languages or all(any(language.matches(value) for language in languages) for value in values)
    )
