"""The tables of a run as files: measurements.csv and tables.md, and the lines above them."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from ..data.files import replace_file, write_json
from ..machine.facts import library_versions
from ..rows.journal import Journal
from ..rows.run_files import known_environment
from ..run.time_spent import TimeSpent
from ..text.escape import escape_markdown, escape_spreadsheet
from ..text.table import TABLE_FORMATS
from .frame import CELL_COLUMNS
from .run_tables import run_tables


def tidy_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows for `measurements.csv`: everything but the single samples."""
    texts = {name: rows[name].map(escape_spreadsheet) for name in ("key", "run", "reason")}
    warnings = rows["warnings"].map("; ".join).map(escape_spreadsheet)
    return rows.drop(columns=["samples_s", "method"]).assign(**texts, warnings=warnings)


def render_rows(rows: pd.DataFrame, form: str) -> str:
    """All tables of a run as text; `csv` is the tidy form, one line per cell and repeat."""
    if form == "csv":
        return str(tidy_rows(rows).to_csv(index=False))
    return "\n".join(TABLE_FORMATS[form](table) for table in run_tables(rows))


def write_summary(folder: Path, rows: pd.DataFrame, spent: TimeSpent) -> None:
    """Write measurements.csv and tables.md, and into environment.json the threads as read back and where the time went."""
    replace_file(folder / "measurements.csv", render_rows(rows, "csv"))
    about = "".join(f"{escape_markdown(line)}\n\n" for line in run_heading(folder, rows))
    replace_file(folder / "tables.md", about + render_rows(rows, "md"))
    environment_json = folder / "environment.json"
    content = json.loads(environment_json.read_text())
    ran = rows.dropna(subset=["effective_threads"])
    read_back = zip(ran["backend"], ran["threads"], ran["effective_threads"], strict=True)
    content["effective_threads"] = {f"{name} of {asked}": int(effective) for name, asked, effective in read_back}
    content["breakdown_s"] = {name: round(seconds, 3) for name, seconds in spent.seconds.items()}
    write_json(environment_json, content)


def run_heading(folder: Path, rows: pd.DataFrame) -> list[str]:
    """What stands above the tables of a run: machine, date and versions as far as they are known, and what is missing."""
    content = known_environment(folder)
    versions = content.get("versions")
    known = versions if isinstance(versions, dict) else {}
    used = library_versions(known)
    facts = [f"{content.get('cpu')}, {content.get('cpus_usable')} CPUs", *(content.get(k) for k in ("time", "python"))]
    lines = [", ".join(str(fact) for fact in [*facts, used] if fact)] if content else []
    planned, found = content.get("cells"), len(rows.groupby(CELL_COLUMNS)) if len(rows) else 0
    if isinstance(planned, int) and found < planned:
        lines.append(f"INCOMPLETE: {found} of {planned} cells have a row; gradmark run --resume RUN measures the rest")
    if Journal(folder / "journal.jsonl").is_torn():
        lines.append("INCOMPLETE: the last line of journal.jsonl is truncated")
    return [f"{folder.resolve().name}: {lines[0]}", *lines[1:]] if content else lines
