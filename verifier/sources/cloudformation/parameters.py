"""The parameters of a template: those that a call gives are known, all others are not.

A default is not the value: whoever deploys the template may give another one, and a stack keeps the value that it had.
So a parameter without a value in the call is unknown. So is one with `NoEcho`, whose value no answer may print, and one
whose value is the name of a parameter in Systems Manager, which is looked up at deployment. What `AllowedValues` says
is used for conditions: a combination that no allowed value brings about is not asked.

Source: AWS CloudFormation User Guide, "Parameters" and "Pseudo parameters reference".
"""

from __future__ import annotations

from collections.abc import Mapping

from verifier.base.dataclass import dataclass
from verifier.base.errors import UsageError, quote
from verifier.base.source import HasSpan, Source
from verifier.sources.cloudformation.shapes import known_text, made_value, text_at
from verifier.sources.values import AnyValue, ObjectValue, TextValue, Unresolved, Value, each_of, text_of, under

PSEUDO = {
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
}
_MOST_LISTED = 20


@dataclass(frozen=True)
class Parameter:
    """A parameter: whether it `is_list`, what is `given` for it in the call, the texts that are `allowed`, if limited.

    One that is `looked_up` is the name of a value, or its value is secret; `number`: texts of equal numbers are equal.
    """

    name: str
    is_list: bool
    looked_up: bool
    given: str | None
    allowed: tuple[str, ...] | None

    def value(self, place: HasSpan, known: Mapping[str, str]) -> Value:
        """Return its value; `known` are those that a combination of conditions implies."""
        given = self.given if self.given is not None or self.looked_up else known.get(self.name)
        if given is not None and self.is_list:
            return made_value([text_at([each.strip()], place) for each in given.split(",")], place)
        if given is not None:
            return text_at([given], place)
        unknown = Unresolved(self.name)
        return AnyValue(unknown, place) if self.is_list else TextValue((unknown,), place)


def parameters_of(template: Value, given: Mapping[str, str], source: Source) -> dict[str, Parameter]:
    """Return the parameters by name. Raises UsageError for a value that the template does not take."""
    found = {name: Parameter(name, name == "AWS::NotificationARNs", False, given.get(name), None) for name in PSEUDO}
    declared = under(template, "Parameters")
    pairs = declared.pairs if isinstance(declared, ObjectValue) else ()
    for name, about in pairs:
        if name.known is not None:
            found[name.known] = _readable(name.known, about, given.get(name.known))
    for name_given, value in given.items():
        if name_given not in found:
            own = () if name_given.startswith("AWS::") else sorted(set(found) - PSEUDO)
            names = own or sorted(PSEUDO)
            listed = ", ".join(map(quote, names[:_MOST_LISTED]))
            raise UsageError(f"{quote(source.name)} has no parameter {quote(name_given)}", help=f"it has {listed}")
        parameter = found[name_given]
        if parameter.allowed is not None and value not in parameter.allowed:
            listed = ", ".join(map(quote, parameter.allowed[:_MOST_LISTED]))
            raise UsageError(f"the parameter {quote(name_given)} does not take the given value", help=f"take {listed}")
    return found


def _readable(name: str, about: Value, given: str | None) -> Parameter:
    """Return the parameter; one that cannot be read, such as `Default: No` in YAML, is unknown, whatever its type."""
    try:
        return _parameter(name, about, given)
    except UsageError:
        if given is not None:
            raise
        return Parameter(name, True, True, None, None)


def _parameter(name: str, about: Value, given: str | None) -> Parameter:
    type_ = text_of(under(about, "Type")) or ""
    is_list = type_ == "CommaDelimitedList" or type_.startswith("List<") or type_.endswith("<CommaDelimitedList>")
    is_list = is_list or "<List<" in type_
    secret = (known_text(under(about, "NoEcho")) or "false").lower() != "false"
    looked_up = secret or type_.startswith("AWS::SSM::Parameter::Value")
    listed = [known_text(each) for each in each_of(under(about, "AllowedValues"))]
    allowed = tuple(each for each in listed if each is not None)
    # `1` and `1.0` are one number and two texts, and an item of a list is allowed on its own.
    exact = bool(allowed) and len(allowed) == len(listed) and type_ == "String" and not looked_up
    return Parameter(name, is_list, looked_up, None if looked_up else given, allowed if exact else None)
