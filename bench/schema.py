"""What a row may hold: the members of each schema version, their types, and how an older row becomes one of today.

A row may come from anywhere, so nothing in it is believed before its type was seen. To add a member, give `Row` a field
with a default; rows of older schemas get that default. Raise SCHEMA once per release that changes `Row`, and write the
members of the version before into MEMBERS.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Set
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from . import UsageError
from .escape import shown

SCHEMA = 2
FIRST = (
    "schema key run problem instance operation backend variant dtype device threads effective_threads repeat isolated "
    "status reason prepare_s first_call_s rounds iterations samples_s min_s q1_s median_s q3_s mean_s stddev_s cpu_s "
    "objective error_relative error_ulp peak_memory_bytes warnings"
)
MEMBERS = {1: frozenset(FIRST.split())}
NAME = re.compile(r"\w[\w.+=-]{0,99}")  # of problems, instances, variants …: no path, no markup, nothing invisible
NON_FINITE = ("nan", "inf", "-inf")
LARGEST = 2**63
UNIONS = (types.UnionType, Union)  # of `float | None`, and of `Size | None`

Size = Annotated[float, "not below zero"]
"""The type of a member that is a time, an error, an amount."""

Reader = Callable[[Any], Any]
"""value → the value that a row holds; raises ValueError with what was expected."""


def text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("text")
    return value


def name(value: Any) -> str:
    if type(value) is not str or not is_name(value):
        raise ValueError("a name of letters, digits and _ . + = -")
    return value


@lru_cache(maxsize=2**16)
def is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None


def truth(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("true or false")
    return value


def whole(value: Any) -> int:
    if type(value) is not int or not -LARGEST < value < LARGEST:
        raise ValueError("a whole number")
    return value


def real(value: Any) -> float:
    """A number; those that JSON has no word for are written as strings."""
    if type(value) is float:
        return value
    if type(value) is int and abs(value) < 2**1023:
        return float(value)
    if type(value) is str and value in NON_FINITE:
        return float(value)
    raise ValueError("a number")


def size(value: Any) -> float:
    try:
        found = real(value)
    except ValueError:
        found = -1.0
    if found < 0:
        raise ValueError("a number that is not below zero")
    return found


SCALARS: dict[Any, Reader] = {str: text, bool: truth, int: whole, float: real, Size: size}


def reader(hint: Any) -> Reader:
    """The reader of a type: str, bool, int, float, `X | None`, `list[X]` and `dict[str, X]` of them."""
    if hint in SCALARS:
        return SCALARS[hint]
    inner = [part for part in get_args(hint) if part is not types.NoneType]
    if get_origin(hint) in UNIONS and len(inner) == 1:
        return optional(reader(inner[0]))
    if get_origin(hint) is list:
        return listed(reader(inner[0]))
    if get_origin(hint) is dict and inner[0] is str:
        return mapped(reader(inner[1]))
    raise TypeError(f"a row cannot hold {hint}")


def optional(read: Reader) -> Reader:
    def check(value: Any) -> Any:
        try:
            return None if value is None else read(value)
        except ValueError as expected:
            raise ValueError(f"{expected} or null") from None

    return check


def listed(read: Reader) -> Reader:
    def check(values: Any) -> list[Any]:
        if type(values) is not list:
            raise ValueError("a list")
        try:
            return [read(value) for value in values]
        except ValueError as expected:
            raise ValueError(f"in every place of the list {expected}") from None

    return check


def mapped(read: Reader) -> Reader:
    def check(values: Any) -> dict[str, Any]:
        if type(values) is not dict:
            raise ValueError("an object")
        try:
            return {key: read(value) for key, value in values.items()}
        except ValueError as expected:
            raise ValueError(f"for every member of the object {expected}") from None

    return check


def migrate(
    content: dict[str, Any], today: Set[str], defaults: Callable[[], dict[str, Any]], where: str
) -> dict[str, Any]:
    """The members of a row of any known schema as those of today's, whose names are `today`.

    Raises UsageError naming the versions where the schema is unknown, and the members where some are missing or too many.
    """
    version = content.get("schema")
    if type(version) is not int or version not in (*MEMBERS, SCHEMA):
        raise UsageError(
            f"{where}: the row has schema {shown(version)}; this gradmark reads {min(MEMBERS)} to {SCHEMA}: "
            "read it with the gradmark that wrote it"
        )
    expected = MEMBERS.get(version, today)
    if content.keys() != expected:
        missing, extra = sorted(expected - content.keys()), sorted(content.keys() - expected)
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has an unknown member {shown(extra[0])}"] if extra else []
        raise UsageError(f"{where}: the row {' and '.join(parts)}, for schema {version}")
    return content if version == SCHEMA else {**defaults(), **content, "schema": SCHEMA}
