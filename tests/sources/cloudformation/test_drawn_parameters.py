"""What is found without the parameters covers what is found with them: for values that are drawn, in every template.

Each document under given values must be one of the documents that are found without values, with something in place of
each unknown part; and where the part is a parameter, its value.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from verifier import UsageError
from verifier.base.source import Source
from verifier.sources.found import FoundDocument
from verifier.sources.notations import read_values
from verifier.sources.open import open_documents
from verifier.sources.values import (
    AnyValue,
    ListValue,
    ObjectValue,
    Scalar,
    TextValue,
    Value,
    each_of,
    text_of,
    under,
)

HERE = Path(__file__).parent
TEMPLATES = sorted(path.name for path in HERE.glob("*.yaml") if "Parameters" in path.read_text(encoding="utf-8"))
DRAWS = 25
TEXTS = ["prod", "test", "dev", "", "only", "a", "*", "x,y", "arn:aws:s3:::b", "eu-west-1", "${aws:username}", "1"]


def drawn(value: Value, random_: random.Random) -> dict[str, str]:
    """Values for some of the parameters of a template."""
    declared = under(value, "Parameters")
    found: dict[str, str] = {}
    for name, about in declared.pairs if isinstance(declared, ObjectValue) else ():
        allowed = [str(text_of(each)) for each in each_of(under(about, "AllowedValues")) if text_of(each) is not None]
        if isinstance(about, ObjectValue) and random_.random() < 0.8:
            found[str(name.known)] = random_.choice(allowed or TEXTS)
    for name_ in ("AWS::Region", "AWS::AccountId", "AWS::StackName"):
        if random_.random() < 0.5:
            found[name_] = random_.choice(TEXTS)
    return found


def covers(general: Value, special: Value, given: dict[str, str]) -> bool:
    """Whether `special` is `general` with something in place of each unknown part."""
    match general, special:
        case AnyValue(), _:
            return True
        case TextValue(), TextValue():
            pattern = ""
            for part in general.parts:
                if isinstance(part, str):
                    pattern += re.escape(part)
                else:
                    pattern += re.escape(given[part.name]) if part.name in given else ".*"
            text = "".join(part if isinstance(part, str) else f"${{{part.name}}}" for part in special.parts)
            return re.fullmatch(pattern, text, re.DOTALL) is not None or pattern == ".*"
        case TextValue(), _:
            return any(not isinstance(part, str) for part in general.parts)
        case Scalar(), Scalar():
            return general.text == special.text
        case ListValue(), ListValue():
            return len(general.values) == len(special.values) and all(
                covers(one, other, given) for one, other in zip(general.values, special.values, strict=True)
            )
        case ObjectValue(), ObjectValue():
            return len(general.pairs) == len(special.pairs) and all(
                covers(one[0], other[0], given) and covers(one[1], other[1], given)
                for one, other in zip(general.pairs, special.pairs, strict=True)
            )
        case _:
            return False


def by_name(found: list[FoundDocument]) -> dict[str, list[Value]]:
    """The documents by their selectors, what conditions add left out."""
    names: dict[str, list[Value]] = {}
    for each in found:
        names.setdefault(each.selector.partition("?")[0], []).append(each.value)
    return names


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_is_found_without_values_covers_what_is_found_with_them(name: str) -> None:
    source = Source(name, (HERE / name).read_text(encoding="utf-8"))
    general = by_name(list(open_documents(source)))
    random_ = random.Random(name)  # noqa: S311 - draws of a test
    loop = any(each.startswith("Fn::ForEach") for each in general)
    for _ in range(DRAWS):
        given = drawn(read_values(source), random_)
        secret = {key: text for key, text in given.items() if key not in ("Secret", "Looked", "LookedList")}
        try:
            special = by_name(list(open_documents(source, given)))
        except UsageError:  # a loop makes a resource of a name that there is
            continue
        for selector, values in special.items():
            if loop and selector not in general:
                continue  # it comes out of a loop that is unknown without the values
            for value in values:
                assert any(covers(each, value, secret) for each in general[selector]), (selector, given)


def test_the_check_can_fail() -> None:
    def document(text: str) -> Value:
        (found,) = open_documents(
            Source(
                "t",
                f"Parameters: {{P: {{Type: String}}}}\nResources: {{K: {{Type: AWS::KMS::Key, Properties: "
                f"{{KeyPolicy: {{Statement: !Sub '{text}'}}}}}}}}\n",
            )
        )
        return found.value

    assert covers(document("a${P}c"), document("abc"), {})
    assert covers(document("a${P}c"), document("abc"), {"P": "b"})
    assert not covers(document("a${P}c"), document("abc"), {"P": "x"})
    assert not covers(document("a${P}c"), document("abd"), {})


def test_there_are_templates_with_parameters() -> None:
    kinds: list[Any] = TEMPLATES
    assert len(kinds) >= 8
