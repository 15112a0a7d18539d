"""Every command in every form, asked about hostile documents under hostile names, in this process."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.output import reading
from verifier.cli.app import run_command_line

TRICKS: dict[str, str] = json.loads((Path(__file__).parent / "tricks.json").read_text(encoding="utf-8"))
Reader = Callable[[bytes], Iterator[str]]


@dataclass(frozen=True)
class Call:
    """A command line, in which `{policy}` and the like are names of files, and how its output is read."""

    arguments: tuple[str, ...]
    read: Reader
    stdin: str = ""
    file: str = ""


@dataclass(frozen=True)
class Said:
    """What came of a call."""

    code: int
    out: bytes
    err: bytes


def _of_text(read: Callable[[str], Iterator[str]]) -> Reader:
    return lambda said: read(said.decode())


TEXT, JSON, SARIF, HTML, MARKDOWN, PATCH = map(
    _of_text, (reading.text, reading.as_json, reading.sarif, reading.page, reading.markdown, reading.patch)
)
FORMS = {"text": TEXT, "json": JSON, "sarif": SARIF, "html": HTML, "junit": reading.junit, "markdown": MARKDOWN}
_PROVE = ("prove", "--policy", "{policy}", "--boundary", "{boundary}", "--maximum", "{maximum}")


def calls() -> dict[str, Call]:
    """Each call by name."""
    found = {}
    for name, arguments, forms in _asked():
        for form in forms or FORMS:
            told = (arguments[0], "--format", form, *arguments[1:])
            found[f"{name} {form}"] = Call(
                told, PATCH if name in ("repair", "simplify --diff") and form == "text" else FORMS[form]
            )
    for name, arguments_of in _WRONG.items():
        found[name] = Call(arguments_of, TEXT)
    for form, read in FORMS.items():
        found[f"check {form}"] = Call(("check", "-o", f"{form}=report"), read, file="report")
    found["check --list"] = Call(("check", "--list"), TEXT)
    found["batch"] = Call(("batch",), JSON, "{batch}")
    return found


def _asked() -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Each question, and in which forms it is answered, if not in all."""
    told, shown = ("text", "json"), ("text", "json", "html", "markdown")
    yield "prove", _PROVE, ()
    yield "prove --explain", ("prove", "--policy", "{maximum}", "--maximum", "{policy}", "--explain"), ()
    yield "prove --all", (*_PROVE, "--all"), shown
    yield "prove --world aws", (*_PROVE, "--world", "aws"), shown
    yield "diff", ("diff", "--", "{policy}", "{maximum}"), ()
    yield "confine", ("confine", "--to", "ec2", "--all", "--", "{policy}"), shown
    yield "sweep", ("sweep", ".", "--jobs", "1", "--maximum", "{maximum}"), ()
    yield "changes", ("changes", "--", "{policy}", "{broken}"), ()
    yield "review", ("review", "--maximum", "{boundary}", "--", "{maximum}", "{policy}"), ()
    yield "a review of what is broken", ("review", "-v", "--", "{policy}", "{broken}"), ()
    yield "evaluate", ("evaluate", "--policy", "{policy}", "--boundary", "{boundary}", "--request", "{request}"), told
    yield "simplify", ("simplify", "--", "{twice}"), told
    yield "simplify --diff", ("simplify", "--diff", "--", "{twice}"), ("text",)
    yield "repair", ("repair", *_PROVE[1:]), told


# Calls that are refused: what is wrong is quoted on standard error.
_WRONG = {
    **{
        f"a document: {kind}": ("prove", "--policy", f"{{{kind}}}", "--maximum", "{maximum}")
        for kind in ("broken", "operator", "effect", "cut", "twice-a-key", "absent")
    },
    "a request": ("evaluate", "--policy", "{policy}", "--request", "{request-of-nothing}"),
    "an option": ("prove", "--{trick}"),
    "a command": ("{trick}",),
    "a choice": ("prove", "--format", "{trick}"),
    "a number": ("prove", "--timeout", "{trick}"),
    "a revision": ("changes", "--since", "{trick}", "--", "{policy}"),
    "other services": ("confine", "--to", "{trick}", "--", "{policy}"),
    "a cache": ("sweep", ".", "--cache", "{policy}", "--maximum", "{maximum}"),
    "a file to write": ("simplify", "--write", "{trick}/{trick}", "--", "{twice}"),
    "a cluster": ("sweep", ".", "--dask", "{trick}", "--maximum", "{maximum}"),
}


