"""The machine's limits: measured, kept, and found again beside the rows of a run."""

from __future__ import annotations

import dataclasses
import json

import pytest
from msgspec.structs import replace

from bench import RESULTS, UsageError
from bench.machine import limits
from bench.machine.facts import this_machine_name
from bench.machine.limits import (
    LIMITS_FILE,
    RATES,
    Limit,
    MachineLimits,
    best_rates,
    limits_path,
    measured_limits,
    read_limits,
)
from bench.tables.frame import limit_columns, rows_frame
from tests.bench.tables.test_costs import row

LIMIT = Limit(1, "float64", 2e10, 1e10, 5e10)
KNOWN = MachineLimits("a-machine", 2**25, (LIMIT,))


@pytest.fixture
def small(monkeypatch):
    """Quick to measure, and as wrong as that makes it."""
    monkeypatch.setattr(limits, "VECTOR_BYTES", 2**20)
    monkeypatch.setattr(limits, "cache_bytes", lambda: 2**16)
    monkeypatch.setattr(limits, "PRODUCT_N", 64)
    monkeypatch.setattr(limits, "SWEEP_S", 0.01)
    monkeypatch.setattr(limits, "PRODUCT_S", 0.01)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_all_rates_are_measured(small, dtype):
    rates = best_rates(dtype)
    assert tuple(rates) == RATES
    assert all(1e7 < rate < 1e14 for rate in rates.values())


def test_the_triad_reads_two_numbers_and_writes_one(small, monkeypatch):
    monkeypatch.setattr(limits, "least_seconds", lambda work, duration_s: work() is None or 1.0)
    rates = best_rates("float64")
    assert rates["triad_bytes_per_s"] == 3 * rates["read_bytes_per_s"] == 3 * 2**20


def test_limits_are_measured_once_and_the_best_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "limits_path", lambda machine: tmp_path / f"{machine}.json")
    found = iter([LIMIT, dataclasses.replace(LIMIT, read_bytes_per_s=3e10, product_flops_per_s=4e10)])
    monkeypatch.setattr(limits, "measure_rates", lambda threads, dtype: next(found))
    assert measured_limits([1], ["float64"]).limits == (LIMIT,)
    assert measured_limits([1], ["float64"]).limits == (LIMIT,)
    again = measured_limits([1], ["float64"], again=True)
    assert again.limits == (dataclasses.replace(LIMIT, read_bytes_per_s=3e10),)
    assert read_limits(tmp_path / f"{this_machine_name()}.json") == again


def test_rows_get_the_limits_of_their_thread_count_and_dtype(tmp_path):
    KNOWN.write(tmp_path / LIMITS_FILE)
    rows = [row(), replace(row(), threads=2), replace(row(), device="cuda")]
    frame = rows_frame(rows, limit_columns(rows, tmp_path))
    assert list(frame["limit_bytes_per_s"].fillna(0)) == [2e10, 0, 0]
    assert list(frame["cache_bytes"]) == [2**25] * 3


HOSTILE = json.dumps(dataclasses.asdict(KNOWN)).replace("20000000000.0", '"fast"')


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"machine": "a", "cache_bytes": 1, "limits": [{"threads": 1}]}', HOSTILE),
        *("[" * 100_000, '{"limits": [{"threads": "1"}]}', "\x00", '{"limits": 3, "machine": 1}'),
        json.dumps(dataclasses.asdict(KNOWN)).replace("float64", "float16"),
        json.dumps(dataclasses.asdict(KNOWN)).replace("20000000000.0", "1e308"),
        json.dumps(dataclasses.asdict(KNOWN)).replace("a-machine", "../a-machine"),
    ],
)
def test_a_file_that_is_none_of_ours_is_refused(tmp_path, text):
    (tmp_path / LIMITS_FILE).write_text(text)
    with pytest.raises(UsageError, match=r"limits\.json: (not JSON|expected|member|object missing)"):
        limit_columns([row()], tmp_path)


def test_without_a_file_there_is_no_limit(tmp_path):
    assert read_limits(tmp_path / LIMITS_FILE) is None
    assert rows_frame([row()], limit_columns([row()], tmp_path))["limit_bytes_per_s"].isna().all()


def test_the_name_of_a_machine_is_that_of_a_file():
    assert json.dumps(this_machine_name()).isascii()
    assert limits_path(this_machine_name()).parent == RESULTS / "limits"
    assert "/" not in this_machine_name()
