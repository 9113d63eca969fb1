"""Files that gradmark writes, replaced as a whole, and reads, up to a stated size and as typed values.

Every file is written by `replace_file`, and every file of a run folder read by `read_file` or a journal: a test holds all
of bench/ to it. Content may come from elsewhere: msgspec decodes it, and what it refuses is told in one line.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec

from .. import HOME, UsageError
from ..text.escape import printable, shown_value

T = TypeVar("T")
NAME = re.compile(r"\w[\w.+=-]{0,99}")  # of problems, instances, variants …: no path, no markup, nothing invisible
NAME_PATTERN = rf"\A{NAME.pattern}\Z"

Name = Annotated[str, msgspec.Meta(pattern=NAME_PATTERN)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Distance = Annotated[float, msgspec.Meta(ge=0, le=1e300)]
"""An error; two of them can be added."""
Size = Annotated[float, msgspec.Meta(ge=0, le=1e30)]
"""An amount of work or of bytes."""
Positive = Annotated[float, msgspec.Meta(ge=1e-30, le=1e30)]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e12)]
CallSeconds = Annotated[float, msgspec.Meta(ge=1e-18, le=1e12)]
"""The time of a call, by which others are divided."""

UNDECODABLE = (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for content that is not of the type."""

NOT_FOLLOWED = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"))
"""Flags under which a link is not followed and a pipe is not waited for; not every system has them."""

LARGEST_FILE = 2**24  # bytes of a file that holds one object
LONGEST_TEXT = 200  # of a refusal: it may repeat what was found
PLACE = re.compile(r"\.(\w+)|\[(\d+)\]")  # in msgspec's path


# Writing ---------------------------------------------------------------------------------------------


def write_json(path: Path, content: object) -> None:
    replace_file(path, strict_json(content, indent=1) + "\n")


def strict_json(content: object, **how: Any) -> str:
    """JSON that every reader takes and a terminal may show. Raises ValueError for NaN and infinities."""
    text = json.dumps(content, allow_nan=False, ensure_ascii=False, **how)
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else json_escape(c) for c in text)


def json_escape(sign: str) -> str:
    """A sign as JSON; half a pair, which no reader takes, as a text that looks like it."""
    escaped = json.dumps(sign)[1:-1]
    return rf"\{escaped}" if "\ud800" <= sign <= "\udfff" else escaped


def replace_file(path: Path, content: str | bytes) -> None:
    """Replace a file as a whole, or make it. Raises OSError, with its path, where that cannot be; then it stays as it was.

    A link at its place is replaced and not followed, so that a folder from elsewhere cannot lead outside of itself.
    """
    part = path.parent / f".gradmark-{secrets.token_hex(8)}.part"
    try:
        mode = mode_of_file(path)
        try:
            with os.fdopen(new_file(part), "wb") as file:
                file.write(content.encode(errors="backslashreplace") if isinstance(content, str) else content)
                file.flush()
                if mode is not None and hasattr(os, "fchmod"):
                    os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            os.replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None  # its own name, and not that of the part


def mode_of_file(path: Path) -> int | None:
    """The permissions of the file that is there, None without one. Raises OSError for a device or the like."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISLNK(found.st_mode):
        return None
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return stat.S_IMODE(found.st_mode)


def new_file(path: Path) -> int:
    """A descriptor of a file that was not there, to write to. Raises OSError."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NOT_FOLLOWED, 0o666)


def open_regular(path: Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of a regular file. Raises OSError for a link, a folder, a pipe or a device, which is not opened."""
    with suppress(FileNotFoundError):
        require_regular(path.lstat(), path)  # before it is opened, as opening may do something
    descriptor = os.open(path, flags | NOT_FOLLOWED, 0o666)
    try:
        require_regular(os.fstat(descriptor), path)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def require_regular(found: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, f"expected a regular file, found {kind_of_file(found.st_mode)}", str(path))


def kind_of_file(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a link"
    return "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"


def inner_folder(folder: Path, name: str) -> Path:
    """A folder inside a run folder, made if need be. Raises UsageError for a link, which would lead outside."""
    path = folder / name
    if path.is_symlink():
        raise UsageError(f"{shown_path(path)}: expected a folder, found a link")
    return writable_folder(path)


# Reading ---------------------------------------------------------------------------------------------


def read_file(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """What a file of a run folder holds. Raises UsageError for one that is no regular file, or larger."""
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise UsageError(f"{path.parent}: {path.name}: {error.strerror}") from None
    if len(content) > largest:
        raise UsageError(f"{path.parent}: {path.name}: larger than {largest} bytes")
    return content


def shown_path(folder: Path) -> str:
    """The folder as the user would type it from the checkout, or from where an installed gradmark is called.

    With nothing in it that a terminal would obey.
    """
    return printable(str(folder.relative_to(HOME) if folder.is_relative_to(HOME) else folder))


def read_json_object(path: Path) -> dict[str, Any]:
    """The object in a file of a run folder; an empty one without the file. Raises UsageError."""
    return decode_file(path, dict[str, Any]) if is_there(path) else {}


def is_there(path: Path) -> bool:
    """Whether there is something of this name, a link that leads nowhere included."""
    return os.path.lexists(path)


def writable_folder(folder: Path) -> Path:
    """The folder, made if need be. Raises UsageError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{shown_path(folder)}: {error.strerror}") from None
    return folder


def decode_file(path: Path, expected: type[T], largest: int = LARGEST_FILE) -> T:
    """The JSON in a file of a run folder. Raises UsageError."""
    where, content = f"{path.parent}: {path.name}", read_file(path, largest)
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
