"""What the system does not tell, or tells in words of its own, costs no measurement."""

from __future__ import annotations

import pytest

from bench.machine import facts, system_files
from bench.machine.facts import cpu_model, governor, load_now
from bench.machine.limits import cache_bytes
from bench.measure import peak_memory
from bench.measure.peak_memory import peak_resident, reset_peak

GOVERNOR, CACHES = "devices/system/cpu/cpu0/cpufreq/scaling_governor", "devices/system/cpu/cpu0/cache"


@pytest.fixture
def system(tmp_path, monkeypatch):
    """A /proc and a /sys with nothing in them."""
    monkeypatch.setattr(system_files, "PROC", tmp_path)
    monkeypatch.setattr(system_files, "SYS", tmp_path)
    return tmp_path


@pytest.mark.parametrize("error", [PermissionError(13, "denied"), ValueError("no number"), IndexError("no field")])
def test_a_load_that_cannot_be_read_is_none(system, monkeypatch, error):
    def fails(*arguments):
        raise error

    for name in ("cpu_times", "cpu_freq"):
        monkeypatch.setattr(facts.psutil, name, fails)
    load = load_now()
    assert (load.frequency_mhz, load.governor) == (0.0, "")
    assert load.elsewhere(load_now()) == 0.0


@pytest.mark.parametrize("text", [None, b"", b"\xff\xfe", b"model name", b"model name\t: a CPU\n"])
def test_a_machine_whose_files_are_odd_has_a_name_and_a_governor(system, text):
    for path in (system / "cpuinfo", system / GOVERNOR):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if text is None else path.write_bytes(text)  # a folder cannot be read as a file
    assert isinstance(cpu_model(), str)
    assert governor() == ("" if text is None else text.decode(errors="replace").strip())


@pytest.mark.parametrize(
    ("text", "size"), [("32K", 2**15), ("8M", 2**23), ("1G", 2**30), ("", 0), ("many", 0), ("12", 0), ("-1K", 0)]
)
def test_caches_that_are_told_in_other_words_are_unknown(system, text, size):
    (system / CACHES / "index0").mkdir(parents=True)
    (system / CACHES / "index0" / "size").write_text(text)
    (system / CACHES / "index1" / "size").mkdir(parents=True)
    assert cache_bytes() == size


def test_a_peak_that_cannot_be_reset_or_read_is_that_of_the_process(system, monkeypatch):
    monkeypatch.setattr(peak_memory, "CLEAR_REFS", system)
    assert not reset_peak()
    assert peak_resident() > 2**20
