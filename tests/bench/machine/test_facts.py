"""What the system does not tell, or tells in words of its own, costs no measurement."""

from __future__ import annotations

import pytest

from bench.machine import facts, limits
from bench.machine.facts import cpu_model, governor, load_now
from bench.machine.limits import cache_bytes
from bench.measure import peak_memory
from bench.measure.peak_memory import peak_resident, reset_peak


@pytest.mark.parametrize("error", [PermissionError(13, "denied"), ValueError("no number"), IndexError("no field")])
def test_a_load_that_cannot_be_read_is_none(tmp_path, monkeypatch, error):
    def fails(*arguments):
        raise error

    for name in ("cpu_times", "cpu_freq"):
        monkeypatch.setattr(facts.psutil, name, fails)
    monkeypatch.setattr(facts, "GOVERNOR", tmp_path)  # a folder, which cannot be read as a file
    load = load_now()
    assert (load.busy_s, load.frequency_mhz, load.governor) == (0.0, 0.0, "")
    assert load.elsewhere(load_now()) == 0.0


@pytest.mark.parametrize("text", [None, b"", b"\xff\xfe", b"model name", b"model name\t: a CPU\n"])
def test_a_machine_whose_files_are_odd_has_a_name_and_a_governor(tmp_path, monkeypatch, text):
    path = tmp_path / "file"
    path.mkdir() if text is None else path.write_bytes(text)
    monkeypatch.setattr(facts, "CPU_INFO", path)
    monkeypatch.setattr(facts, "GOVERNOR", path)
    assert isinstance(cpu_model(), str)
    assert governor() == ("" if text is None else text.decode(errors="replace").strip())


@pytest.mark.parametrize(
    ("text", "size"), [("32K", 2**15), ("8M", 2**23), ("", 0), ("many", 0), ("12", 0), ("-1K", 0), ("1G", 0)]
)
def test_caches_that_are_told_in_other_words_are_unknown(tmp_path, monkeypatch, text, size):
    (tmp_path / "index0").mkdir()
    (tmp_path / "index0" / "size").write_text(text)
    (tmp_path / "index1" / "size").mkdir(parents=True)
    monkeypatch.setattr(limits, "CACHES", tmp_path)
    assert cache_bytes() == size


def test_a_peak_that_cannot_be_reset_or_read_is_that_of_the_process(tmp_path, monkeypatch):
    monkeypatch.setattr(peak_memory, "CLEAR_REFS", tmp_path)
    monkeypatch.setattr(peak_memory, "STATUS", tmp_path)
    assert not reset_peak()
    assert peak_resident() > 2**20
