"""Plots of a run for papers: a column wide, in the style of `pictures.py`, distinct in colour, in shape and in grey.

A kind is drawn for one problem, operation and condition at a time, each into a file of its own; `ratio` and `matrix` show
several problems at once. What a run holds no data for is an error that says so, never an empty picture.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import backends

from . import UsageError, costs, details, pictures, sweeps, tables, units
from .cache import digest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Cells = list[dict[str, Any]]
FORMATS = ("svg", "png", "pdf")
MARKS = "osD^vP"  # one per backend; its first variant is filled, its second hollow
MORE_MARKS = "X*<>hp8d"  # one for every other variant of any backend, all filled
HOLLOW = "white"
COLOURS = (
    "#E69F00",
    "#000000",
    "#CC79A7",
    "#D55E00",
    "#009E73",
    "#0072B2",
    "#56B4E9",
)  # one per backend, as in the report
LEAST_ERROR = 1e-17  # where an error of zero is drawn on a logarithmic axis
SLOWEST = 1000.0  # where the matrix's colours end
ROW_CM = 0.42
SQUARE_CM, BAR_CM = 0.3, 0.12  # the height of a row of the matrix, and of the bar of its colours
ENTRY_CM = 0.38
LINE_CM, LINE_LETTERS = 0.33, 52  # of a title
LONGEST_PART = 100  # characters of a file's name for its problems


@dataclass(frozen=True)
class Kind:
    """draw: puts cells into axes. parts: the cells of each picture. lacking: what a run without any needs. height: in cm.

    across: whether a picture shows several problems, so that neither its name nor its title says which.
    """

    draw: Callable[[Figure, Cells], None]
    parts: Callable[[Cells], Iterator[tuple[str, Cells]]]
    lacking: str
    height: Callable[[Cells], float]
    across: bool = False


# What belongs into one picture ------------------------------------------------------------------------


def by_ladder(cells: Cells) -> Iterator[tuple[str, Cells]]:
    for ladder in details.ladders(cells):
        yield name_of(ladder[0], ("problem", "operation", "ladder", "dtype", "device", "threads")), ladder


def by_case(cells: Cells) -> Iterator[tuple[str, Cells]]:
    for case in details.cases(cells):
        known = [cell for cell in case if details.is_timed(cell) and not math.isnan(cell["error_relative"])]
        if len(known) > 1:
            yield name_of(known[0], details.CASE), known


def by_operation(cells: Cells) -> Iterator[tuple[str, Cells]]:
    """Cells that have the ratio of their derivative to their function."""
    yield from grouped([cell for cell in cells if cell["over"] > 0 and details.is_timed(cell)])


def by_matrix(cells: Cells) -> Iterator[tuple[str, Cells]]:
    yield from grouped(cells)


def by_exponent(cells: Cells) -> Iterator[tuple[str, Cells]]:
    for ladder in details.ladders(cells, rungs=3):
        if details.exponents(ladder):
            yield name_of(ladder[0], details.SERIES), ladder


def by_sweep(curves: Cells) -> Iterator[tuple[str, Cells]]:
    names = ("problem", "instance", "dtype")
    yield from grouped([curve for curve in curves if "h" in curve], names)


def grouped(
    cells: Cells, names: tuple[str, ...] = ("operation", "dtype", "device", "threads")
) -> Iterator[tuple[str, Cells]]:
    found: dict[str, Cells] = {}
    for cell in cells:
        found.setdefault(name_of(cell, names), []).append(cell)
    yield from found.items()


def name_of(cell: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """Part of a file's name: `linear_regression-gradient-n_d10-float64-cpu-t1`."""
    parts = [f"t{cell[name]}" if name == "threads" else str(cell[name]) for name in names]
    return "-".join(parts).replace("*", "")


# How a method looks -----------------------------------------------------------------------------------


def look(method: str) -> dict[str, Any]:
    """Colour by the backend, mark and filling and line by the variant, so that all methods differ without the colour."""
    backend, _, variant = method.partition("/")
    known = list(backends.BACKENDS)
    place = known.index(backend) if backend in known else len(known)
    variants = list(backends.load(backend).VARIANTS) if backend in known else []
    number = variants.index(variant) if variant in variants else 0
    colour = COLOURS[place % len(COLOURS)]
    others = other_variants()
    rest = others.index(method) if method in others else None
    return {
        "color": colour,
        "marker": MARKS[place % len(MARKS)] if rest is None else MORE_MARKS[rest % len(MORE_MARKS)],
        "markerfacecolor": HOLLOW if number == 1 else colour,
        "linestyle": pictures.LINES[number % len(pictures.LINES)],
    }


