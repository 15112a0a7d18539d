"""Make the ready-made maxima and their pages: `preset-NAME.json` and `presets.tsv` of the package, `docs/presets/`.

    python tools/make_presets.py

Source: `presets.toml`, next to this file, which says where each part comes from, and the catalogue of actions. A test
compares what is shipped with `made()`. An action that the catalogue does not have is an error, and so is one that is
both excluded and left out.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from verifier.clouds.aws.catalogue.actions import Action, actions, find_action, services
from verifier.clouds.aws.catalogue.tables import origin

ROOT = Path(__file__).resolve().parent.parent
WRITTEN = ROOT / "tools" / "presets.toml"
DATA = ROOT / "verifier" / "clouds" / "aws" / "managed" / "data"
PAGES = ROOT / "docs" / "presets"


def main() -> None:
    """Write every file anew."""
    PAGES.mkdir(exist_ok=True)
    for path, text in made().items():
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")


def made() -> dict[Path, str]:
    """Return what each file has to hold."""
    written = tomllib.loads(WRITTEN.read_text(encoding="utf-8"))
    files: dict[Path, str] = {}
    rows = []
    for preset in written["preset"]:
        groups = excluded(preset)
        files[DATA / f"preset-{preset['name']}.json"] = _document(groups)
        files[PAGES / f"{preset['name']}.md"] = "\n\n".join(_page(preset, groups, written["sources"])) + "\n"
        rows.append("\t".join((preset["name"], origin().date.isoformat(), preset["meaning"])))
    head = "# Made by tools/make_presets.py; not to be edited by hand.\n# name, date of the catalogue, meaning\n"
    files[DATA / "presets.tsv"] = head + "".join(f"{row}\n" for row in rows)
    return files


def excluded(preset: dict[str, Any]) -> dict[str, list[str]]:
    """Return the actions of each group, sorted; one that a group names stands in no other."""
    named = {action for group in preset["group"] for action in group.get("actions", ())}
    spared = {action for written, _ in preset["left_out"] for action in written.split()}
    both = sorted(named & spared)
    if both:
        sys.exit(f"make_presets: {preset['name']} excludes and leaves out {', '.join(both)}")
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for group in preset["group"]:
        own = set(group.get("actions", ()))
        more = {str(action) for rule in group.get("catalogue", ()) for action in _chosen(rule)}
        found[group["sid"]] = sorted(own | (more - named - spared - seen))
        seen |= {*found[group["sid"]]}
    missing = sorted(action for action in seen | spared if str(find_action(action)) != action)
    if missing:
        sys.exit(f"make_presets: the catalogue does not have {', '.join(missing)}, which {preset['name']} names")
    return found


def _chosen(rule: dict[str, Any]) -> Iterator[Action]:
    """Yield the actions that a rule takes from the catalogue."""
    for service in services() if rule["services"] == ["*"] else rule["services"]:
        for action in actions(service):
            names = rule.get("names", ["*"])
            if action.access_level.value in rule["levels"] and any(fnmatchcase(action.name, one) for one in names):
                yield action


def _document(groups: dict[str, list[str]]) -> str:
    allowed = {"Sid": "EverythingElse", "Effect": "Allow", "Action": "*", "Resource": "*"}
    denied = [
        {"Sid": sid, "Effect": "Deny", "Action": found, "Resource": "*"} for sid, found in groups.items() if found
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": [allowed, *denied]}, indent=4) + "\n"


def _page(preset: dict[str, Any], groups: dict[str, list[str]], sources: dict[str, str]) -> Iterator[str]:
    count, date = sum(map(len, groups.values())), origin().date.isoformat()
    yield "<!-- Made from `tools/presets.toml` by `make presets`; do not edit. -->"
    yield f"# preset:{preset['name']}"
    yield (
        f"A maximum that allows {preset['meaning']}: every action on every resource, less {count} actions, by the"
        f" catalogue of {date}. [Policies that have a name](../how-to/named-policies.md) says how to use it, and what"
        " such a maximum means."
    )
    yield preset["about"]
    yield f"```text\nverifier prove --policy policy.json --maximum preset:{preset['name']}\n```"
    yield "## What it excludes"
    for group in preset["group"]:
        yield f"### {group['sid']}"
        links = _listed([f"[{name}](#sources)" for name in group["sources"]])
        yield f"These actions serve {group['why']}. They are from {links}."
        yield "\n".join(_by_service(groups[group["sid"]]))
    if "ways" in preset:
        ways = [one for part in preset["ways"] for one in part["ways"]]
        yield "## The published ways"
        yield (
            f"Each of these {len(ways)} ways needs all of its actions. The preset excludes the actions in bold, so it"
            " closes each of them. A test holds it to that."
        )
        closed = {action for found in groups.values() for action in found}
        yield "\n".join(
            f"- {', '.join(f'**`{one}`**' if one in closed else f'`{one}`' for one in way.split())}" for way in ways
        )
    yield "## What it leaves in"
    yield "\n".join(
        f"- {', '.join(f'`{one}`' for one in written.split())}: {why}" for written, why in preset["left_out"]
    )
    yield "## Sources"
    used = dict.fromkeys(name for group in preset["group"] for name in group["sources"])
    used |= dict.fromkeys(part["source"] for part in preset.get("ways", ()))
    yield "\n".join(f"- {name}: {sources[name]}" for name in used)


def _by_service(found: list[str]) -> Iterator[str]:
    by_service: dict[str, list[str]] = {}
    for action in found:
        by_service.setdefault(action.partition(":")[0], []).append(action.partition(":")[2])
    yield from ("| service | actions |", "| --- | --- |")
    yield from (
        f"| `{service}` | {', '.join(f'`{name}`' for name in names)} |" for service, names in by_service.items()
    )


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


if __name__ == "__main__":
    main()
