"""Plots for papers: what they show, how wide they are, and what they say where there is nothing to show."""

from __future__ import annotations

import math
import re

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import backends
from bench import UsageError
from bench.plots.accuracy import dominated
from bench.plots.files import PLOT_FORMATS, PLOT_KINDS, draw_plot, save_plots
from bench.plots.look import HOLLOW, SHAPES, method_looks
from bench.plots.matrix import factor_text
from bench.plots.style import CM_PER_INCH, plot_style
from bench.plots.time import interval_bars
from bench.rows.journal import Journal
from bench.tables.cells import cell_ladders, cells_of_rows, is_timed
from bench.tables.frame import rows_frame
from tests.bench import hostile, many_rows
from tests.bench.processes import typed
from tests.bench.report import made_up

WITH_DATA = ("time", "accuracy", "ratio", "scaling", "steps", "matrix")


@pytest.fixture(scope="module")
def cells():
    rows = [row for row in made_up.rows() if row.problem != made_up.HOSTILE]
    return cells_of_rows(rows_frame(rows))


def figure(cells, kind):
    data = [made_up.curve(), made_up.curve("numpy_fd/forward")] if kind == "steps" else cells
    name, found = next(PLOT_KINDS[kind].parts(data))
    with plot_style():
        drawn = draw_plot(kind, found)
        FigureCanvasAgg(drawn).draw()
    return name, found, drawn


def texts(axes):
    return [text.get_text() for text in (*axes.get_xticklabels(), *axes.get_yticklabels(), *axes.texts)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", WITH_DATA)
def test_it_is_a_column_wide_and_nothing_leaves_it(cells, kind):
    _, _, drawn = figure(cells, kind)
    with plot_style():
        width = drawn.get_size_inches()[0] * CM_PER_INCH
        box = drawn.get_tightbbox()
    assert width == pytest.approx(8)
    assert box.x0 * CM_PER_INCH >= -0.05
    assert box.x1 * CM_PER_INCH <= 8.05


@pytest.mark.parametrize("kind", ["time", "accuracy", "steps"])
def test_the_legend_names_every_method_and_lies_below_the_axes(cells, kind):
    _, found, drawn = figure(cells, kind)
    (legend,) = drawn.legends
    named = {text.get_text() for text in legend.get_texts()}
    assert named >= {cell["method"] for cell in found if kind == "steps" or is_timed(cell)}
    assert legend.get_window_extent().y1 <= drawn.axes[0].get_tightbbox().y0 + 1


def test_times_have_intervals_and_units(cells):
    _, found, drawn = figure(cells, "time")
    assert len(drawn.axes[0].containers) == len({cell["method"] for cell in found})
    assert any("µs" in label for label in texts(drawn.axes[0]))


def test_the_bars_are_the_intervals():
    known = [{"median_s": 2.0, "low_s": 1.5, "high_s": 4.0}, {"median_s": 2.0, "low_s": math.nan, "high_s": math.nan}]
    assert interval_bars(known) == [[0.5, 0.0], [2.0, 0.0]]


def test_the_machines_limit_is_drawn_where_it_is_known(cells):
    ladder = next(cell_ladders(cells))
    known = [{**cell, "least_s": cell["median_s"] / 100} for cell in ladder]
    for found, expected in ((ladder, False), (known, True)):
        with plot_style():
            drawn = draw_plot("time", found)
        assert ("machine limit" in drawn.axes[0].get_legend_handles_labels()[1]) is expected


def test_all_methods_differ_in_grey_by_shape_and_filling_alone():
    looks = list(method_looks(backends.methods()).values())
    shapes = {(look["marker"], look["markerfacecolor"] == HOLLOW) for look in looks}
    assert len(shapes) == len(looks)
    assert all(look["markerfacecolor"] in (HOLLOW, look["color"]) for look in looks)


@pytest.mark.parametrize("more", [5, 40])
def test_all_methods_differ_whatever_their_number(more):
    """In grey as long as there are marks; always by colour, mark and filling; and those that are known do not change."""
    known = backends.methods()
    methods = [*known, *(f"{'abcdefgh'[n % 8]}{n}/{variant}" for n in range(more) for variant in ("v", "w", "x"))]
    looks = method_looks(methods)
    described = [(look["color"], look["marker"], look["markerfacecolor"]) for look in looks.values()]
    assert len(set(described)) == len(methods)
    assert method_looks(known) == {method: looks[method] for method in known}
    if len(methods) <= len(SHAPES):
        assert len({(look["marker"], look["markerfacecolor"] == HOLLOW) for look in looks.values()}) == len(methods)


@pytest.mark.parametrize("rows", [1, 2, 9])
def test_the_labels_of_a_matrix_do_not_reach_its_colour_bar(cells, rows):
    one = next({**cell, "method": "sympy_symbolic/lambdify"} for cell in cells if cell["operation"] == "gradient")
    found = [{**one, "instance": f"i{n}"} for n in range(rows)]
    _, _, drawn = figure([*found, *({**cell, "method": "numpy_hand/plain"} for cell in found)], "matrix")
    squares, bar = drawn.axes
    lowest = min(label.get_window_extent().y0 for label in squares.get_xticklabels())
    assert bar.get_window_extent().y1 < lowest


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["ratio", "matrix"])
def test_problems_that_were_asked_for_are_in_the_name_and_in_the_title(cells, tmp_path, kind):
    def written(*only):
        return {path.name for path in save_plots(cells, kind, tmp_path, ["svg"], only)}

    assert all(name.startswith(f"{kind}-linear_regression-") for name in written("linear_regression"))
    assert not written("a") & written("b") & written()
    assert written("a", "b") == written("b", "a")
    assert max(map(len, written(*(f"problem_{n}" for n in range(60))))) < 200
    assert written(*(f"problem_{n}" for n in range(60))) != written(*(f"problem_{n}" for n in range(61)))
    with plot_style():
        assert (
            "mine, yours\n" in draw_plot(kind, next(PLOT_KINDS[kind].parts(cells))[1], ["mine", "yours"]).get_suptitle()
        )


