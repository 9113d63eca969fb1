"""`gradmark textbook-plots`: its files, its errors, and where the times of the crossover come from."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib as mpl
import pytest
import typer
from matplotlib.colors import to_rgb

import problems
from bench import ROOT, UsageError
from bench.articles.drawings.gallery import PICTURES
from bench.articles.pictures import PICTURES_FOLDER, save_picture, seconds_for_picture
from bench.commands.textbook import measure_for_pictures
from bench.plan.cell import Cell
from bench.plan.selection import Selection, make_plan
from bench.plots.style import FILE_METADATA, LINE_STYLES, PALETTE
from bench.rows.row import new_row
from bench.tables.frame import rows_frame
from tests.bench.commands.test_cli import typed
from tests.bench.processes import FAULTY

KILOBYTES = 200


@pytest.fixture
def quick_crossover(monkeypatch):
    """The crossover by differences alone, which start at once."""
    measured = PICTURES["crossover"].needs
    assert measured
    needs = replace(measured, methods=("numpy_fd/central",))
    monkeypatch.setitem(PICTURES, "crossover", replace(PICTURES["crossover"], needs=needs))
    return needs


def test_a_picture_is_an_svg_and_a_png_a_column_wide(tmp_path, monkeypatch, capsys):
    status, out, _ = typed(monkeypatch, capsys, "textbook-plots", "square", "--out", tmp_path / "new" / "folder")
    assert status == 0
    svg, png = sorted((tmp_path / "new" / "folder").iterdir(), reverse=True)
    assert out.split() == [str(svg), str(png)]
    root = ET.parse(svg).getroot()
    assert root.tag.endswith("svg")
    assert float(str(root.get("width")).removesuffix("pt")) == pytest.approx(8 / 2.54 * 72)
    assert PICTURES["square"].caption in svg.read_text()
    assert png.read_bytes().startswith(b"\x89PNG")


def test_the_same_picture_is_the_same_file_whatever_the_users_settings(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        with mpl.rc_context({"font.size": 20, "axes.grid": True, "svg.hashsalt": name}):
            save_picture("chain_rule", tmp_path / name)
    for form in ("svg", "png"):
        assert (tmp_path / "first" / f"chain_rule.{form}").read_bytes() == (
            tmp_path / "second" / f"chain_rule.{form}"
        ).read_bytes()


@pytest.mark.parametrize("name", PICTURES)
def test_the_committed_pictures_are_small_and_whole(name):
    for form in FILE_METADATA:
        path = PICTURES_FOLDER / f"{name}.{form}"
        assert path.stat().st_size < KILOBYTES * 1024
    ET.parse(PICTURES_FOLDER / f"{name}.svg")


def test_colours_differ_in_lightness_or_lines_in_pattern():
    assert len(set(PALETTE)) == len(set(LINE_STYLES)) == len(PALETTE)
    grey = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(to_rgb, PALETTE)]
    assert max(grey) < 0.7, "too pale on white"


WRONG = [
    (["plot"], "Missing argument"),
    (["plot", "textbook"], "plot textbook: add what to plot: --kind time|"),
    (["plot", "textbok", "--kind", "time"], "textbok: expected a run folder"),
    (["textbook-plots", "kmean"], "unknown picture 'kmean'; did you mean kmeans?"),
    (["textbook-plots", "square", "--out", "README.md/pictures"], "Not a directory"),
    (["textbook-plots", "crossover", "--run", "tests"], "tests: expected a run folder"),
    (["textbook-plots", "crossover", "--timeout", "soon"], "--timeout soon: expected a positive number"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[" ".join(a) for a, _ in WRONG])
def test_wrong_input_is_one_line_and_exit_status_2(arguments, message, tmp_path, monkeypatch, capsys):
    out = [] if "--out" in arguments else ["--out", tmp_path]
    status, printed, err = typed(monkeypatch, capsys, *arguments, *out)
    assert (status, printed, err.count("\n")) == (2, "", 1)
    assert message in err
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_the_times_is_wrong_input(tmp_path, monkeypatch, capsys):
    curated = (ROOT / "results" / "curated" / "journal.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "journal.jsonl").write_text("".join(line for line in curated if "jacobian" not in line))
    out = tmp_path / "pictures"
    arguments = ["textbook-plots", "crossover", "--run", tmp_path, "--out", out]
    status, printed, err = typed(monkeypatch, capsys, *arguments)
    assert (status, printed, err.count("\n")) == (2, "", 1)
    assert "no times of jacobian_modes" in err
    assert list(out.iterdir()) == []


@pytest.mark.slow
def test_the_crossover_is_measured_in_real_processes(quick_crossover, tmp_path, monkeypatch, capsys):
    status, out, err = typed(monkeypatch, capsys, "textbook-plots", "crossover", "--out", tmp_path)
    assert status == 0, err
    assert err.count("numpy_fd/central:float64") == 10
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".png", ".svg"]
    assert out.count("crossover.") == 2


def test_the_crossover_takes_the_medians_of_a_run(quick_crossover):
    """Of its methods and operations, in float64."""
    chosen = {"method": "numpy_fd/central", "operation": "jacobian_forward"}
    rows = [
        timed(instance="n10_m100", median_s=1e-6, **chosen),
        timed(instance="n100_m10", median_s=2e-6, **chosen),
        timed(instance="n10_m100", median_s=3e-6, **chosen | {"dtype": "float32"}),
        timed(instance="n10_m100", median_s=4e-6, **chosen | {"method": "numpy_fd/forward"}),
        timed(instance="n10_m100", median_s=5e-6, **chosen | {"operation": "value"}),
        timed(instance="n1_m1000", median_s=None, status="wrong", **chosen),
    ]
    assert seconds_for_picture(rows_frame(rows), quick_crossover) == {
        "jacobian_modes:n10_m100:jacobian_forward": {"numpy_fd/central": 1e-6},
        "jacobian_modes:n100_m10:jacobian_forward": {"numpy_fd/central": 2e-6},
    }


def timed(method, instance, operation, dtype="float64", **more):
    backend, variant = method.split("/")
    cell = Cell("jacobian_modes", instance, operation, backend, variant, dtype, "cpu", 1)
    return new_row(cell, "key", "run", 0, **more)


def test_a_cell_without_a_time_is_not_drawn(quick_crossover):
    cell = make_plan(Selection(("jacobian_modes:n10_m100",), ("numpy_fd/central",), ("jacobian_forward",))).cells[0]
    row = rows_frame([new_row(cell, "", "", 0, status="wrong", median_s=1.0)])
    with pytest.raises(UsageError, match="no times of jacobian_modes"):
        seconds_for_picture(row, quick_crossover)
    assert seconds_for_picture(row.assign(status="ok"), quick_crossover)


@pytest.mark.slow
def test_a_failed_measurement_is_exit_status_1(monkeypatch, capsys):
    monkeypatch.setattr(problems, "__path__", [*problems.__path__, str(FAULTY)])
    chosen = make_plan(Selection(("faults:wrong",), ("numpy_hand",)))
    with pytest.raises(typer.Exit) as stopped:
        measure_for_pictures(chosen, None)
    assert stopped.value.exit_code == 1
    assert "faults:wrong" in capsys.readouterr().err
