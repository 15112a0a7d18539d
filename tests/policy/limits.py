"""Texts of a hostile size, each made when it is asked for.

Run as a program, it reads all of them and prints JSON: `{"peak": MiB, "texts": {name: error or ""}}`.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from tests.peak_memory import peak_memory
from verifier.base.errors import InputError
from verifier.clouds.aws.policy.parse import parse
from verifier.clouds.aws.read_question import read_question
from verifier.questions.read_id import read_id

MIB = 1024 * 1024
STATEMENT = '{{"Statement":{{"Effect":"Allow","Action":{},"Resource":{},"Condition":{}}}}}'


def statement(action: str = '"s3:Get"', resources: str = '"*"', condition: str = "{}") -> str:
    return STATEMENT.format(action, resources, condition)


TEXTS: dict[str, Callable[[], str]] = {
    "deep lists": lambda: "[" * 100_000,
    "deep lists closed": lambda: "[" * 100_000 + "]" * 100_000,
    "deep objects": lambda: '{"Statement":' * 100_000,
    "deep actions": lambda: statement("[" * 100_000 + "]" * 100_000),
    "deep conditions": lambda: statement(condition='{"StringEquals":' * 100_000),
    "one long line": lambda: "x" * (50 * MIB),
    "one long string": lambda: '"' + "x" * (50 * MIB) + '"',
    "long action": lambda: statement('"' + "x" * (8 * MIB) + '"'),
    "long name": lambda: '{"' + "Statemen" * MIB + '":1}',
    "long operator": lambda: statement(condition='{"' + "StringEq" * MIB + '":{"a":"b"}}'),
    "long number": lambda: statement(condition='{"NumericEquals":{"a":' + "1" * 100_000 + "}}"),
    "long date": lambda: statement(condition='{"DateEquals":{"a":' + "1" * 100_000 + "}}"),
    "long fraction": lambda: statement(condition='{"DateEquals":{"a":"2020-01-01T00:00:00.' + "1" * 100_000 + '"}}'),
    "long prefix": lambda: statement(condition='{"IpAddress":{"a":"10.0.0.0/' + "1" * 100_000 + '"}}'),
    "tiny strings": lambda: statement("[" + '"",' * (8 * MIB // 3) + '""]'),
    "tiny values": lambda: statement(condition='{"StringEquals":{"a":[' + "1," * (4 * MIB) + "1]}}"),
    "tiny statements": lambda: '{"Statement":[' + "{}," * (8 * MIB // 3) + "{}]}",
    "many keys": lambda: statement(condition='{"StringEquals":{' + '"a":1,' * (8 * MIB // 6) + '"b":1}}'),
    "wildcards": lambda: statement(resources='"' + "*?" * (4 * MIB) + '"'),
    "parts": lambda: statement(resources='"' + "a*" * (4 * MIB) + '"'),
    "variables": lambda: '{"Version":"2012-10-17",' + statement(resources='"' + "${a}" * (2 * MIB) + '"')[1:],
    "escapes": lambda: statement('"' + "\\u0061" * MIB + '"'),
    "backslashes": lambda: statement('"' + "\\" * (8 * MIB - 1)),
    "white space": lambda: " " * (8 * MIB) + "{",
    "new lines": lambda: "\n" * (8 * MIB) + "{",
    "commas": lambda: "," * (8 * MIB),
    "quotes": lambda: '"' * (8 * MIB),
    "colons": lambda: "{" + ":" * (8 * MIB),
    "unclosed": lambda: '{"Statement":[' + '{"Effect":"Allow"},' * 20_000,
    "many actions": lambda: statement("[" + '"a:b",' * 100_000 + '"a:b"]'),
}


QUESTIONS: dict[str, Callable[[], str]] = {
    "deep id": lambda: '{"id":' + "[" * 100_000 + "]" * 100_000 + "}",
    "deep id unclosed": lambda: '{"id":' + '{"a":' * 100_000,
    "long id": lambda: '{"id":' + "1" * 100_000 + "}",
    "long line": lambda: '{"id":"' + "x" * (50 * MIB) + '"}',
    "no question": lambda: "[" * (8 * MIB),
}


def error_of(text: str, read: Callable[[str], object]) -> str:
    """Return the error that reading `text` gives, "" for none."""
    try:
        read(text)
    except InputError as wrong:
        return f"{type(wrong).__name__}: {wrong}"
    return ""


def main() -> None:
    found = {name: error_of(make(), parse) for name, make in TEXTS.items()}
    for name, make in QUESTIONS.items():
        found[name] = error_of(make(), read_question)
        read_id(make())
    print(json.dumps({"peak": peak_memory() // 1024, "texts": found}))  # noqa: T201  # the answer of the program


if __name__ == "__main__":
    main()
