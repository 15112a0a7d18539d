"""The points on which AWS's guide is silent or contradicts itself, each with two readings (semantics.md, section 7).

A `Point` is one such point, with the usual reading of it and the other one; a row of the law with two points is two.
The evaluator judges under a reading that it is given; for the prover each point is a variable (`logic/readings.py`), so
that a proof holds under every reading. `clouds/aws/compile/touched.py` says which points a document touches.

Of rule 10, the guide (*elements_resource*) calls segments what colons part, and says that only a `*` at the end of one
goes beyond it. So the other reading is about every `*` that is not followed by a colon or the end, in the last part of
an ARN too; a run of wildcards counts as one, and a `*` followed by a variable is not at the end. A wildcard in a
variable's value (rule 27) crosses colons under both readings of rule 10, but never leaves its part of an Arn value.
Under the other reading of rule 5 a negated operator without values is what the positive one is. An operator that does
not test at all, for the value has a reading that matches nothing, still decides on an absent key as usual (rule 17).
"""

from __future__ import annotations

import enum


class Point(enum.Enum):
    """A point, by its name: the rule, and what of it where the rule has two."""

    __hash__ = object.__hash__  # the evaluator looks up points for each entry; there is one object for each

    EMPTY_LIST = "5"
    WILD_SERVICE = "9"
    STAR_CROSSES = "10"
    NULL_OF_NOTHING = "17"
    ABSENT_UNDER_ANY = "18"
    LIST_UNDER_PLAIN = "19"
    ARN_STAR = "21-star"
    NOT_ARN = "21-not-arn"
    BARE_V6 = "23"
    ILL_TYPED = "24"
    BOOL_VARIABLE = "25-bool"
    EARLY_VARIABLE = "25-early"
    WILD_VALUE = "27"
    STAR_PAST_BOUNDARY = "31-star"
    TRUSTED_USER = "31-trust"

    @property
    def rule(self) -> int:
        """The number of the rule in semantics.md."""
        return int(self.value.partition("-")[0])

    @property
    def is_unknown(self) -> bool:
        """What AWS's guide leaves open is known of the document."""
        return False

    @property
    def usual(self) -> str:
        """The usual reading, in words."""
        return _WORDS[self][0]

    @property
    def other(self) -> str:
        """The other reading, in words."""
        return _WORDS[self][1]

    @property
    def place(self) -> int:
        """Its place among the points, which stand in the order of the rules."""
        return _PLACES[self]

    def as_json(self) -> dict[str, object]:
        """Return the point as an answer names it (interface.md)."""
        return {"rule": self.rule, "usual": self.usual, "other": self.other}


_WORDS = {
    Point.EMPTY_LIST: (
        "an empty list of condition values matches nothing, its negation everything",
        "its negation matches nothing either",
    ),
    Point.WILD_SERVICE: (
        "a wildcard in the service part of an action is matched like any other",
        "such an entry matches nothing",
    ),
    Point.STAR_CROSSES: (
        "a `*` in a resource may cross a colon anywhere",
        "it may do so only at the end of a part between colons",
    ),
    Point.NULL_OF_NOTHING: (
        "`Null: true` matches an absent key and a key that has only empty strings",
        "it matches an absent key only",
    ),
    Point.ABSENT_UNDER_ANY: (
        "ForAnyValue with IfExists matches an absent key",
        "it does not",
    ),
    Point.LIST_UNDER_PLAIN: (
        "a list of two or more values matches neither an operator without a set operator nor its negation",
        "the negation matches",
    ),
    Point.ARN_STAR: (
        "`*` alone as the value of an Arn operator matches every ARN",
        "it matches nothing",
    ),
    Point.NOT_ARN: (
        "a value that is not an ARN matches neither an Arn operator nor its negation",
        "the negation matches",
    ),
    Point.BARE_V6: (
        "an IPv6 address without a prefix length is a single host",
        "it matches nothing",
    ),
    Point.ILL_TYPED: (
        "a value that is not of the operator's type matches neither it nor its negation",
        "the negation matches",
    ),
    Point.BOOL_VARIABLE: (
        "policy variables are replaced in Bool values",
        "such a value matches nothing",
    ),
    Point.EARLY_VARIABLE: (
        "policy variables are replaced before the fifth colon of a resource",
        "such an entry matches nothing",
    ),
    Point.WILD_VALUE: (
        "a wildcard in the value of a policy variable is an ordinary character",
        "it is a wildcard",
    ),
    Point.STAR_PAST_BOUNDARY: (
        "an Allow of `*` in a resource policy is not limited by the boundary",
        "it is limited by it",
    ),
    Point.TRUSTED_USER: (
        "the boundary of a user whom a trust policy names does not bind sts:AssumeRole",
        "it binds",
    ),
}
_PLACES = {point: number for number, point in enumerate(Point)}
