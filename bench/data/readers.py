"""What a row may hold: the members of each schema version, their types, and how an older row becomes one of today.

A row may come from anywhere, so nothing in it is believed before its type was seen. To add a member, give `Row` a field
with a default; rows of older schemas get that default. Raise SCHEMA once per release that changes `Row`, and write the
members of the version before into MEMBERS.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Set
from typing import Annotated, Any, Union, get_args, get_origin

from .. import UsageError
from ..text.escape import shown_value
from ..text.names import is_name

SCHEMA = 2
FIRST = (
    "schema key run problem instance operation backend variant dtype device threads effective_threads repeat isolated "
    "status reason prepare_s first_call_s rounds iterations samples_s min_s q1_s median_s q3_s mean_s stddev_s cpu_s "
    "objective error_relative error_ulp peak_memory_bytes warnings"
)
MEMBERS = {1: frozenset(FIRST.split())}
NON_FINITE = ("nan", "inf", "-inf")
LARGEST_WHOLE = 2**63
UNIONS = (types.UnionType, Union)  # of `float | None`, and of `Size | None`

Size = Annotated[float, "not below zero"]
"""The type of a member that is a time, an error, an amount."""

Reader = Callable[[Any], Any]
"""value → the value that a row holds; raises ValueError with what was expected."""


def text_reader(value: Any) -> str:
    if type(value) is not str:
        raise ValueError("text")
    return value


def name_reader(value: Any) -> str:
    if type(value) is not str or not is_name(value):
        raise ValueError("a name of letters, digits and _ . + = -")
    return value


def bool_reader(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError("true or false")
    return value


def whole_reader(value: Any) -> int:
    if type(value) is not int or not -LARGEST_WHOLE < value < LARGEST_WHOLE:
        raise ValueError("a whole number")
    return value


def real_reader(value: Any) -> float:
    """A number; those that JSON has no word for are written as strings."""
    if type(value) is float:
        return value
    if type(value) is int and abs(value) < 2**1023:
        return float(value)
    if type(value) is str and value in NON_FINITE:
        return float(value)
    raise ValueError("a number")


def size_reader(value: Any) -> float:
    try:
        found = real_reader(value)
    except ValueError:
        found = -1.0
    if found < 0:
        raise ValueError("a number that is not below zero")
    return found


SCALARS: dict[Any, Reader] = {
    str: text_reader,
    bool: bool_reader,
    int: whole_reader,
    float: real_reader,
    Size: size_reader,
}


def reader_of(hint: Any) -> Reader:
    """The reader of a type: str, bool, int, float, `X | None`, `list[X]` and `dict[str, X]` of them."""
    if hint in SCALARS:
        return SCALARS[hint]
    inner = [part for part in get_args(hint) if part is not types.NoneType]
    if get_origin(hint) in UNIONS and len(inner) == 1:
        return optional_reader(reader_of(inner[0]))
    if get_origin(hint) is list:
        return list_reader(reader_of(inner[0]))
    if get_origin(hint) is dict and inner[0] is str:
        return mapping_reader(reader_of(inner[1]))
    raise TypeError(f"a row cannot hold {hint}")


def optional_reader(read: Reader) -> Reader:
    def check(value: Any) -> Any:
        try:
            return None if value is None else read(value)
        except ValueError as expected:
            raise ValueError(f"{expected} or null") from None

    return check


def list_reader(read: Reader) -> Reader:
    def check(values: Any) -> list[Any]:
        if type(values) is not list:
            raise ValueError("a list")
        try:
            return [read(value) for value in values]
        except ValueError as expected:
            raise ValueError(f"in every place of the list {expected}") from None

    return check


def mapping_reader(read: Reader) -> Reader:
    def check(values: Any) -> dict[str, Any]:
        if type(values) is not dict:
            raise ValueError("an object")
        try:
            return {key: read(value) for key, value in values.items()}
        except ValueError as expected:
            raise ValueError(f"for every member of the object {expected}") from None

    return check


def migrate_row(
    content: dict[str, Any], today: Set[str], defaults: Callable[[], dict[str, Any]], where: str
) -> dict[str, Any]:
    """The members of a row of any known schema as those of today's, whose names are `today`.

    Raises UsageError naming the versions where the schema is unknown, and the members where some are missing or too many.
    """
    version = content.get("schema")
    if type(version) is not int or version not in (*MEMBERS, SCHEMA):
        raise UsageError(
            f"{where}: the row has schema {shown_value(version)}; this gradmark reads {min(MEMBERS)} to {SCHEMA}: "
            "read it with the gradmark that wrote it"
        )
    expected = MEMBERS.get(version, today)
    if content.keys() != expected:
        missing, extra = sorted(expected - content.keys()), sorted(content.keys() - expected)
        parts = [f"lacks {', '.join(missing)}"] if missing else []
        parts += [f"has an unknown member {shown_value(extra[0])}"] if extra else []
        raise UsageError(f"{where}: the row {' and '.join(parts)}, for schema {version}")
    return content if version == SCHEMA else {**defaults(), **content, "schema": SCHEMA}