@cache
def other_variants() -> list[str]:
    """The methods beyond the first two of their backend."""
    return [f"{name}/{variant}" for name in backends.BACKENDS for variant in list(backends.load(name).VARIANTS)[2:]]


def by_method(cells: Cells) -> dict[str, Cells]:
    """In the order of the registry, in which the cells are."""
    known = [f"{name}/{variant}" for name in backends.BACKENDS for variant in backends.load(name).VARIANTS]
    found: dict[str, Cells] = {}
    for cell in cells:
        found.setdefault(cell["method"], []).append(cell)
    rank = {name: place for place, name in enumerate(known)}
    return dict(sorted(found.items(), key=lambda each: (rank.get(each[0], len(rank)), each[0])))


def legend(figure: Figure, axes: Axes) -> None:
    """Below the axes, so that it hides nothing."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=6, handletextpad=0.5, labelspacing=0.3)


def seconds(axis: Any) -> None:
    """Ticks in the words of the tables: 10 µs, 1 ms."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: units.duration(value, 1) if value > 0 else ""))
    axis.set_minor_formatter(NullFormatter())


def title(cell: Mapping[str, Any], *names: str) -> str:
    where = " · ".join(str(cell[name]) for name in names)
    condition = f"{cell['dtype']}, {cell['device']}, {cell['threads']} thread{'s' if cell['threads'] != 1 else ''}"
    return f"{where}\n{condition}"


# The kinds --------------------------------------------------------------------------------------------


def time(figure: Figure, cells: Cells) -> None:
    """Median time of a call against size, with intervals and the machine's limit."""
    axes = figure.add_subplot()
    axes.set(
        xscale="log", yscale="log", xlabel=f"{cells[0]['letter']} of {cells[0]['ladder']}", ylabel="time of a call"
    )
    for method, found in by_method(cells).items():
        x, y = [cell["size"] for cell in found], [cell["median_s"] for cell in found]
        axes.errorbar(x, y, yerr=bars(found), label=method, capsize=1.5, elinewidth=0.6, **look(method))
    limits = {cell["size"]: cell["least_s"] for cell in cells if not math.isnan(cell["least_s"])}
    if limits:
        axes.plot(list(limits), list(limits.values()), color="#999999", linewidth=3, zorder=0, label="machine’s limit")
    seconds(axes.yaxis)
    axes.set_title(title(cells[0], "problem", "operation"))
    legend(figure, axes)


def bars(cells: Cells) -> list[list[float]]:
    """How far the intervals reach below and above; zero where none is known."""
    below = [max(0.0, cell["median_s"] - cell["low_s"]) for cell in cells]
    above = [max(0.0, cell["high_s"] - cell["median_s"]) for cell in cells]
    return [[0.0 if math.isnan(value) else value for value in ends] for ends in (below, above)]


def accuracy(figure: Figure, cells: Cells) -> None:
    """Error against time; a line joins the methods than which no other is both faster and more accurate."""
    axes = figure.add_subplot()
    axes.set(xscale="log", yscale="log", xlabel="time of a call", ylabel="relative error")
    for method, (cell, *_) in by_method(cells).items():
        axes.plot(cell["median_s"], height(cell), label=method, **{**look(method), "linestyle": "none"})
    best = sorted((cell for cell in cells if not dominated(cell, cells)), key=lambda cell: cell["median_s"])
    x, y = [cell["median_s"] for cell in best], [height(cell) for cell in best]
    axes.step(x, y, where="post", color="#777777", linewidth=0.7, linestyle=":", zorder=0)
    axes.plot(x, y, "o", markersize=8, markerfacecolor="none", color="#777777", linewidth=0, label="not dominated")
    seconds(axes.xaxis)
    axes.set_title(title(cells[0], "problem", "operation", "instance"))
    legend(figure, axes)


def height(cell: Mapping[str, Any]) -> float:
    return max(float(cell["error_relative"]), LEAST_ERROR)


def dominated(cell: Mapping[str, Any], cells: Cells) -> bool:
    own = (cell["median_s"], cell["error_relative"])
    others = ((other["median_s"], other["error_relative"]) for other in cells)
    return any(s <= own[0] and error <= own[1] and (s, error) != own for s, error in others)


