"""Sizes, and reasons that name the limit; test_faults.py really runs out of memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import UsageError
from bench.machine import memory_limit
from bench.machine.memory_limit import explain_memory_error, impose_limit, imposed_limit, parse_size


@pytest.mark.parametrize(
    ("text", "size"), [("2GB", 2 * 10**9), ("512 MiB", 2**29), ("1.5gb", 1_500_000_000), ("4096B", 4096)]
)
def test_sizes_have_units(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["999999999TB", "1000001TB", "0.1B", "0GB", "٣GB"])
def test_a_limit_that_no_system_can_count_to_is_refused(text):
    with pytest.raises(UsageError, match=f"--memory-limit {text}: expected a size such as 2GB or 512MiB, of at most"):
        parse_size(text)


@pytest.mark.parametrize(("hard", "imposed"), [(-1, 2 * 10**9), (10**9, 10**9), (3 * 10**9, 2 * 10**9)])
def test_a_limit_is_no_higher_than_the_shells_own(monkeypatch, hard, imposed):
    import resource

    found: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda which: (hard, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda which, limits: found.append(limits))
    impose_limit(2 * 10**9)
    assert found == [(imposed, imposed)]


@given(st.text(max_size=12))
def test_anything_else_is_one_line(text):
    try:
        assert parse_size(text) >= 0
    except UsageError as refusal:
        assert "expected a size such as 2GB" in str(refusal)  # noqa: PT017


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("RESOURCE_EXHAUSTED: out"), True),
        (ValueError("shapes differ"), False),
    ],
)
def test_a_reason_names_the_limit_where_it_is_about_memory(monkeypatch, error, told):
    monkeypatch.setattr(memory_limit, "imposed_limit", lambda: 2 * 10**9)
    assert explain_memory_error(error, str(error)).endswith("; the memory limit was 2 GB (--memory-limit)") == told


def test_without_a_limit_nothing_is_added():
    assert imposed_limit() is None
    assert explain_memory_error(MemoryError(), "no memory") == "no memory"
