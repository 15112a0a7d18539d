"""What `terraform show -json` and `tofu show -json` print of a plan or a state: a kind of file that holds documents.

Its one instance, `PLAN`, is a row of `KINDS`.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.base.dataclass import dataclass
from verifier.sources.found import FoundDocument, Opening
from verifier.sources.values import ObjectValue, Value

_PARTS = ("terraform_version", "resource_changes", "planned_values", "prior_state", "configuration", "values")


@dataclass(frozen=True)
class TerraformPlan:
    """A plan, or a state."""

    name: str = "a Terraform plan"

    def fits(self, value: Value) -> bool:
        """Whether it has the names that Terraform gives."""
        if not isinstance(value, ObjectValue) or value.member("format_version") is None:
            return False
        is_empty_state = len(value.pairs) == 1
        return is_empty_state or any(value.member(name) is not None for name in _PARTS)

    def documents(self, value: Value, opening: Opening) -> Iterator[FoundDocument]:
        """Yield every document. Raises InputError for what Terraform does not write."""
        from verifier.sources.terraform.documents import documents  # noqa: PLC0415 - loaded for a plan only
        from verifier.sources.terraform.planned import plan_in  # noqa: PLC0415 - the same

        yield from documents(plan_in(value, opening))


PLAN = TerraformPlan()
