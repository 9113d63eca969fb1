"""Files that gradmark writes, replaced as a whole, and reads, up to a stated size and as typed values.

Content may come from elsewhere: msgspec decodes it, and what it refuses is told in one line.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec

from .. import ROOT, UsageError
from ..text.escape import printable, shown_value

T = TypeVar("T")
NAME = re.compile(r"\w[\w.+=-]{0,99}")  # of problems, instances, variants …: no path, no markup, nothing invisible
NAME_PATTERN = rf"\A{NAME.pattern}\Z"

Name = Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Size = Annotated[float, msgspec.Meta(ge=0)]
"""A time, an error, an amount."""
Positive = Annotated[float, msgspec.Meta(gt=0)]

UNDECODABLE = (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for content that is not of the type."""

LARGEST_FILE = 2**24  # bytes of a file that holds one object
LONGEST_TEXT = 200  # of a refusal: it may repeat what was found
PLACE = re.compile(r"\.(\w+)|\[(\d+)\]")  # in msgspec's path


def write_json(path: Path, content: object) -> None:
    replace_file(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def replace_file(path: Path, text: str) -> None:
    """Replace a file as a whole, so that an interruption leaves the old one or the new one."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, encoding="utf-8")
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


def decode_file(path: Path, expected: type[T], largest: int = LARGEST_FILE) -> T:
    """The JSON in a file of a run folder. Raises UsageError."""
    where = f"{path.parent}: {path.name}"
    try:
        if path.stat().st_size > largest:
            raise UsageError(f"{where}: larger than {largest} bytes")
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{where}: {error.strerror}") from None
    try:
        return msgspec.json.decode(content, type=expected)
    except UNDECODABLE as error:
        raise refusal(where, error, parsed(content), expected) from None


def parsed(content: bytes) -> Any:
    """The content without a type; None where it is no JSON."""
    with suppress(*UNDECODABLE):
        return msgspec.json.decode(content)
    return None


def refusal(where: str, error: Exception, content: Any, expected: Any) -> UsageError:
    """The error for the user: where, which member, what was expected of it and what was found.

    content: what was to become of the type `expected`; None where that is not known.
    """
    if not isinstance(error, msgspec.ValidationError):
        why = "nested too deeply" if isinstance(error, RecursionError) else printable(str(error))[:LONGEST_TEXT]
        return UsageError(f"{where}: not JSON: {why}")
    what, at, place = str(error).rpartition(" - at `$")
    found, hint, member = content, expected, ""
    for name, index in PLACE.findall(place) if at else []:
        found, hint = inner(found, hint, name or int(index))
        member += f".{name}" if name else f"[{index}]"
    member = f"member {member.removeprefix('.')}: " if member else ""
    got = "" if content is None else f", got {shown_value(found)}"
    return UsageError(f"{where}: {member}{reason(what if at else place, hint, got)}")


def inner(found: Any, hint: Any, name: str | int) -> tuple[Any, Any]:
    """A member of an object or a place in a list, and its type where that is known."""
    hint = get_type_hints(hint).get(str(name)) if isinstance(hint, type) else None
    with suppress(LookupError, TypeError):
        return found[name], hint
    return None, hint


def reason(what: str, hint: Any, got: str) -> str:
    """msgspec's words for what was expected, and what was found; of a choice also what there is to choose from."""
    if what.startswith("Invalid") and hint:
        what = f"Expected one of {', '.join(choices(hint))}"
    text = what.replace(f"`str` matching regex {NAME_PATTERN!r}", "a name of letters, digits and _ . + = -")
    text = printable(text[:1].lower() + text[1:])[:LONGEST_TEXT]
    return text.partition(", got ")[0].replace("`", "") + got if text.startswith("expected") else text


def choices(hint: Any) -> list[str]:
    """The words of a type, and the names of the other types in it."""
    if isinstance(hint, type):
        return ["null" if hint is NoneType else hint.__name__]
    return [text for part in get_args(hint) for text in choices(part)] or [str(hint)]
