"""The style of all pictures: a column wide, for print, colour-blind readers and grey."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.files import replace_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMN_CM, CM_PER_INCH = 8.0, 2.54
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")  # Okabe and Ito
ON_DARK = {"#000000": "#FFFFFF", "#0072B2": "#56B4E9", "#56B4E9": "#9FD3F5"}  # instead, on a dark page
LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 2)))  # distinct in grey, too
STYLE_SETTINGS = {
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "legend.handlelength": 2.6,
    "legend.columnspacing": 1.2,
    "lines.linewidth": 1.4,
    "lines.markersize": 4,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "savefig.dpi": 300,
    "svg.hashsalt": "gradmark",  # the same picture is the same file
}
FILE_METADATA = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}


def save_figure(figure: Figure, path: Path, metadata: Mapping[str, Any]) -> None:
    """Write a picture in the form that its name ends with. Raises OSError."""
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Glyph|constrained_layout"
        )  # names in letters that the font lacks, or too wide
        figure.savefig(content, format=path.suffix[1:], metadata=dict(metadata))
    replace_file(path, content.getvalue())


def plot_style() -> AbstractContextManager[None]:
    """A context in which figures have this module's style, whatever a user's own settings are."""
    import matplotlib as mpl
    from cycler import cycler

    defaults = {name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith("backend")}
    cycle = cycler(color=PALETTE) + cycler(linestyle=LINE_STYLES)
    settings: dict[Any, Any] = {**defaults, **STYLE_SETTINGS, "axes.prop_cycle": cycle}
    return mpl.rc_context(settings)
