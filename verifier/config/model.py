"""The form of a configuration, as models (interface.md); what it says is in `rules.py`.

    ConfigForm    .config, what the tables say
    RuleForm, ExceptedForm, IntentForm    the tables; what is intended of an account is checked here, and no more

This is the definition, and every error is told by it. To load pydantic takes longer than most checks, so `quick.py`
reads plain tables of the form.

Everything is strict: a key that is not known, a value of another type or an empty list is an error. A word that was
misspelt would otherwise check nothing, in silence.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from verifier.config.rules import Config, ConfigRule, Excepted
from verifier.config.words import OutcomeWord

Text: TypeAlias = Annotated[str, StringConstraints(min_length=1)]
NonEmptyTexts: TypeAlias = Annotated[list[Text], Field(min_length=1)]


class ConfigTable(BaseModel):
    """A table of the configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class RuleForm(ConfigTable):
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
    needs: Text | None = None
    compare: NonEmptyTexts | None = None
    fail_on: list[OutcomeWord] | None = None

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        self.rule.check()
        return self

    @property
    def rule(self) -> ConfigRule:
        """What the table says."""
        return ConfigRule(**dict(self))


class ExceptedForm(ConfigTable):
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
        self.excepted.check_keys()
        return self

    @property
    def excepted(self) -> Excepted:
        """What the table says."""
        return Excepted(**dict(self))


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


class IntentForm(ConfigTable):
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


class ConfigForm(ConfigTable):
    """A whole configuration."""

    rules: list[RuleForm] = Field(default_factory=list, alias="rule")
    exceptions: list[ExceptedForm] = Field(default_factory=list, alias="except")
    intent: IntentForm | None = None

    @property
    def config(self) -> Config:
        """What the tables say."""
        return Config([one.rule for one in self.rules], [one.excepted for one in self.exceptions], self.intent)
