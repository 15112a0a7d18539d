"""The types of policies, in IAM's own words, and all that differs among them: the one table to add a type to.

A type with a `field` can take part in a question: besides the identity policies, each of the others limits a request.
To add one, give it a row here, a field of `Documents` and of a rule (`config/rules.py`), and its two names in
`question.lark`; options, batches, rules, checks, warnings and explanations follow the row. The functions of Python need
an argument each (`verifier/api.py`, `verifier/api_explain.py`, `verifier/api_sweep.py` and
`verifier/explorer/explorer.py`).
"""

from __future__ import annotations

import enum

from verifier.base.dataclass import dataclass
from verifier.base.memo import cached_property


class PolicyType(enum.Enum):
    """What a document is; the value is what `--type` calls it."""

    IDENTITY = "identity"
    BOUNDARY = "boundary"
    SESSION = "session"
    SCP = "scp"
    RCP = "rcp"
    RESOURCE = "resource"
    TRUST = "trust"
    ENDPOINT = "endpoint"

    @cached_property
    def facts(self) -> TypeFacts:
        """What is so of documents of this type."""
        return _FACTS[self]

    @property
    def has_levels(self) -> bool:
        """Whether several documents of this type can act as one."""
        return self.facts.many is not Multiplicity.ONE


class Multiplicity(enum.Enum):
    """How many documents of a type take part, and how: one, several, or several levels; each level acts as one."""

    ONE = "one"
    SEVERAL = "several"
    LEVELS = "levels"


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """What is so of documents of one type.

    `name` is what messages call one. `principal`: its statements name principals. `place` is what a question calls one
    of its documents, `field` the key of them in JSON and in a rule, and the argument in Python; both are empty where
    the type takes part in no question yet. `option` is that of the command, with its `help`. Each level `allows`: it
    must allow a request; otherwise its documents only deny.
    """

    name: str
    principal: bool = False
    place: str = ""
    field: str = ""
    many: Multiplicity = Multiplicity.ONE
    option: str = ""
    help: str = ""
    allows: bool = True


_FACTS = {
    PolicyType.IDENTITY: TypeFacts("an identity policy", place="policy", field="policies", many=Multiplicity.SEVERAL),
    PolicyType.BOUNDARY: TypeFacts(
        "a permissions boundary",
        place="boundary",
        field="boundary",
        option="boundary",
        help="The permissions boundary.",
    ),
    PolicyType.SESSION: TypeFacts(
        "a session policy", place="session", field="session", option="session", help="The session policy."
    ),
    PolicyType.SCP: TypeFacts(
        "a service control policy",
        place="scp",
        field="scps",
        many=Multiplicity.LEVELS,
        option="scp",
        help="One level of SCPs: a document or a list of them; repeat it for several.",
    ),
    PolicyType.RCP: TypeFacts(
        "a resource control policy",
        principal=True,
        place="rcp",
        field="rcps",
        many=Multiplicity.SEVERAL,
        option="rcp",
        help="An RCP; repeat it for several.",
        allows=False,
    ),
    PolicyType.RESOURCE: TypeFacts("a resource policy", principal=True, place="resource policy"),
    PolicyType.TRUST: TypeFacts("a trust policy", principal=True, place="trust policy"),
    PolicyType.ENDPOINT: TypeFacts("a VPC endpoint policy", principal=True, place="endpoint policy"),
}

# The types that take part in questions, in the order in which documents are read and reported; and those that act
# together with identity policies.
ASKED = tuple(type_ for type_ in PolicyType if type_.facts.field)
BESIDE = tuple(type_ for type_ in ASKED if type_ is not PolicyType.IDENTITY)