def documents(trick: str) -> dict[str, str]:
    """The text of each file: `trick` stands wherever a text may."""
    said = trick.encode("utf-8", "replace").decode()
    resource = f"arn:aws:s3:::{said}"
    condition = {"StringLike": {f"aws:PrincipalTag/{said}": [said, "*"]}}
    allow = {"Sid": said, "Effect": "Allow", "Action": "s3:*", "Resource": [resource, f"{resource}/*"]}
    deny = {"Sid": said, "Effect": "Deny", "Action": "s3:Put*", "Resource": f"{resource}/x", "Condition": condition}
    narrow = {"Sid": said, "Effect": "Allow", "Action": "s3:Get*", "Resource": f"{resource}/*"}
    made: dict[str, Any] = {
        "policy": [allow | {"Condition": condition}, deny, allow | {"Resource": "*", "Action": f"{said}:x*"}],
        "boundary": [allow, allow | {"Resource": ["*", said], "Action": f"{said}:*"}],
        "maximum": [narrow],
        "twice": [allow, allow, deny, deny, narrow],
        "broken": [allow | {said: "x"}],
        "operator": [allow | {"Condition": {said: {said: said}}}],
        "effect": [allow | {"Effect": said}],
    }
    texts = {
        name: json.dumps({"Version": "2012-10-17", "Id": said, "Statement": several}, indent=1, ensure_ascii=False)
        for name, several in made.items()
    }
    texts["cut"] = texts["policy"][: -len(texts["policy"]) // 3]
    texts["twice-a-key"] = texts["policy"].replace('"Sid"', f'{json.dumps(said)}: 1, "Sid"')
    request = {"action": "s3:GetObject", "resource": f"{resource}/x", "context": {f"aws:PrincipalTag/{said}": said}}
    texts["request"] = json.dumps(request, ensure_ascii=False)
    texts["request-of-nothing"] = json.dumps(request | {said: said, "action": said}, ensure_ascii=False)
    whole = {name: json.loads(texts[name]) for name in ("policy", "maximum", "broken")}
    lines = [
        {"id": said, "ask": "prove", "policies": [whole["policy"]], "maximum": whole["maximum"]},
        {"id": said, "ask": "prove", "policies": [whole["broken"]], "maximum": whole["maximum"]},
        {"id": said, "ask": said, said: said},
    ]
    texts["batch"] = "".join(f"{json.dumps(line)}\n" for line in lines)
    return texts


def name_of(trick: str, kind: str) -> str:
    """A file name that holds `trick`, as far as file names may."""
    return f"{trick.replace('/', '∕')[:80]}{kind}.json"


def written(folder: Path, trick: str) -> dict[str, str]:
    """Write the documents to a repository in `folder`, and return what stands for what in calls."""
    names = {"trick": trick, "absent": f"absent{trick}"}
    for kind, said in documents(trick).items():
        names[kind] = said if kind == "batch" else name_of(trick, kind)
        if kind != "batch":
            (folder / names[kind]).write_text(said, encoding="utf-8")
    (folder / "verifier.toml").write_text(_configuration(trick, names), encoding="utf-8")
    old = folder / names["policy"]
    new = old.read_text(encoding="utf-8")
    old.write_text((folder / names["maximum"]).read_text(encoding="utf-8"), encoding="utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], cwd=folder, check=True, capture_output=True)
    old.write_text(new, encoding="utf-8")
    return names


def _configuration(trick: str, names: dict[str, str]) -> str:
    """Two rules: one is broken by a document, and one finding of the other is accepted."""
    said, kept = _toml(trick.encode("utf-8", "replace").decode()), {name: _toml(value) for name, value in names.items()}
    maximum = f"maximum = {kept['maximum']}" if "\udce9" not in trick else 'at_most = ["ec2"]'
    rules = [
        f'[[rule]]\nname = {said}\npolicies = ["*policy.json", "*broken.json"]\n{maximum}',
        f'[[rule]]\nname = "b"\npolicies = ["*boundary.json"]\n{maximum}',
        f'[[except]]\nrule = "b"\nreason = {said}',
    ]
    return "\n".join(rules)


def _toml(text: str) -> str:
    """A basic string of TOML, which knows no surrogates."""
    escaped = "".join(char if char.isprintable() and char not in '"\\' else f"\\U{ord(char):08x}" for char in text)
    return f'"{escaped}"'


def called(call: Call, names: dict[str, str], encoding: str = "utf-8") -> Said:
    """Make a call in the working directory."""
    arguments = [_filled(argument, names) for argument in call.arguments]
    with _streams(_filled(call.stdin, names), encoding) as (out, err):
        code = run_command_line(arguments)
    if call.file:
        assert not list(reading.text(out.getvalue().decode(encoding)))
        return Said(code, Path(call.file).read_bytes(), err.getvalue())
    return Said(code, out.getvalue(), err.getvalue())


def _filled(argument: str, names: dict[str, str]) -> str:
    for name, value in names.items():
        if f"{{{name}}}" in argument:
            argument = argument.replace(f"{{{name}}}", value)
    return argument


@contextmanager
def _streams(stdin: str, encoding: str) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """Standard streams as `main` sets them up, over bytes."""
    out, err, kept = io.BytesIO(), io.BytesIO(), (sys.stdin, sys.stdout, sys.stderr)
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(out, encoding=encoding, errors="backslashreplace", write_through=True)
    sys.stderr = io.TextIOWrapper(err, encoding=encoding, errors="backslashreplace", write_through=True)
    try:
        yield out, err
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.detach()
        sys.stdin, sys.stdout, sys.stderr = kept
