"""The textbook's pictures show what the problems compute, and can be read."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

import problems
from bench.articles.drawings.clusters import centroid_path
from bench.articles.drawings.descents import overflow, runs
from bench.articles.drawings.gallery import PICTURES
from bench.articles.drawings.given import given
from bench.articles.drawings.landscapes import TITLES, newton_path, searches
from bench.articles.drawings.network import SIDE, surface, training
from bench.plots.style import COLUMN_CM, plot_style

CURVES = ("square", "product_rule", "quotient_rule", "chain_rule", "sigmoid", "cube")
CENTROIDS = [(0.76167338, 0.40765364), (0.27223715, 0.21097997), (0.35217863, 0.78488734)]  # printed in 3.13


def passes() -> dict[str, dict[str, float]]:
    """Seconds as theory has them: n for the forward mode, m for the reverse mode."""
    seconds: dict[str, dict[str, float]] = {}
    for instance in problems.load("jacobian_modes").instances:
        params, data = instance.make()
        for mode, size in (("forward", params["x"].size), ("reverse", len(data["A"]))):
            seconds[f"jacobian_modes:{instance.name}:jacobian_{mode}"] = {
                "jax_grad/jit": size,
                "tf_tape/graph": 2 * size,
            }
    return seconds


@lru_cache
def drawn(name: str) -> Figure:
    """The picture, laid out as it is when it is saved."""
    picture = PICTURES[name]
    with plot_style():
        figure = Figure(figsize=(COLUMN_CM / 2.54, picture.height_cm / 2.54), layout="constrained")
        picture.find()(figure, **({"seconds": passes()} if picture.needs else {}))
        FigureCanvasAgg(figure).draw()
    return figure


def texts(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]


def cut_off(figure: Figure) -> list[str]:
    """Texts that reach beyond the figure, tick labels outside their axis left out as they are not drawn."""
    ticks = {
        tick for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for tick in axis.get_ticklabels(which="both")
    }
    inside = figure.bbox.padded(1)
    return [
        text.get_text()
        for text in texts(figure)
        if text not in ticks and not contains(inside, text.get_window_extent())
    ]


def contains(outer, inner) -> bool:
    return outer.x0 <= inner.x0 and outer.y0 <= inner.y0 and inner.x1 <= outer.x1 and inner.y1 <= outer.y1


def covered_by_legend(figure: Figure) -> int:
    """How many axes lie under a legend of the figure or of an axes."""
    legends = [*figure.legends, *(legend for axes in figure.axes if (legend := axes.get_legend()))]
    return sum(
        legend.get_window_extent().overlaps(axes.get_window_extent()) for legend in legends for axes in figure.axes
    )


def points(axes) -> np.ndarray:
    """Every line of the axes in pixels, closely sampled."""
    found = [np.empty((0, 2))]
    for line in axes.lines:
        vertices = line.get_transform().transform(line.get_xydata())
        between = np.linspace(0, len(vertices) - 1, 40 * len(vertices))
        found.append(np.stack([np.interp(between, np.arange(len(vertices)), column) for column in vertices.T], axis=1))
    return np.concatenate(found)


def covering(figure: Figure) -> list[str]:
    """Notes inside the axes that lie over a line or over each other."""
    found = []
    for axes in figure.axes:
        boxes = {note: note.get_window_extent() for note in axes.texts if isinstance(note, Annotation)}
        found += [note.get_text() for note, box in boxes.items() if box.count_contains(points(axes))]
        found += [a.get_text() for a, b in combinations(boxes, 2) if boxes[a].overlaps(boxes[b])]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_labels_and_nothing_is_covered_or_cut_off(name):
    figure = drawn(name)
    for axes in figure.axes:
        place = axes.get_subplotspec()
        assert axes.get_xlabel() or not place or not place.is_last_row()
        assert axes.get_ylabel() or (place and not place.is_first_col())
    assert cut_off(figure) == []
    assert covered_by_legend(figure) == 0
    assert covering(figure) == []


@pytest.mark.parametrize("name", PICTURES)
def test_a_legend_or_notes_say_what_is_what(name):
    figure = drawn(name)
    assert figure.legends or all(axes.texts for axes in figure.axes)
    shown = {text.get_text() for legend in figure.legends for text in legend.get_texts()}
    named = {str(line.get_label()) for axes in figure.axes for line in axes.lines}
    assert {label for label in named if not label.startswith("_")} <= shown


def faulty(flaw: str) -> Figure:
    figure = Figure(figsize=(3, 2), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], label="line")
    if flaw == "legend":
        axes.legend()
    elif flaw == "note":
        axes.annotate("over the line", (0.5, 0.5), ha="center")
    elif flaw == "title":
        axes.set_title("wider than the column " * 9)
    FigureCanvasAgg(figure).draw()
    return figure


@pytest.mark.slow
def test_the_checks_above_can_fail():
    assert (cut_off(faulty("")), covered_by_legend(faulty("")), covering(faulty(""))) == ([], 0, [])
    assert covered_by_legend(faulty("legend")) == 1
    assert covering(faulty("note")) == ["over the line"]
    assert len(cut_off(faulty("title"))) == 1


def xy(line) -> tuple[np.ndarray, np.ndarray]:
    """The (x, y) that a line was given."""
    points = np.asarray(line.get_xydata(), float)
    return points[:, 0], points[:, 1]


def curves(name):
    """(x, y) of the named lines of a picture with one pair of axes, by label."""
    (axes,) = drawn(name).axes
    return {str(line.get_label()): xy(line) for line in axes.lines if not str(line.get_label()).startswith("_")}


@pytest.mark.parametrize("name", CURVES)
def test_each_curve_is_the_slope_of_the_one_before(name):
    shown = list(curves(name).values())
    for (x, f), (_, slope) in pairwise(shown):
        numeric = np.gradient(f, x)[1:-1]
        np.testing.assert_allclose(slope[1:-1], numeric, atol=0.01 * np.abs(slope).max())


@pytest.mark.parametrize("name", CURVES)
def test_the_axis_ends_where_the_curve_does(name):
    (axes,) = drawn(name).axes
    x, _ = next(iter(curves(name).values()))
    low, high = axes.get_xlim()
    assert np.ptp(x) > 0.85 * (high - low)


def test_the_second_derivative_is_drawn_where_the_example_has_it():
    assert [name for name in CURVES if len(curves(name)) == 3] == ["cube"]


def test_tangents_touch_the_curve_from_below():
    (_, f), *lines = curves("tangents").values()
    assert len(lines) == 3
    for _, line in lines:
        assert (f - line).min() >= -1e-12
        assert (f - line).min() < 0.01


def test_the_cost_history_is_that_of_the_article():
    (axes,) = drawn("cost_history").axes
    history = xy(axes.lines[0])[1]
    assert history[1] == pytest.approx(0.18861620370370372, rel=1e-14)
    assert history[1000] == pytest.approx(0.002355040484121572, rel=1e-12)


def overflow_of_a_loop(rate, dtype):
    """The first step of example 3.21 whose error overflows, in one precision throughout."""
    x, y = np.array([1, 2, 3, 4], dtype), np.array([2, 3, 4, 5], dtype)
    w, b = dtype(0), dtype(0)
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, 101):
            error = w * x + b - y
            w, b = w - dtype(rate) * 2 * np.mean(error * x), b - dtype(rate) * 2 * np.mean(error)
            if not np.isfinite(np.mean((w * x + b - y) ** 2)):
                return step
    return 0


def test_an_overflow_is_marked_at_the_step_where_it_happens():
    above = drawn("learning_rates").axes[0]
    marked = sorted(tuple(xy(line)[i][0] for i in (0, 1)) for line in above.lines if line.get_marker() == "X")
    runs = [(rate, dtype) for rate in (1e-4, 0.1, 1.0, 10.0) for dtype in (np.float32, np.float64)]
    wanted = sorted(
        (overflow_of_a_loop(*run), 0.9 * float(np.finfo(run[1]).max)) for run in runs if overflow_of_a_loop(*run)
    )
    assert marked == wanted
    assert [step for step, _ in marked] == [9, 16, 70]
    assert {f"step {step:.0f}" for step, _ in marked} <= {note.get_text() for note in above.texts}


def test_the_last_cost_drawn_is_the_last_finite_one():
    for history in runs().values():
        step = overflow(history)
        assert np.isfinite(history[:step]).all()
        assert step is None or not np.isfinite(history[step])


def test_the_paths_of_the_centroids_end_where_the_article_says():
    path = centroid_path(given("kmeans", "textbook"))
    np.testing.assert_allclose(path[-1], CENTROIDS, atol=5e-9)
    assert np.abs(path[-2] - CENTROIDS).max() > 1e-3, "an earlier step would pass, too"
    ends = [xy for label, xy in curves("kmeans").items() if label.startswith("ends at")]
    np.testing.assert_allclose(np.reshape(ends, (3, 2)), CENTROIDS, atol=5e-9)


def test_a_centroid_without_points_stays():
    path = centroid_path(given("kmeans", "empty_cluster"))
    np.testing.assert_array_equal(path[-1, 1], path[0, 1])


def test_the_kinds_of_critical_points():
    found = {function: {newton_path(shown)[1] for shown in searches(function)} for function in TITLES}
    assert found == {
        "cubic": {"minimum", "maximum", "not critical"},
        "bowl": {"minimum"},
        "saddle": {"saddle"},
        "monkey_saddle": {"undecided"},
    }
    ends = sorted(newton_path(shown)[0][-1, 0] for shown in searches("cubic"))
    np.testing.assert_allclose(ends, [0, 1, 2], atol=1e-12)


def test_every_start_of_a_search_is_in_view():
    for axes in drawn("critical_points").axes:
        for line in axes.lines:
            if line.get_color() == "white":
                assert axes.bbox.contains(*axes.transData.transform(np.asarray(line.get_xydata())[0]))


def test_the_surface_and_the_loss_of_xor_agree():
    shown, path = training("rate_1")
    outputs = surface(path[-1])
    corners = [np.flatnonzero(np.isclose(SIDE, value))[0] for value in (0, 1)]
    errors = [
        outputs[corners[int(b)], corners[int(a)]] - y
        for (a, b), y in zip(shown.data["X"], shown.data["y"], strict=True)
    ]
    (loss,) = (axes for axes in drawn("xor").axes if axes.get_ylabel() == "loss J")
    (line,) = (line for line in loss.lines if line.get_label() == "loss at rate 1")
    assert 0.5 * np.sum(np.square(errors)) == pytest.approx(xy(line)[1][-1], rel=1e-9)
    answers = np.sort((shown.data["y"] + np.array(errors))[:, 0])
    np.testing.assert_allclose(answers, [0.033, 0.0926, 0.9305, 0.9305], atol=1e-4)


def test_the_crossover_shows_what_was_measured():
    shown = {axes.get_title(): axes for axes in drawn("crossover").axes}
    assert list(shown) == ["jax_grad/jit", "tf_tape/graph"]
    modes = {str(line.get_label()): xy(line) for line in shown["tf_tape/graph"].lines}
    ratios, times = modes["forward mode"]
    np.testing.assert_allclose(ratios, [1e-3, 0.1, 1, 10, 1000])
    np.testing.assert_allclose(times, [2, 20, 64, 200, 2000])
    np.testing.assert_allclose(modes["reverse mode"][1], [2000, 200, 64, 20, 2])
