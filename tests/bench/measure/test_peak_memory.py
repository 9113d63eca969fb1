"""Peak memory: what was planted is found, and what came before is not."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from bench.machine.process import ALLOCATOR, worker_environment
from bench.measure import peak_memory
from bench.measure.peak_memory import PeakMemoryMeter

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process reset its peak")
CPU = SimpleNamespace(peak_memory=lambda: None)
PLANTED = 64 * 10**6
ELSEWHERE = 8 * 10**6  # the test process's own doings meanwhile


def plant(size=PLANTED):
    np.ones(size // 8).sum()


@linux
def test_a_planted_allocation_is_found_though_it_was_freed():
    found = PeakMemoryMeter(CPU)
    found.start()
    plant()
    assert PLANTED <= found.stop() + 10**6 < PLANTED + ELSEWHERE
    assert found.warning == ""


@linux
def test_what_was_allocated_before_is_not_counted():
    found = PeakMemoryMeter(CPU)
    plant(4 * PLANTED)
    found.start()
    assert found.stop() < ELSEWHERE


def test_where_the_peak_cannot_be_reset_the_row_is_warned(monkeypatch, tmp_path):
    monkeypatch.setattr(peak_memory, "CLEAR_REFS", tmp_path / "no" / "such")
    found = PeakMemoryMeter(CPU)
    found.start()
    assert found.warning.startswith("peak: ")
    assert found.stop() >= 0


def test_an_accelerator_counts_for_itself():
    found = PeakMemoryMeter(SimpleNamespace(peak_memory=lambda: 123))
    found.start()
    assert found.stop() == 123
    assert found.warning == ""


def test_the_allocator_is_left_alone_where_memory_is_measured(monkeypatch):
    for name in ALLOCATOR:
        monkeypatch.delenv(name, raising=False)
    timing, memory = (worker_environment("numpy_hand", "cpu", 1, "", memory=memory) for memory in (False, True))
    assert ALLOCATOR.items() <= timing.items()
    assert not ALLOCATOR.keys() & memory.keys()
