"""The recipe of CONTRIBUTING.md: its code is a problem that passes the checks which the page names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import problems
from bench import ROOT
from bench.measure.cell import measure_cell
from bench.plan.cell import PROFILES
from bench.plan.selection import Selection, make_plan
from bench.rows.row import new_row
from tests.bench.processes import added_folders_forgotten
from tests.conftest import configured
from tests.problems import test_agreement as agreement

FILES = ("__init__", "oracle", "numpy_hand", "sympy_symbolic")
"""What the code blocks of the recipe are, in their order."""
NAME = "himmelblau_of_the_page"  # so that one may be following it here
START = "np.array([3.6, 2.3])"


def blocks() -> list[str]:
    """The Python of the page, as it is without the indent of the list."""
    page = (ROOT / "CONTRIBUTING.md").read_text()
    found = re.findall(r"^   ```python\n(.*?)^   ```$", page, re.DOTALL | re.MULTILINE)
    return ["\n".join(line.removeprefix("   ") for line in block.splitlines()) + "\n" for block in found]


@pytest.fixture
def page(tmp_path):
    """The folder that the page describes, known as a problem."""
    folder = tmp_path / NAME
    folder.mkdir()
    for stem, text in zip(FILES, blocks(), strict=True):
        (folder / f"{stem}.py").write_text(text)
    with added_folders_forgotten():
        agreement.fault_cells.cache_clear()
        agreement.small_reference.cache_clear()
        problems.add_folder(tmp_path)
        yield folder
    agreement.fault_cells.cache_clear()
    agreement.small_reference.cache_clear()


def test_the_page_s_problem_passes_its_check(page: Path):
    plan = make_plan(Selection(problems=(NAME,), backends=("numpy_hand", "sympy_symbolic"), profile="standard"))
    assert {cell.operation for cell in plan.cells} == {"value", "gradient", "hessian", "newton"}
    for cell in plan.cells:
        configured(cell.backend)
        row = new_row(cell, "key", "run", 0)
        measure_cell(cell, row, PROFILES["standard"], None, lambda event, result: None)
        assert row.status == "ok", (cell.name, row.reason)


@pytest.mark.parametrize("fault", agreement.FAULTS)
def test_a_planted_fault_is_caught_in_the_page_s_problem(page: Path, fault):
    test = agreement.test_a_planted_fault_is_caught_wherever_it_changes_anything_and_somewhere_it_does
    test(NAME, fault)


def test_a_start_that_float32_holds_is_told_with_what_to_do(page: Path):
    path = page / "__init__.py"
    assert START in path.read_text()
    path.write_text(
        path.read_text()
        .replace(START, "np.array([3.5, 2.5])")
        .replace(', "newton": {"steps": 6}', "")
        .replace(', "newton")', ")")
    )
    test = agreement.test_a_planted_fault_is_caught_wherever_it_changes_anything_and_somewhere_it_does
    with pytest.raises(AssertionError, match=r"take inputs that float32 cannot hold, such as 3\.6 rather than 3\.5"):
        test(NAME, "float32 arithmetic")


def test_the_page_s_code_is_as_the_lint_wants_it():
    assert max(len(line) for block in blocks() for line in block.splitlines()) <= 120
