"""Which files of the package does one question enter? What a reader opens who follows a request from text to verdict.

    python tools/files_entered.py            the count of each question
    python tools/files_entered.py --list     the files too, in the order in which they are entered

A file is entered when one of its functions runs; importing a module does not count. Each question runs in this process
once unseen, so that what is imported late is there. Then what is remembered of statements is forgotten, and the
question is followed from the texts to the printed answer.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

from verifier.cli.app import run_command_line
from verifier.clouds.aws.compile.compile import forget_guards

PACKAGE = Path(__file__).parent.parent / "verifier"
Statement = dict[str, Any]


def allow(actions: str, **more: Any) -> Statement:
    """Return an Allow statement on every resource."""
    return {"Effect": "Allow", "Action": actions, "Resource": "*"} | more


def tagged(operators: tuple[str, ...]) -> Statement:
    """Return a statement that compares a tag each by `operators`."""
    condition: Statement = {}
    for tag, operator in zip("abcdef", operators, strict=True):
        condition.setdefault(operator, {})[f"aws:PrincipalTag/{tag}"] = "x"
    return allow("s3:*", Condition=condition)


# What is asked: a policy and a maximum. Of one statement each, but for the last maximum, which says the same in cases.
QUESTIONS: dict[str, tuple[list[Statement], list[Statement]]] = {
    "contained": ([allow("s3:GetObject")], [allow("s3:*")]),
    "escapes": ([allow("s3:*")], [allow("s3:GetObject")]),
    "reaches Z3": (
        [allow("s3:GetObject")],
        [tagged(each) for each in itertools.product(("StringEquals", "StringNotEquals"), repeat=6)],
    ),
}


def main() -> None:
    """Print a line for each question."""
    listed = "--list" in sys.argv[1:]
    for name, (policy, maximum) in QUESTIONS.items():
        found = entered(policy, maximum)
        core = [file for file in found if file.partition("/")[0] not in ("cli", "report")]
        print(f"{name:12} {len(found):3} files, {len(core)} of them beside cli/ and report/")
        if listed:
            print("".join(f"    {file}\n" for file in found), end="")


def entered(policy: list[Statement], maximum: list[Statement]) -> list[str]:
    """Return the files that `verifier prove` enters for this question, in order."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, statements in (("policy", policy), ("maximum", maximum)):
            path = Path(folder) / f"{name}.json"
            path.write_text(json.dumps({"Version": "2012-10-17", "Statement": statements}), encoding="utf-8")
            paths.append(str(path))
        arguments = ["prove", "--policy", paths[0], "--maximum", paths[1]]
        ask(arguments)
        forget_guards()
        found: dict[str, None] = {}

        def follow(frame: FrameType, event: str, _: object) -> None:
            if event == "call" and frame.f_code.co_name != "<module>":
                found[frame.f_code.co_filename] = None

        sys.setprofile(follow)
        try:
            ask(arguments)
        finally:
            sys.setprofile(None)
    return [str(Path(file).relative_to(PACKAGE)) for file in found if Path(file).is_relative_to(PACKAGE)]


def ask(arguments: list[str]) -> None:
    """Run a command line, and drop what it prints."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        run_command_line(arguments)


if __name__ == "__main__":
    main()