def ratio(figure: Figure, cells: Cells) -> None:
    """A derivative's time over its function's, one row per method, with what theory allows."""
    axes = figure.add_subplot()
    methods = by_method(cells)
    for row, (method, found) in enumerate(methods.items()):
        style = {**look(method), "linestyle": "none"}
        axes.plot([cell["over"] for cell in found], [row] * len(found), alpha=0.85, **style)
        bounds = sorted({cell["bound"] for cell in found if not math.isnan(cell["bound"])})
        axes.plot(bounds, [row] * len(bounds), "|", color="#555555", markersize=9, markeredgewidth=1)
    axes.set_yticks(range(len(methods)), list(methods))
    axes.set(xscale="log", ylim=(len(methods) - 0.4, -0.6))
    over = costs.OVER[cells[0]["operation"]]
    figure.supxlabel(f"{cells[0]['operation']} time ÷ {over} time; |: most that theory allows", fontsize=8)
    ends = [value for cell in cells for value in (cell["over"], cell["bound"]) if not math.isnan(value)]
    axes.set_xlim(min(ends) / 2, max(ends) * 2)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.grid(axis="y", linewidth=0.3)


def scaling(figure: Figure, cells: Cells) -> None:
    """Exponents of time in size, with their intervals."""
    axes = figure.add_subplot()
    fits = details.exponents(cells)
    methods = [method for method in by_method(cells) if method in fits]
    for row, method in enumerate(methods):
        style = {**look(method), "linestyle": "none"}
        axes.errorbar(fits[method].exponent, row, xerr=fits[method].half_width, capsize=2, elinewidth=0.8, **style)
    axes.set_yticks(range(len(methods)), methods)
    axes.set(xlim=(-0.5, 2.4), xticks=(0, 1, 2), ylim=(len(methods) - 0.4, -0.6))
    axes.grid(axis="x", linewidth=0.3)
    figure.supxlabel("k where time ∝ sizeᵏ, with its 95 % interval", fontsize=8)
    figure.suptitle(title(cells[0], "problem", "operation", "ladder"), fontsize=7.5)


def matrix(figure: Figure, cells: Cells) -> None:
    """Cases × methods, coloured by time over the row's fastest, with the factor in each."""
    from matplotlib.colors import LogNorm

    methods, rows = list(by_method(cells)), matrix_rows(cells)
    # A place of its own for the colours' bar: one beside the axes is put where the labels of a single row still are.
    axes, below = figure.subplots(2, 1, height_ratios=[SQUARE_CM * len(rows), BAR_CM])
    slower = {(cell["problem"], cell["instance"], cell["method"]): cell for cell in cells}
    grid = [[factor(slower.get((*row, method))) for method in methods] for row in rows]
    image = axes.imshow(grid, cmap="cividis_r", norm=LogNorm(1, SLOWEST), aspect="auto")
    for y, values in enumerate(grid):
        for x, value in enumerate(values):
            colour = "white" if value > 30 else "black"
            axes.text(x, y, matrix_text(value), ha="center", va="center", fontsize=4.5, color=colour)
    axes.set_xticks(range(len(methods)), methods, rotation=90, fontsize=5.5)
    axes.set_yticks(range(len(rows)), [f"{problem} {instance}" for problem, instance in rows], fontsize=5)
    axes.tick_params(length=0)
    bar = figure.colorbar(image, cax=below, orientation="horizontal")
    bar.set_ticks([1, 10, 100, 1000], labels=["fastest", "10×", "100×", "1000×"], fontsize=6)


def matrix_rows(cells: Cells) -> list[tuple[str, str]]:
    return list(dict.fromkeys((cell["problem"], cell["instance"]) for cell in cells))


def factor(cell: Mapping[str, Any] | None) -> float:
    return math.nan if cell is None else float(cell["slower"])


def matrix_text(value: float) -> str:
    """Two digits, thousands as `2.9k`, so that it fits its square."""
    if math.isnan(value):
        return "–"
    return f"{units.digits(value / 1000, 2)}k" if value >= 995 else units.digits(value, 2)


def steps(figure: Figure, cells: Cells) -> None:
    """The error of differences against their step; a thin upright line is the step that was predicted to be the best."""
    axes = figure.add_subplot()
    axes.set(xscale="log", yscale="log", xlabel="step h", ylabel="relative error")
    for method, (curve, *_) in by_method(cells).items():
        style = {**look(method), "markersize": 2}
        errors = [math.nan if error is None else max(error, LEAST_ERROR) for error in curve["error"]]
        axes.plot(curve["h"], errors, label=method, **style)
        if curve["predicted"]:
            axes.axvline(
                curve["predicted"], color=style["color"], linestyle=style["linestyle"], linewidth=0.5, zorder=0
            )
    axes.set_title(f"{cells[0]['problem']} · {cells[0]['instance']}\n{cells[0]['dtype']}")
    legend(figure, axes)


