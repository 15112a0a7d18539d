"""Where things are in AWS: partitions, the regions of each, and accounts, as they stand in ARNs and in values of keys.

Source: "Amazon Resource Names (ARNs)" of the AWS General Reference (what an account is, which partitions there are),
"AWS Regions" of the AWS Regions and Availability Zones guide, and the partitions that AWS's SDKs know, with the
pattern of each one's regions. A region is known by its pattern, so one that AWS opens tomorrow is a region.
"""

from __future__ import annotations

from functools import lru_cache

from verifier.strings.shape import Chars, Choice, Pieces, Run, Shape

_SMALL = "abcdefghijklmnopqrstuvwxyz"
_WORD = Run(Chars(_SMALL))
_DIGIT = Chars("0123456789")
NO_COLON = Chars(":", others=True)

# `-east-1`: what follows the country or the continent.
_PLACE: Pieces = ("-", _WORD, "-", Run(_DIGIT, 1, 2))
_TWO_LETTERS = Choice(
    (
        (Run(Chars(_SMALL.replace("c", "")), 1, 1), Run(Chars(_SMALL), 1, 1)),
        ("c", Run(Chars(_SMALL.replace("n", "")), 1, 1)),
    )
)

# Each partition with its regions, one of which comes first.
_PARTITIONS: tuple[tuple[str, Pieces, str], ...] = (
    ("aws", (_TWO_LETTERS, *_PLACE), "us-east-1"),
    ("aws-cn", ("cn", *_PLACE), "cn-north-1"),
    ("aws-us-gov", ("us-gov", *_PLACE), "us-gov-west-1"),
    ("aws-eusc", ("eusc-", _WORD, *_PLACE), "eusc-de-east-1"),
    ("aws-iso", ("us-iso", *_PLACE), "us-iso-east-1"),
    ("aws-iso-b", ("us-isob", *_PLACE), "us-isob-east-1"),
    ("aws-iso-e", ("eu-isoe", *_PLACE), "eu-isoe-west-1"),
    ("aws-iso-f", ("us-isof", *_PLACE), "us-isof-south-1"),
)

REGIONS: tuple[tuple[str, Choice], ...] = tuple((name, Choice((regions,))) for name, regions, _ in _PARTITIONS)
PARTITION = Choice(tuple((name,) for name, _, _ in _PARTITIONS))
REGION = Choice(tuple(regions for _, regions, _ in _PARTITIONS))
FIRST_REGION = {name: first for name, _, first in _PARTITIONS}

ACCOUNT_ID = Run(_DIGIT, 12, 12)
# `aws` stands for the account of what AWS owns: `arn:aws:iam::aws:policy/ReadOnlyAccess`.
ACCOUNT = Choice(((ACCOUNT_ID,), ("aws",)))

_SHAPES = {name: Shape((regions,)) for name, regions in REGIONS}


@lru_cache(maxsize=1024)
def is_region(text: str, partition: str) -> bool:
    """Whether `text` is the name of a region of `partition`; of any, where that is none that AWS has."""
    shape = _SHAPES.get(partition)
    return shape.matches(text) if shape else any(one.matches(text) for one in _SHAPES.values())


_ACCOUNT_SHAPE = Shape((ACCOUNT,))


def is_account(text: str) -> bool:
    """Whether `text` may stand for an account in an ARN."""
    return _ACCOUNT_SHAPE.matches(text)


def _any_arn(partition: str, regions: Choice) -> Pieces:
    """The ARNs of `partition` up to what they name, of any service."""
    name = Run(Chars(_SMALL + "0123456789-"))
    nowhere: Pieces = ()
    return (
        f"arn:{partition}:",
        name,
        ":",
        Choice(((regions,), nowhere)),
        ":",
        Choice((*ACCOUNT.options, nowhere)),
        ":",
    )


ANY_ARN = Shape((Choice(tuple(_any_arn(*each) for each in REGIONS)), Run(Chars("", others=True), 0)))
