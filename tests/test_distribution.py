"""The distribution is called `iam-verifier`: nothing may tell anybody to install `verifier` by name, which on PyPI is
somebody else's package, nor `iam-verifier`, which is not there yet.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.commands import ROOT
from verifier.clouds.aws.managed.presets import preset_names
from verifier.version import VERSION

# A name with an address, as in `iam-verifier[aws] @ git+https://...`, is that of the address.
BY_NAME = re.compile(
    r"(?<![\w./-])(iam-)?verifier\[(?![^\]]*\] @ )"
    r"|\bpip3? install\b[^\n`#]*(?<![\w./-])(iam-)?verifier(?![\w./-]|\[[^\]]*\] @ )"
)
NO_TEXT = {".svg", ".png", ".ico", ".woff2", ".xz"}


def listed() -> list[Path]:
    """Every file of the checkout that git does not ignore."""
    ran = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if ran.returncode:
        pytest.skip("not a checkout of git, so which files belong to the project is not known; a checkout is tested")
    found = [ROOT / name for name in ran.stdout.split("\0") if name]
    return [path for path in found if path.is_file()]


def texts() -> list[Path]:
    """Every file of the checkout that somebody may read, but this one."""
    return [path for path in listed() if path.suffix not in NO_TEXT and path != Path(__file__)]


def test_nothing_says_to_install_by_name() -> None:
    wrong = {
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if BY_NAME.search(line)
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("pip install verifier", True),
        ("pip install 'verifier[dask]'", True),
        ("python -m pip install -U iam-verifier", True),
        ("install `verifier[dask]`", True),
        ("pip install .", False),
        ("pip install '.[dask]'", False),
        ("pip install '/path/to/verifier[dask]'", False),
    ],
)
def test_what_is_looked_for(line: str, found: bool) -> None:
    assert bool(BY_NAME.search(line)) is found


def test_the_wheel_has_every_data_file() -> None:
    """The wheel holds the folder `verifier` as git has it; nothing that is read at run time is ignored or excluded."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"] == {
        "packages": ["verifier"],
        "force-include": {"grammar": "verifier/grammar", "docs/semantics.md": "verifier/semantics.md"},
        "shared-data": {"docs/reference/verifier.1": "share/man/man1/verifier.1"},
    }
    data = set((ROOT / "verifier").rglob("data/*"))
    for name in ("policies.tsv.xz", "presets.tsv", *(f"preset-{name}.json" for name in preset_names())):
        assert ROOT / "verifier" / "clouds" / "aws" / "managed" / "data" / name in data
    assert data <= set(listed())


def test_the_distribution_has_its_name_and_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["name"], project["scripts"]) == ("iam-verifier", {"verifier": "verifier.cli:main"})
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):  # run from the checkout alone
        assert importlib.metadata.version("iam-verifier") == VERSION
