"""The sizes that AWS allows a document (IAM User Guide, *IAM and AWS STS quotas*; Organizations User Guide, *Quotas and
service limits*, docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html). AWS doubled that of an
SCP from 5,120 on 15 May 2026, everywhere and without a request; copies of the page from before say the old one.

White space does not count for IAM. For SCPs and RCPs it does unless the console saves them, so that a text near the
limit is to be saved without.
"""

from __future__ import annotations

MANAGED = 6_144
# What a document may be saved as, with the most characters it may have.
MOST: tuple[tuple[str, int], ...] = (
    ("managed policy", MANAGED),
    ("inline policy of a role", 10_240),
    ("inline policy of a group", 5_120),
    ("inline policy of a user", 2_048),
    ("SCP", 10_240),
    ("RCP", 5_120),
)


def characters(text: str) -> int:
    """Return how many characters `text` has without white space, as AWS counts them."""
    return len("".join(text.split()))


def too_large_for(size: int) -> tuple[str, ...]:
    """Return what a document of `size` characters is too large to be saved as."""
    return tuple(name for name, most in MOST if size > most)
