"""The notebooks: committed without output, of the public names alone, and executed as a reader would.

Cells hold statements, no helpers: no function, class or lambda. What a notebook imports from the package is in
`__all__` of `verifier` or `verifier.plots`, and no name that begins with an underscore is used.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import verifier
import verifier.plots
from tests.commands import PATIENCE, ROOT

FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
NAMES = [
    "01_first_proof",
    "02_blocking_cross_service_access",
    "03_diffing_two_boundaries",
    "04_exploring_counterexamples",
    "05_how_it_scales",
    "06_a_whole_account",
    "07_nobody_climbs_out",
    "08_your_own_policy",
]
PUBLIC = {"verifier": set(verifier.__all__), "verifier.plots": set(verifier.plots.__all__)}
LIBRARY = {"time"}
HELPERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
UNDECIDED = '<span class="badge unsure">undecided</span>'
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_of(notebook: Any) -> list[ast.AST]:
    """Everything that the code cells hold."""
    trees = [ast.parse(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    return [node for tree in trees for node in ast.walk(tree)]


def test_all_are_there():
    assert [path.stem for path in NOTEBOOKS] == NAMES


@every_notebook
def test_a_notebook_is_committed_as_it_should_be(path: Path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert 8 <= len(notebook.cells) <= 16
    assert notebook.cells[0].source.startswith("# ")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
        assert cell.metadata == {}
        assert str(ROOT) not in cell.source


@every_notebook
def test_a_notebook_uses_public_names_and_no_helpers(path: Path):
    for node in code_of(read(path)):
        assert not isinstance(node, HELPERS), ast.dump(node)
        match node:
            case ast.Import(names=names):
                assert {name.name for name in names} <= LIBRARY
            case ast.ImportFrom(module=module, names=names):
                assert module in PUBLIC
                assert {name.name for name in names} <= PUBLIC[module]
            case ast.Attribute(attr=name) | ast.Name(id=name):
                assert not name.startswith("_")


@every_notebook
def test_a_notebook_executes(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    notebook = read(path)
    NotebookClient(
        notebook,
        timeout=int(PATIENCE),
        startup_timeout=int(PATIENCE),
        iopub_timeout=int(PATIENCE),
        kernel_name="python3",
        resources={"metadata": {"path": str(FOLDER)}},
    ).execute()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        assert not [output for output in cell.outputs if output.output_type == "stream" and output.name == "stderr"]
        for output in cell.outputs:
            shown = output.get("data", {})
            undecided = shown.get("text/plain", "").startswith("undecided") or UNDECIDED in shown.get("text/html", "")
            assert not undecided or "1e-9" in cell.source


# As it is committed, the policy of the notebook is repaired; these have other answers.
OWN = {"aws:AmazonEKSClusterPolicy": "contained", "aws:SystemAdministrator": "no-repair"}
OWN_PATH = "../examples/sweep-a-folder/policies/ops/deploy.json"


@pytest.mark.parametrize("name", OWN)
def test_a_reader_replaces_one_path(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(FOLDER)
    cells = [cell.source for cell in read(FOLDER / "08_your_own_policy.ipynb").cells if cell.cell_type == "code"]
    assert sum(source.count(OWN_PATH) for source in cells) == 1
    names: dict[str, Any] = {}
    for source in cells:
        *body, last = ast.parse(source.replace(OWN_PATH, name)).body
        exec(compile(ast.Module(body, []), name, "exec"), names)  # noqa: S102 - our own notebook
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), name, "eval"), names)  # noqa: S307 - as above
            assert "<" in shown._repr_html_()
        else:
            exec(compile(ast.Module([last], []), name, "exec"), names)  # noqa: S102 - as above
    assert names["repaired"].outcome.value == OWN[name]
