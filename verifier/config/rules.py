"""What a configuration says: rules, exceptions, and what is intended of an account (interface.md).

    Config      .rules, .exceptions, .intent
    ConfigRule  prove: `policies` within `maximum` (or `at_most`), with boundary, session policy, SCPs and RCPs;
                or prove that each of them allows, together with those, all that `needs` allows;
                or compare: each of `compare` with its version at the base revision
    Excepted    findings that are accepted, with a reason, and for how long

The form of the tables is defined in `model.py`. The names of the fields are those of the keys.
"""

from __future__ import annotations

import datetime
from dataclasses import field, fields, replace
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.config.words import COMPARE_FAILS, COMPARE_WORDS, NEEDS_WORDS, PROVE_WORDS, OutcomeWord

# What a rule with `compare` may say; all other keys are of a rule with `policies`.
_OF_COMPARE = ("name", "compare", "exclude", "fail_on")


@dataclass(frozen=True)
class ConfigRule:
    """One rule. Paths are relative to the configuration; those of documents may be folders or globs."""

    name: str
    policies: list[str] | None = None
    exclude: list[str] = field(default_factory=list)
    boundary: str | None = None
    session: str | None = None
    scps: list[list[str]] | None = None
    rcps: list[str] | None = None
    maximum: str | None = None
    at_most: list[str] | None = None
    needs: str | None = None
    compare: list[str] | None = None
    fail_on: list[OutcomeWord] | None = None

    def check(self) -> None:
        """Raise ValueError where the keys do not make one question."""
        if (self.policies is None) is (self.compare is None):
            raise ValueError("a rule has either `policies`, which are proved, or `compare`")
        if self.compare is None:
            if sum(one is not None for one in (self.maximum, self.at_most, self.needs)) != 1:
                raise ValueError("a rule with `policies` has either `maximum`, `at_most` or `needs`")
        else:
            others = (one.name for one in fields(self) if one.name not in _OF_COMPARE)
            if given := [name for name in others if getattr(self, name) is not None]:
                raise ValueError(
                    f"`{given[0]}` is not allowed in a rule with `compare`: documents are compared by themselves"
                )
        if wrong := [word for word in self.fail_on or () if word not in self._words]:
            raise ValueError(f"`{wrong[0]}` is not an outcome of such a rule; use {_listed(self._words)}")

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
        default = self._words if self.proves else COMPARE_FAILS
        return frozenset(default if self.fail_on is None else self.fail_on)

    @property
    def _words(self) -> tuple[OutcomeWord, ...]:
        if self.proves:
            return PROVE_WORDS if self.needs is None else NEEDS_WORDS
        return COMPARE_WORDS


@dataclass(frozen=True)
class Excepted:
    """Findings that are accepted: of a rule (or, in `audit`, of a check), in some document or all, until some day."""

    reason: str
    rule: str | None = None
    check: str | None = None
    where: str | None = None
    principal: str | None = None
    fingerprint: str | None = None
    until: datetime.date | None = None

    def check_keys(self) -> None:
        """Raise ValueError where the keys do not fit together."""
        if (self.rule is None) is (self.check is None):
            raise ValueError("an exception is to either a `rule` or a `check`")
        if self.rule is not None and self.principal is not None:
            raise ValueError("an exception to a rule names documents by `where`; `principal` is for a `check`")


@dataclass(frozen=True)
class Config:
    """A whole configuration; `intent` is what `audit` asks about."""

    rules: list[ConfigRule] = field(default_factory=list)
    exceptions: list[Excepted] = field(default_factory=list)
    intent: object = None

    def strict(self) -> Config:
        """Return the configuration with rules that also fail on warnings, whatever their `fail_on`."""
        rules = [replace(rule, fail_on=sorted({*rule.fails, "warnings"})) for rule in self.rules]
        return replace(self, rules=rules)


def _listed(words: tuple[Any, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)
