"""What a configuration says, as models: rules, exceptions, and what is intended of an account (interface.md).

    Config      .rules, .exceptions, .intent
    ConfigRule  prove: `policies` within `maximum` (or `at_most`), with boundary, session policy, SCPs and RCPs;
                or compare: each of `compare` with its version at the base revision
    Excepted    findings that are accepted, with a reason, and for how long
    Intent      what `audit` holds an account to; here its form is checked and nothing else

Everything is strict: a key that is not known, a value of another type or an empty list is an error. A word that was
misspelt would otherwise check nothing, in silence.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from verifier.config.words import COMPARE_FAILS, COMPARE_WORDS, PROVE_WORDS, OutcomeWord

Text: TypeAlias = Annotated[str, StringConstraints(min_length=1)]
NonEmptyTexts: TypeAlias = Annotated[list[Text], Field(min_length=1)]


# What a rule with `compare` may say; all other keys are of a rule with `policies`.
_OF_COMPARE = ("name", "compare", "exclude", "fail_on")


class ConfigTable(BaseModel):
    """A table of the configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class ConfigRule(ConfigTable):
    """One rule. Paths are relative to the configuration; those of documents may be folders or globs."""

    name: Text
    policies: NonEmptyTexts | None = None
    exclude: NonEmptyTexts = Field(default_factory=list)
    boundary: Text | None = None
    session: Text | None = None
    scps: Annotated[list[NonEmptyTexts], Field(min_length=1)] | None = None
    rcps: NonEmptyTexts | None = None
    maximum: Text | None = None
    at_most: NonEmptyTexts | None = None
    compare: NonEmptyTexts | None = None
    fail_on: list[OutcomeWord] | None = None

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if (self.policies is None) is (self.compare is None):
            raise ValueError("a rule has either `policies`, which are proved, or `compare`")
        if self.compare is None:
            if (self.maximum is None) is (self.at_most is None):
                raise ValueError("a rule with `policies` has either `maximum` or `at_most`")
            words = PROVE_WORDS
        else:
            others = (name for name in type(self).model_fields if name not in _OF_COMPARE)
            if given := [name for name in others if getattr(self, name) is not None]:
                raise ValueError(
                    f"`{given[0]}` is not allowed in a rule with `compare`: documents are compared by themselves"
                )
            words = COMPARE_WORDS
        if wrong := [word for word in self.fail_on or () if word not in words]:
            raise ValueError(f"`{wrong[0]}` is not an outcome of such a rule; use {_listed(words)}")
        return self

    @property
    def proves(self) -> bool:
        """Whether documents are proved, and not compared."""
        return self.policies is not None

    @property
    def places(self) -> list[str]:
        """The files, folders and globs of the rule."""
        return self.policies or self.compare or []

    @property
    def fails(self) -> frozenset[OutcomeWord]:
        """What fails the rule."""
        default = PROVE_WORDS if self.proves else COMPARE_FAILS
        return frozenset(default if self.fail_on is None else self.fail_on)


class Excepted(ConfigTable):
    """Findings that are accepted: of a rule (or, in `audit`, of a check), in some document or all, until some day."""

    rule: Text | None = None
    check: Text | None = None
    where: Text | None = None
    principal: Text | None = None
    fingerprint: Text | None = None
    reason: Text
    until: datetime.date | None = None

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if (self.rule is None) is (self.check is None):
            raise ValueError("an exception is to either a `rule` or a `check`")
        if self.rule is not None and self.principal is not None:
            raise ValueError("an exception to a rule names documents by `where`; `principal` is for a `check`")
        return self


class Who(ConfigTable):
    """Which principals something is for."""

    path: Text | None = None
    name: Text | None = None
    tag: dict[str, str] | None = None


class MaximumFor(ConfigTable):
    """The maximum of some principals."""

    for_: Who = Field(alias="for")
    maximum: Text


class Never(ConfigTable):
    """What nobody may do, unless it is one of those named."""

    action: NonEmptyTexts
    resource: NonEmptyTexts
    unless: NonEmptyTexts | None = None


class Networks(ConfigTable):
    """Where requests may come from."""

    cidrs: list[Text] | None = None
    vpcs: list[Text] | None = None
    endpoints: list[Text] | None = None


class Pass(ConfigTable):
    """Which role may be passed to which services."""

    role: Text
    services: NonEmptyTexts


class Checks(ConfigTable):
    """Which checks of `audit` are made."""

    only: list[Text] = Field(default_factory=list)
    skip: list[Text] = Field(default_factory=list)


class Intent(ConfigTable):
    """What is intended of an account. `audit` asks about it; `check` looks at its form only."""

    maximum: Text | None = None
    maximums: list[MaximumFor] | None = None
    never: list[Never] | None = None
    organization: Text | None = None
    trusted_accounts: list[Text] | None = None
    regions: list[Text] | None = None
    networks: Networks | None = None
    sensitive: list[Text] | None = None
    boundaries: list[Text] | None = None
    mfa: list[Text] | None = None
    pass_: list[Pass] | None = Field(default=None, alias="pass")
    services: list[Text] | None = None
    separate: list[Annotated[list[NonEmptyTexts], Field(min_length=2)]] | None = None
    federated: dict[str, list[Text]] | None = None
    checks: Checks | None = None


class Config(ConfigTable):
    """A whole configuration."""

    rules: list[ConfigRule] = Field(default_factory=list, alias="rule")
    exceptions: list[Excepted] = Field(default_factory=list, alias="except")
    intent: Intent | None = None

    def strict(self) -> Config:
        """Return the configuration with rules that also fail on warnings, whatever their `fail_on`."""
        rules = [rule.model_copy(update={"fail_on": sorted({*rule.fails, "warnings"})}) for rule in self.rules]
        return self.model_copy(update={"rules": rules})


def _listed(words: tuple[Any, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)
