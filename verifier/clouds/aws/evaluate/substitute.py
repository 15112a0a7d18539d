"""Policy variables on one request: what stands in for `${key}` (rules 25 to 28)."""

from __future__ import annotations

import itertools

from verifier.logic.request import Request
from verifier.strings.pattern import Pattern, Template, Variable, parse_pattern


def substitute(template: Template, request: Request, *, wild: bool = False) -> Pattern | None:
    """Return the pattern that `template` is on `request`, or None where a variable has no value (rule 28).

    Values go in literally: a `*` in one is an ordinary character (rule 27), or a wildcard where `wild`.
    """
    if template.pattern is not None:
        return template.pattern
    values: dict[Variable, str] = {}
    for variable in template.variables:
        value = variable_value(variable, request)
        if value is None:
            return None
        values[variable] = value
    if wild:
        parts = (parse_pattern(values[p]).parts if isinstance(p, Variable) else (p,) for p in template.parts)
        return Pattern.of(itertools.chain.from_iterable(parts))
    return template.fill(values)


def variable_value(variable: Variable, request: Request) -> str | None:
    """Return the value of `variable`: the key's single value; its default where the key is absent, and only there
    (rule 26); None where there is neither, and where the key holds a list (rule 28).
    """
    values = request.values(variable.key)
    if not values:
        return variable.default
    return values[0] if len(values) == 1 else None
