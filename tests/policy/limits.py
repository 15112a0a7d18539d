"""Texts of a hostile size, each made when it is asked for; run as a program, it reads one and prints what that took.

    python tests/policy/limits.py NAME    prints: the error, a tab, seconds, a tab, MiB at the peak
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

from verifier.errors import InputError
from verifier.policy.parse import parse, parse_level
from verifier.questions.read_id import read_id
from verifier.questions.read_question import read_question

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
    "unclosed": lambda: '{"Statement":[' + '{"Effect":"Allow"},' * 100_000,
    "just below": lambda: statement("[" + '"a:b",' * 249_000 + '"a:b"]'),
}


def measure(name: str) -> tuple[str, float, int]:
    """Return the error that the text `name` gives ("" for none), seconds, and MiB at the peak of this process."""
    text = TEXTS[name]()
    start = time.perf_counter()
    message = ""
    for read in (parse, parse_level, read_question, read_id):
        try:
            read(text)
        except InputError as wrong:
            message = message or f"{type(wrong).__name__}: {wrong}"
    return message, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    print("{}\t{:.2f}\t{}".format(*measure(sys.argv[1])))  # noqa: T201  # the answer of the program
