"""The page: a template, its style and scripts, plotly's library and the data, in one file that loads nothing else.

A content security policy names the scripts by their digests and allows no connection, so that nothing that a run folder
holds can run, and nothing can be fetched, even if a text escaped its element.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ..data.files import replace_file, strict_json
from .comparison import compare_all, machine_groups
from .data import payload
from .folder import ReportedRun
from .summary import summarise_run

ASSETS = Path(__file__).parent / "assets"
SCRIPTS = ("format", "data", "state", "filters", "table", "matrix", "detail", "figures", "plots", "compare", "main")
MISLEADING = (
    "This report has no overall score. A mean over problems would depend on the choice of problems, mix calls of a "
    "microsecond (dominated by dispatch) with calls of a second (dominated by memory bandwidth), and leave out failures. "
    "Read the row that is closest to your own function (METHODOLOGY.md, “No single number”)."
)


def render_report(runs: Sequence[ReportedRun]) -> str:
    """The report of one or more runs as HTML."""
    compared = compare_all(runs)
    scripts = {"plotly": plotly(), "page": page_script()}
    return (
        template_environment()
        .get_template("page.html")
        .render(
            title=" · ".join(run.name for run in runs),
            runs=[summarise_run(run) for run in runs],
            groups=machine_groups(runs),
            comparisons=compared,
            misleading=MISLEADING,
            style=Markup((ASSETS / "page.css").read_text("utf-8")),
            scripts={name: Markup(text) for name, text in scripts.items()},
            policy=policy(list(scripts.values())),
            data=embedded(payload(runs, compared)),
        )
    )


def write_report(runs: Sequence[ReportedRun], path: Path) -> Path:
    """Write the report into a file, which is replaced as a whole. Raises OSError where it cannot be."""
    replace_file(path, render_report(runs))
    return path


def template_environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def plotly() -> str:
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


def page_script() -> str:
    """The page's own scripts as one, in a scope of their own."""
    parts = [(ASSETS / f"{name}.js").read_text("utf-8") for name in SCRIPTS]
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "\n})();\n"


def policy(scripts: list[str]) -> str:
    """The content security policy: these scripts, inline styles, pictures made here, and nothing else."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    rules = {
        "default-src": "'none'",
        "script-src": allowed,
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def embedded(content: Any) -> Markup:
    """JSON that can stand inside a script element, whatever its texts hold."""
    text = strict_json(content, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
