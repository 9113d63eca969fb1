"""Files that gradmark writes and reads: replaced as a whole, read up to a stated size."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .. import ROOT, UsageError
from .typed import decode_file


def write_json(path: Path, content: object) -> None:
    replace_file(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def replace_file(path: Path, text: str) -> None:
    """Replace a file as a whole, so that an interruption leaves the old one or the new one."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def shown_path(folder: Path) -> str:
    """The folder as the user would type it from the checkout."""
    return str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)


def read_json_object(path: Path) -> dict[str, Any]:
    """The object in a file of a run folder; an empty one without the file. Raises UsageError."""
    return decode_file(path, dict[str, Any]) if path.exists() else {}


def writable_folder(folder: Path) -> Path:
    """The folder, made if need be. Raises UsageError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {folder}: {error.strerror}") from None
    return folder
