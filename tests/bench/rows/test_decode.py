"""The quick reader of rows reads what the careful one reads, or leaves it to that."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import UsageError
from bench.plan.cell import Cell
from bench.rows.row import Row, careful_row, new_row, quick_row

CELL = Cell("p", "i", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)
MEMBERS = {"event": "row", "time": 1.5, **dataclasses.asdict(new_row(CELL, "p:i", "run", 0))}
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63 - 1, 2**63, -(2**63), 2**65, 10**400]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["ok", "nan", "inf", "a/b", 'a": ', "\x1b[2J", "", 'x "y" : z']),
    st.lists(st.integers() | st.text(max_size=3) | st.floats(0, 1), max_size=3),
)


def careful(line: bytes) -> Row | None:
    try:
        return careful_row(line, "line 1")
    except UsageError:
        return None


def test_a_usual_row_is_read_quickly():
    line = json.dumps({**MEMBERS, "median_s": 1, "samples_s": [1, 2.5], "warnings": ["load"]}).encode()
    assert (
        quick_row(line)
        == careful(line)
        == dataclasses.replace(new_row(CELL, "p:i", "run", 0), median_s=1.0, samples_s=[1.0, 2.5], warnings=["load"])
    )


@given(st.dictionaries(st.sampled_from([*MEMBERS, "more"]), values, max_size=3))
def test_it_reads_no_other_row_than_the_careful_reader(changes):
    line = json.dumps({**MEMBERS, **changes}, ensure_ascii=False).encode()
    found = quick_row(line)
    assert found is None or repr(found) == repr(careful(line))


@pytest.mark.parametrize(
    "more",
    [
        ', "reason": "other"',
        ', "reason" : "other"',
        ', "reason"\t:"other"',
        ', "rea\\u0073on": "other"',
        ', "x": 1',
        " x",
    ],
)
def test_a_member_more_is_left_to_the_careful_reader_which_refuses_it(more):
    line = json.dumps(MEMBERS).encode()
    assert quick_row(line) is not None
    line = line[:-1] + more.encode() + b"}"
    assert quick_row(line) is None
    with pytest.raises(UsageError, match="line 1"):
        careful_row(line, "line 1")