def test_a_title_of_many_problems_stays_within_the_picture(cells):
    with plot_style():
        drawn = draw_plot("matrix", cells, [f"a_problem_of_name_{n}" for n in range(12)])
        FigureCanvasAgg(drawn).draw()
        box = drawn.get_tightbbox()
    assert box.x0 >= -0.02
    assert box.x1 * CM_PER_INCH <= 8.05


def test_the_matrix_writes_the_factors_and_a_dash_for_what_is_absent(cells):
    gradients = [cell for cell in cells if cell["operation"] == "gradient"]
    _, _, drawn = figure(gradients, "matrix")
    shown = [text.get_text() for text in drawn.axes[0].texts]
    assert shown.count("1.0") == 3
    assert "–" in shown
    assert [factor_text(value) for value in (999.0, 2900.0, 1.04)] == ["1.0k", "2.9k", "1.0"]


def test_what_no_other_beats_is_not_dominated():
    fast, exact, neither = ({"median_s": s, "error_relative": e} for s, e in ((1, 1e-6), (9, 1e-16), (10, 1e-5)))
    cells = [fast, exact, neither]
    assert [dominated(cell, cells) for cell in cells] == [False, False, True]


@pytest.mark.parametrize("kind", [*PLOT_KINDS])
def test_a_run_without_data_for_it_gets_a_sentence_and_no_file(tmp_path, kind):
    with pytest.raises(UsageError, match=re.escape(f"--kind {kind}")):
        list(save_plots([], kind, tmp_path, ["svg"]))
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_data_for_one_kind_names_those_that_it_has_data_for(tmp_path):
    cells = cells_of_rows(rows_frame(list(many_rows.rows(2))))
    with pytest.raises(UsageError, match=r"gradmark scale PROBLEM.*; there are data for --kind matrix"):
        list(save_plots(cells, "time", tmp_path, ["svg"]))


@pytest.mark.slow
def test_the_command_writes_every_format_and_the_same_file_twice(tmp_path):
    many_rows.write(tmp_path, 400)
    words = ("plot", tmp_path, "--kind", "matrix", "-p", "p0", "--operation", "o0", "--out", tmp_path / "out")
    formats = [part for form in PLOT_FORMATS for part in ("--format", form)]
    done = typed(*words, *formats)
    assert done.returncode == 0, done.stderr
    paths = sorted((tmp_path / "out").iterdir())
    assert [path.suffix for path in paths] == [".pdf", ".png", ".svg"]
    before = [path.read_bytes() for path in paths]
    typed(*words, *formats)
    assert [path.read_bytes() for path in paths] == before


def test_a_run_needs_a_kind_that_exists(tmp_path):
    many_rows.write(tmp_path, 100)
    for arguments, said in (((), "--kind"), (("--kind", "tme"), "did you mean time")):
        done = typed("plot", tmp_path, *arguments)
        assert done.returncode == 2
        assert said in done.stderr


@pytest.mark.parametrize("variables", [0, 2**62])
def test_a_bound_that_is_odd_is_drawn_or_left_out(tmp_path, variables):
    """Of no variable the bound is zero; of many it is no number of 64 bits."""
    journal = Journal(tmp_path / "journal.jsonl")
    for row in hostile.rows():
        row.variables = variables if row.median_s else None
        journal.append_row(row)
    done = typed("plot", tmp_path, "--kind", "ratio")
    assert done.returncode == 0, done.stderr
