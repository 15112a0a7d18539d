"""What the policies of an organization are attached to in a plan or a state: roots, units and accounts.

policy_attachments(planned)    each target with a policy that is attached to it
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.base.dataclass import dataclass
from verifier.sources.terraform.planned import Planned
from verifier.sources.values import Value

_ATTACHMENT, _POLICY = "aws_organizations_policy_attachment", "aws_organizations_policy"


@dataclass(frozen=True, slots=True)
class PolicyAttachment:
    """`policy` is the address of a policy that is attached to `target`, empty where the file does not hold it.

    `named` is what names the policy. `certain`: it follows from known values, and `by` is the resource that says so.
    """

    target: Value
    policy: str
    named: Value
    certain: bool
    by: str


def policy_attachments(planned: Planned) -> Iterator[PolicyAttachment]:
    """Yield every attachment, in the order of the file."""
    by_id = {
        each.attribute("id").text: each.address for each in planned.instances if each.type == _POLICY and not each.data
    }
    for each in planned.instances:
        if each.type != _ATTACHMENT or each.data:
            continue
        part = each.attribute("policy_id")
        address = by_id.get(part.text, "") if part.text is not None else ""
        if part.text is None and (origin := planned.origin(each, "policy_id")) is not None:
            other = planned.by_address.get(origin.address)
            address = origin.address if other and other.type == _POLICY and origin.attribute == "id" else ""
        target = planned.text(each, each.attribute("target_id"), "target_id")
        named = planned.text(each, part, "policy_id")
        yield PolicyAttachment(target, address, named, part.text is not None, each.address)
