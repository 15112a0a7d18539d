"""How the values of condition keys look: those that every request must have, and those that are likely.

    domains_of_world    what a key can hold in a request that could happen
    misses              what a value is not, in words
    is_likely           whether values are of the key's type and form, and one if the catalogue knows of no list

Source: the entry of the key in "AWS global condition context keys" of the IAM User Guide; of a key of one service, the
service authorization reference; of what they name, the page in the table. A key that is not here may hold any text. An
empty value in a list is passed over, as the operators of lists pass over it (rule 18).

This is given to the solver as domains of texts, not as formulas: as a formula it would be an `or` for each key, "absent
or of this form", and questions that are conjunctions are answered far more quickly.

`is_likely` also uses the types of the generated catalogue, which is wrong about some keys (`route53:VPCs` is a list):
so it only chooses among requests. Only of keys that an AWS page documents so is it said that other values could not
happen (rule 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from verifier.base.dataclass import dataclass
from verifier.clouds.aws.catalogue.keys import key_facts
from verifier.clouds.aws.compile.domains import domains, may_be_list, of_type
from verifier.clouds.aws.world.arn_parts import ACCOUNT_ID, ACCOUNT_OR_AWS, PARTITION, REGION
from verifier.clouds.aws.world.examples import values
from verifier.logic.formula import Element, StringTerm
from verifier.logic.request import Domain, KeyValue
from verifier.strings.shape import Alternation, Chars, Pieces, Run, Shape
from verifier.strings.values import Key

_SMALL = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_ID = Chars(_SMALL + _DIGITS)
_WORD = Chars(_SMALL + _SMALL.upper() + _DIGITS + "_+=,.@-")
_ANYTHING = Run(Chars("", others=True), 0)
# The types OrganizationId, RootId and OrganizationalUnitId of the Organizations API Reference.
_ORGANISATION: Pieces = ("o-", Run(_ID, 10, 32))
_ROOT: Pieces = ("r-", Run(_ID, 4, 32))


@dataclass(frozen=True)
class KeyForm:
    """What each value is, in `words` and as a `shape`."""

    words: str
    shape: Shape


# "AWS account identifiers" of the Account Management guide.
_ACCOUNT = KeyForm("an account of twelve digits", Shape((ACCOUNT_ID,)))
_REGION = KeyForm("the name of a region", Shape((REGION,)))  # `arn_parts.py`
_ORGANISATION_ID = KeyForm("the id of an organization", Shape(_ORGANISATION))
# "View Organizations information" of the IAM User Guide: the ids from the organization down, a slash behind each.
_ORGANISATION_PATH = KeyForm(
    "a path of an organization",
    Shape((*_ORGANISATION, "/", *_ROOT, "/", Alternation(((), ("ou-", Run(Chars(_SMALL + _DIGITS + "-/"), 0), "/"))))),
)
_FORMS = {
    "aws:PrincipalAccount": KeyForm(
        "an account of twelve digits, or `anonymous`", Shape((Alternation(((ACCOUNT_ID,), ("anonymous",))),))
    ),
    # What AWS owns, as its managed policies, may be there under `aws`, as in ARNs.
    "aws:ResourceAccount": KeyForm("an account of twelve digits, or `aws`", Shape((ACCOUNT_OR_AWS,))),
    **dict.fromkeys(("aws:SourceAccount", "aws:VpceAccount"), _ACCOUNT),
    # "The Amazon Web Services account ID of the caller", "the account that owns the access point".
    **dict.fromkeys(("kms:CallerAccount", "s3:DataAccessPointAccount", "s3:ResourceAccount"), _ACCOUNT),
    **dict.fromkeys(("aws:RequestedRegion", "ec2:Region"), _REGION),  # "the name of the AWS Region"
    **dict.fromkeys(("aws:PrincipalOrgID", "aws:ResourceOrgID", "aws:SourceOrgID", "aws:VpceOrgID"), _ORGANISATION_ID),
    **dict.fromkeys(
        ("aws:PrincipalOrgPaths", "aws:ResourceOrgPaths", "aws:SourceOrgPaths", "aws:VpceOrgPaths"), _ORGANISATION_PATH
    ),
    # "Resource IDs" of the EC2 User Guide: what it is, a hyphen, letters and numbers.
    **dict.fromkeys(
        ("aws:SourceVpc", "aws:Ec2InstanceSourceVpc"), KeyForm("the id of a VPC", Shape(("vpc-", Run(_ID))))
    ),
    "aws:SourceVpce": KeyForm("the id of a VPC endpoint", Shape(("vpce-", Run(_ID)))),
    # The examples of the entry: ARNs of IAM (user, role, root) and of STS (federated users).
    "aws:PrincipalArn": KeyForm(
        "the ARN of a principal",
        Shape(("arn:", PARTITION, ":", Alternation((("iam",), ("sts",))), "::", ACCOUNT_ID, ":", _ANYTHING)),
    ),
    "aws:username": KeyForm("the name of a user", Shape((Run(_WORD),))),  # "IAM and AWS STS quotas"
    "aws:SourceIdentity": KeyForm("a source identity", Shape((Run(_WORD, 2, 64),))),  # AssumeRole of the STS API
    "aws:EpochTime": KeyForm(
        "a number of seconds since 1970",
        Shape((Alternation((("0",), (Run(Chars("123456789"), 1, 1), Run(Chars(_DIGITS), 0)))),)),
    ),
}
_OF_KEY = {name.lower(): form for name, form in _FORMS.items()}


@lru_cache(maxsize=65_536)
def domains_of_world(text: StringTerm) -> Domain:
    """Return the domain of `text` in a request that could happen: narrower, where its key has a form."""
    form = _OF_KEY.get(text.key.folded) if isinstance(text, Element) else None
    if form is None or not isinstance(text, Element):
        return domains(text)
    area = Shape((Alternation((form.shape.pieces, ())),)) if may_be_list(text.key) else form.shape
    return Domain((area,), (values(text.key)[0],))


def misses(key: Key, value: KeyValue) -> str | None:
    """Return what each value of `key` is, where some value is not; None where all are, or any text will do."""
    form = _OF_KEY.get(key.folded)
    if form is None:
        return None
    (area,) = domains_of_world(Element(key)).areas
    return None if all(map(area.matches, (value,) if isinstance(value, str) else value)) else form.words


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
