"""Make the parse tables in `grammar/tables/`, one file for each grammar the package reads by (`base/grammar.py`).

python tools/make_tables.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from verifier.base.grammar import GrammarReader, grammar_folder, grammar_text, make_tables

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write every file anew."""
    folder = grammar_folder() / "tables"
    folder.mkdir(exist_ok=True)
    for name, text in tables().items():
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
        print(f"{name}: {len(text):,} characters")


def tables() -> dict[str, str]:
    """Return what each file has to hold, by the name of its grammar."""
    found = {reader.grammar: make_tables(grammar_text(reader.grammar), reader.starts) for reader in readers()}
    return {
        name: json.dumps(made, separators=(",", ":"), sort_keys=True) + "\n" for name, made in sorted(found.items())
    }


def readers() -> Iterator[GrammarReader]:
    """Yield every reader of the package; each is made in the module that it serves."""
    for path in sorted((ROOT / "verifier").rglob("*.py")):
        if " = GrammarReader(" in path.read_text(encoding="utf-8"):
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            yield from (value for value in vars(module).values() if isinstance(value, GrammarReader))


if __name__ == "__main__":
    main()