def fixed(centimetres: float) -> Callable[[Cells], float]:
    return lambda cells: centimetres + ENTRY_CM * math.ceil(len(by_method(cells)) / 2)


KINDS: dict[str, Kind] = {
    "time": Kind(time, by_ladder, "two sizes of an instance, timed: gradmark scale PROBLEM", fixed(5.6)),
    "accuracy": Kind(accuracy, by_case, "two methods, timed and checked, in one case", fixed(5.6)),
    "ratio": Kind(
        ratio,
        by_operation,
        "times of a derivative and of its function: --operation value --operation gradient",
        lambda cells: 2.2 + ROW_CM * len(by_method(cells)),
        across=True,
    ),
    "scaling": Kind(
        scaling,
        by_exponent,
        "three sizes of an instance, timed: gradmark scale PROBLEM",
        lambda cells: 2.2 + ROW_CM * len(by_method(cells)),
    ),
    "steps": Kind(steps, by_sweep, "a sweep over step sizes: gradmark steps PROBLEM", fixed(5.6)),
    "matrix": Kind(matrix, by_matrix, "any cell", lambda cells: 4.7 + SQUARE_CM * len(matrix_rows(cells)), across=True),
}


# Files ------------------------------------------------------------------------------------------------


def save(cells: Cells, kind: str, folder: Path, forms: list[str], only: Sequence[str] | None = None) -> Iterator[Path]:
    """Write every picture of a kind; yields the paths. Raises UsageError where the cells have no data for it.

    only: the problems that were asked for, where not all were.
    """
    parts = list(KINDS[kind].parts(cells))
    if not parts:
        raise UsageError(f"--kind {kind}: this selection of the run lacks {KINDS[kind].lacking}")
    named = sorted(set(only or ())) if KINDS[kind].across else []
    for name, found in parts:
        with pictures.style():
            figure = draw(kind, found, named)
            for form in forms:
                path = folder / f"{'-'.join([kind, *file_part(named), name])}.{form}"
                figure.savefig(path, metadata=metadata(form, kind))
                yield path


def file_part(problems: list[str]) -> list[str]:
    """The problems for a file's name, which can hold some, and of more the number and a digest."""
    joined = "+".join(problems)
    if len(joined) > LONGEST_PART:
        joined = f"{len(problems)}-problems-{digest(joined)[:8]}"
    return [joined] if joined else []


def draw(kind: str, cells: Cells, only: Sequence[str] = ()) -> Figure:
    """The picture of these cells; call it and save the figure inside `pictures.style()`."""
    from matplotlib.figure import Figure

    heading = heading_of(cells, only) if KINDS[kind].across else ""
    extra = LINE_CM * max(0, heading.count("\n") - 1)
    size = pictures.COLUMN_CM, KINDS[kind].height(cells) + extra
    width, height = (side / pictures.CM_PER_INCH for side in size)
    figure = Figure(figsize=(width, height), layout="constrained")
    KINDS[kind].draw(figure, cells)
    if heading:
        figure.suptitle(heading, fontsize=7.5)
    return figure


def heading_of(cells: Cells, only: Sequence[str]) -> str:
    """The title of a picture of several problems, with their names where not all were asked for."""
    lines = textwrap.wrap(", ".join(only), LINE_LETTERS, break_on_hyphens=False)
    return "\n".join([*lines, title(cells[0], "operation")])


def metadata(form: str, kind: str) -> dict[str, Any]:
    known: Mapping[str, Mapping[str, Any]] = {**pictures.METADATA, "pdf": {"CreationDate": None, "Producer": None}}
    return {**known[form], "Title": f"gradmark: {kind}"}


def select(folder: Path, **wanted: list[str] | None) -> Cells:
    """The cells of a run with these problems, operations and dtypes. Raises UsageError for a name that it does not have."""
    rows = tables.load(folder)
    if rows.empty:
        raise UsageError(f"{folder}: no rows in its journal; nothing was measured")
    tables.only(rows, **wanted)  # complains about unknown names
    cells = details.of_rows(rows)  # of all rows, as a derivative is related to its function
    return [cell for cell in cells if all(cell[name] in names for name, names in wanted.items() if names)]


def select_curves(folder: Path, problem: list[str] | None, dtype: list[str] | None) -> Cells:
    """The curves of a run's sweeps, of these problems and dtypes."""
    wanted = {"problem": problem, "dtype": dtype}
    curves = sweeps.read(folder)
    return [curve for curve in curves if all(curve[name] in names for name, names in wanted.items() if names)]
