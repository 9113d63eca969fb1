"""Content from elsewhere as typed values: msgspec decodes it, and what it refuses is told in one line."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

import msgspec

from .. import UsageError
from ..text.escape import printable, shown_value
from ..text.names import NAME

T = TypeVar("T")
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
MEMBER = re.compile(r"\.(\w+)")


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

    content: what was to become of the type `expected`.
    """
    if not isinstance(error, msgspec.ValidationError):
        why = "nested too deeply" if isinstance(error, RecursionError) else printable(str(error))[:LONGEST_TEXT]
        return UsageError(f"{where}: not JSON: {why}")
    what, at, place = str(error).rpartition(" - at `$")
    members = MEMBER.findall(place) if at else []
    if not members:
        return UsageError(f"{where}: {printable(what if at else place)[:LONGEST_TEXT]}")
    found, hint = content, expected
    for name in members:
        found = found.get(name) if isinstance(found, dict) else None
        hint = get_type_hints(hint).get(name) if isinstance(hint, type) else None
    return UsageError(f"{where}: member {'.'.join(members)}: {expectation(what, hint)}, got {shown_value(found)}")


def expectation(what: str, hint: Any) -> str:
    """msgspec's words for what was expected; of a choice, what there is to choose from, which it does not say."""
    if what.startswith("Invalid"):
        return f"expected one of {', '.join(choices(hint))}"
    text = what.partition(", got ")[0].replace("`", "").replace(f"str matching regex {NAME_PATTERN!r}", "a name")
    return printable(text[:1].lower() + text[1:])


def choices(hint: Any) -> list[str]:
    """The words of a type, and the names of the other types in it."""
    if isinstance(hint, type):
        return ["null" if hint is NoneType else hint.__name__]
    return [text for part in get_args(hint) for text in choices(part)] or [str(hint)]
