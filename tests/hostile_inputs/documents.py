"""Documents that make a prover work: each a builder of a pair, a document and a maximum, for a size.

The work of an answer, and what it does when its time is over, must grow no faster than the size (`test_limits.py`
here counts it; `benchmarks/limits.py` times whole processes).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from tests.repositories import git

Statement: TypeAlias = dict[str, Any]
Pair: TypeAlias = tuple[str, str]

BUCKET = "arn:aws:s3:::"


def document(*statements: Statement) -> str:
    """Return the text of a document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any = "s3:*", resource: Any = "*", condition: Any = None, **more: Any) -> Statement:
    """Return a statement that allows."""
    made = {**more, "Effect": "Allow", "Action": action, "Resource": resource}
    return made | ({"Condition": condition} if condition else {})


def pair(asked: Statement | list[Statement], maximum: Statement | list[Statement]) -> Pair:
    """Return the texts of a document and of its maximum."""
    first, second = (one if isinstance(one, list) else [one] for one in (asked, maximum))
    return document(*first), document(*second)


def addresses(size: int) -> list[str]:
    """Return networks of `size` characters together."""
    return [f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}" for number in range(0, size // 9 * 3, 3)]


def numbers(size: int) -> list[str]:
    """Return numbers of `size` characters together."""
    return [str(3 * number) for number in range(size // 6)]


def words(size: int) -> list[str]:
    """Return words of `size` characters together."""
    return [f"Word{number:06}" for number in range(size // 10)]


def alternate(found: list[str]) -> list[str]:
    """Return all but one in a hundred."""
    return [one for number, one in enumerate(found) if number % 100]


def on(operator: str, key: str, values: Any) -> Statement:
    """Return a statement with one condition."""
    return allow(condition={operator: {key: values}})


def long_text(size: int) -> Pair:
    return pair(allow(resource=BUCKET + "a" * size), allow(resource=BUCKET + "a*"))


def long_pattern(size: int) -> Pair:
    text = BUCKET + "*" + "a" * size + "?"
    return pair(allow(resource=text), allow(resource=text + "*"))


def question_marks(size: int) -> Pair:
    return pair(
        allow(resource=[BUCKET + "?" * (size // 20 + number) for number in range(10)]),
        allow(resource=[BUCKET + "?" * (size // 20 + number) + "*" for number in range(1, 11)]),
    )


def runs_of_question_marks(size: int) -> Pair:
    """Many patterns that end in another number of `?`."""
    count = int((size * 2) ** 0.5)
    return pair(allow(resource=BUCKET + "b"), allow(resource=[BUCKET + "*" + "?" * number for number in range(count)]))


def many_networks(size: int) -> Pair:
    found = addresses(size)
    return pair(on("IpAddress", "aws:SourceIp", found), on("IpAddress", "aws:SourceIp", alternate(found)))


def many_numbers(size: int) -> Pair:
    found = numbers(size)
    return pair(on("NumericEquals", "acme:n", found), on("NumericEquals", "acme:n", alternate(found)))


def many_bounds(size: int) -> Pair:
    found = [
        allow(f"s3:Get{number}", condition={"NumericLessThan": {"acme:n": str(number)}})
        for number in range(size // 120)
    ]
    return pair(on("NumericLessThan", "acme:n", "5"), found)


def many_values(size: int) -> Pair:
    found = words(size)
    return pair(on("StringEquals", "acme:k", found), on("StringEquals", "acme:k", alternate(found)))


def values_in_any_case(size: int) -> Pair:
    found = words(size)
    return pair(on("StringEqualsIgnoreCase", "acme:k", found), on("StringEqualsIgnoreCase", "acme:k", alternate(found)))


def patterns_of_values(size: int) -> Pair:
    found = [f"*{word}*" for word in words(size)]
    return pair(on("StringLike", "acme:k", found), on("StringLike", "acme:k", alternate(found)))


def infix_patterns(size: int) -> Pair:
    found = [f"{BUCKET}*{word[-4:]}*{word[-3:]}*" for word in words(size)]
    return pair(allow(resource=found), allow(resource=alternate(found)))


def action_patterns(size: int) -> Pair:
    found = [f"s3:*{word[-5:]}*" for word in words(size)]
    return pair(allow(found), allow(alternate(found)))


def action_names(size: int) -> Pair:
    found = [f"s3:{word}" for word in words(size)]
    return pair(allow(found), allow(alternate(found)))


def many_statements(size: int) -> Pair:
    found = [allow(f"s3:{word}", BUCKET + word) for word in words(size // 8)]
    return pair(found, found[1:])


def many_denies(size: int) -> Pair:
    denied = [allow("s3:*", f"{BUCKET}*{word}", Effect="Deny") | {"Effect": "Deny"} for word in words(size // 8)]
    return pair([allow(), *denied], [allow(), *denied[1:]])


def many_keys(size: int) -> Pair:
    found = [allow(condition={"StringLike": {f"acme:{word}": f"{word}*"}}) for word in words(size // 8)]
    return pair(found, found[1:])


def many_conditions(size: int) -> Pair:
    keys = words(size // 3)
    first, second = ({"StringLike": {f"acme:{word}": word + end for word in keys}} for end in ("*", "?*"))
    return pair(allow(condition=first), allow(condition=second))


def set_operators(size: int) -> Pair:
    found = [allow(condition={"ForAnyValue:StringLike": {"aws:TagKeys": f"{word}*"}}) for word in words(size // 8)]
    return pair(found, found[1:])


def variables(size: int) -> Pair:
    found = [BUCKET + "${aws:username}/" + word for word in words(size)]
    return pair(
        allow(resource=found, condition={"StringLike": {"aws:username": "b*"}}),
        allow(resource=[f"{BUCKET}b*/{word}" for word in words(size)[1:]]),
    )


def one_long_key(size: int) -> Pair:
    return pair(on("StringEquals", "acme:" + "k" * size, "a"), on("StringLike", "acme:" + "k" * size, "b*"))


def one_long_sid(size: int) -> Pair:
    return pair(allow(Sid="s" * size), allow("s3:Get*", Sid="t" * size))


def one_long_value(size: int) -> Pair:
    return pair(on("StringEquals", "acme:k", "v" * size), on("StringLike", "acme:k", "*" + "v" * 100 + "w*"))


BUILDERS: dict[str, Callable[[int], Pair]] = {
    build.__name__: build
    for build in (
        long_text,
        long_pattern,
        question_marks,
        runs_of_question_marks,
        many_networks,
        many_numbers,
        many_bounds,
        many_values,
        values_in_any_case,
        patterns_of_values,
        infix_patterns,
        action_patterns,
        action_names,
        many_statements,
        many_denies,
        many_keys,
        many_conditions,
        set_operators,
        variables,
        one_long_key,
        one_long_sid,
        one_long_value,
    )
}


def request(size: int) -> str:
    """Return the text of a request of `size` characters."""
    context = {
        "aws:username": "b" * (size // 10),
        "aws:TagKeys": words(size // 2),
        "acme:k": words(size)[-1],
        "acme:n": "7",
        "aws:SourceIp": "10.255.0.1",
    }
    return json.dumps({"action": "s3:GetObject", "resource": BUCKET + "a" * (size // 2), "context": context})


RULES = {
    "within.toml": '[[rule]]\nname = "within"\npolicies = ["asked.json"]\nmaximum = "maximum.json"\n',
    "same.toml": '[[rule]]\nname = "same"\ncompare = ["asked.json"]\n',
}


def write(build: str, size: int, folder: Path, *, repository: bool = False) -> None:
    """Write what `commands` name to `folder`; in a `repository`, the document was once its maximum."""
    asked, maximum = BUILDERS[build](size)
    texts = {"maximum.json": maximum, "request.json": request(size), "batch.jsonl": _line(asked, maximum), **RULES}
    for name, text in {**texts, "asked.json": maximum if repository else asked}.items():
        (folder / name).write_text(text, encoding="utf-8")
    if repository:
        for arguments in (["init", "-q"], ["add", "asked.json"], ["commit", "-qm", "x"]):
            git(folder, *arguments)
        (folder / "asked.json").write_text(asked, encoding="utf-8")


def _line(asked: str, maximum: str) -> str:
    return f'{{"id": 1, "ask": "prove", "policies": [{asked}], "maximum": {maximum}}}\n'


def commands() -> Iterator[tuple[str, list[str]]]:
    """Yield each command that has a limit, by its name, asked in the folder that was written.

    The standard input of `batch` is the file `batch.jsonl`.
    """
    within = ["--maximum", "maximum.json"]
    prove = ["prove", "--policy", "asked.json", *within]
    yield "prove", prove
    yield "prove --all", [*prove, "--all"]
    yield "prove --explain", [*prove, "--explain"]
    yield "prove --world aws", [*prove, "--world", "aws"]
    yield "diff", ["diff", "asked.json", "maximum.json"]
    yield "confine", ["confine", "asked.json", "--to", "iam"]
    yield "confine --all", ["confine", "asked.json", "--to", "iam", "--all"]
    yield "evaluate", ["evaluate", "--policy", "asked.json", "--request", "request.json"]
    yield "simplify", ["simplify", "asked.json"]
    yield "repair", ["repair", "--policy", "asked.json", "--boundary", "asked.json", *within]
    yield "sweep", ["sweep", "asked.json", *within, "--jobs", "1"]
    yield "sweep sarif", ["sweep", "asked.json", *within, "--jobs", "1", "--format", "sarif"]
    yield "batch", ["batch"]
    yield "changes", ["changes", "asked.json"]
    yield "check", ["check", "--config", "within.toml"]
    yield "check --base", ["check", "--config", "same.toml", "--base", "HEAD"]
