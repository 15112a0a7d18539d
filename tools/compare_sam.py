"""Compare what is found in SAM's templates with what is found in the templates that AWS's translator makes of them.

python tools/compare_sam.py TRANSLATOR

TRANSLATOR is the folder `tests/translator` of github.com/aws/serverless-application-model, with its folders `input` and
`output`. What is printed: how many documents are the same, unknown on our side, only there, only here, and different;
with `--show`, which. A template with something that is named as not expanded is counted apart.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from verifier.base.errors import InputError
from verifier.base.source import Source
from verifier.clouds.aws.policy.unknown import shown_as
from verifier.sources.document import document_source
from verifier.sources.open import open_documents

# The translator refers to an alias by a resource of its own; here its ARN is written out.
_ALIASES = (
    (r"arn:\$\{AWS::Partition\}:lambda:[^\"]*?:function:\$\{(\w+)\}:(\w+)", r"alias \1 \2"),
    (r"arn:\$\{AWS::Partition\}:lambda:[^\"]*?:function:\$\{(\w+)Alias(\w+)\}", r"alias \1 \2"),
    (r"arn:\$\{AWS::Partition\}:states:[^\"]*?:stateMachine:\$\{(\w+)\.Name\}:(\w+)", r"alias \1 \2"),
    (r"\$\{(\w+)Alias(test|live)\}", r"alias \1 \2"),
)


def documents(path: Path) -> dict[str, str]:
    """Return the documents of a template by selector."""
    found = {}
    for each in open_documents(Source(path.name, path.read_text(encoding="utf-8"))):
        written = document_source(each.value, each.file)
        sorted_ = json.dumps(json.loads(written.text), sort_keys=True, ensure_ascii=False)
        text = shown_as(sorted_, written).replace("arn:aws:", "arn:${AWS::Partition}:")
        for pattern, instead in _ALIASES:
            text = re.sub(pattern, instead, text)
        found[each.selector] = text
    return found


def compared(folder: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield for each document the template, the selector, how the two compare, and both texts."""
    for template in sorted((folder / "input").glob("*.yaml")):
        made = folder / "output" / f"{template.stem}.json"
        if template.name.startswith("error_") or not made.exists():
            continue
        try:
            ours, theirs = documents(template), documents(made)
        except InputError as error:
            yield template.stem, "", "error", str(error), ""
            continue
        named = any("not expanded" in text or text.startswith('"${resource policy') for text in ours.values())
        for selector in sorted({*ours, *theirs}):
            one, other = ours.get(selector, ""), theirs.get(selector, "")
            if one == other:
                how = "same"
            elif one.startswith('"${'):
                how = "unknown here"
            elif not one:
                how = "only theirs, something is not expanded" if named else "only theirs"
            else:
                how = "different" if other else "only ours"
            yield template.stem, selector, how, one, other


def main() -> None:
    """Print the counts, and with `--show` the differences."""
    counts: Counter[str] = Counter()
    templates = set()
    for template, selector, how, one, other in compared(Path(sys.argv[1])):
        counts[how] += 1
        templates.add(template)
        if "--show" in sys.argv and how in ("only theirs", "only ours", "different", "error"):
            print(f"{how}: {template} {selector}\n  {one}\n  {other}")
    print(
        f"{len(templates)} templates; documents: "
        + ", ".join(f"{number} {how}" for how, number in counts.most_common())
    )


if __name__ == "__main__":
    main()
