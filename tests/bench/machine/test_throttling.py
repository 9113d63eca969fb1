"""Quotas, throttling and pressure, from planted trees of files: what is read, what is warned of, what is advised."""

from __future__ import annotations

import dataclasses
import os

import pytest

from bench.commands.machine import advice, machine_table
from bench.machine import system_files
from bench.machine.facts import MachineLoad, describe_machine, load_now
from bench.machine.throttling import Throttling, throttling_now
from bench.measure.cell import measure_cell
from bench.measure.timing_warnings import pressure_warnings, throttling_warnings
from bench.plan.cell import PROFILES, Cell
from bench.rows.row import new_row
from tests.bench.machine.planted_system import PRESSURE, PlantedSystem, stat1, stat2


@pytest.fixture
def system(tmp_path, monkeypatch):
    monkeypatch.setattr(system_files, "PROC", tmp_path / "proc")
    monkeypatch.setattr(system_files, "SYS", tmp_path / "sys")
    return PlantedSystem(tmp_path)


@pytest.mark.parametrize("place", ["/user.slice/session.scope", "/user.slice", "/"])
def test_a_quota_of_any_enclosing_slice_is_found(system, place):
    system.v2({place: {"cpu.max": "50000 100000\n", "cpu.stat": stat2(3, 1_500_000)}})
    found = throttling_now()
    assert (found.quota, found.stops, found.stopped_s) == (0.5, 3, 1.5)


@pytest.mark.parametrize("place", ["/docker/abc", "/docker", "/"])
def test_so_is_one_of_version_1(system, place):
    files = {"cpu.cfs_quota_us": "150000\n", "cpu.cfs_period_us": "100000\n", "cpu.stat": stat1(4, 2_000_000_000)}
    system.v1({place: files})
    found = throttling_now()
    assert (found.quota, found.stops, found.stopped_s) == (1.5, 4, 2.0)


def test_the_narrowest_quota_counts_and_stops_add_up(system):
    system.v2(
        {
            "/": {"cpu.max": "max 100000\n"},
            "/user.slice": {"cpu.max": "200000 100000\n", "cpu.stat": stat2(1, 1_000_000)},
            "/user.slice/session.scope": {"cpu.max": "300000 100000\n", "cpu.stat": stat2(2, 500_000)},
            "/other.slice": {"cpu.max": "1000 100000\n", "cpu.stat": stat2(99, 99)},
        }
    )
    found = throttling_now()
    assert (found.quota, found.stops, found.stopped_s) == (2.0, 3, 1.5)


def test_a_container_sees_its_own_group_at_the_top(system):
    """Version 1 without a namespace: the mount shows the container's group, and /proc names it from the machine's top."""
    mounts = "32 31 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n"
    system.v1({"/": {"cpu.cfs_quota_us": "20000\n", "cpu.cfs_period_us": "100000\n"}}, mounts=mounts)
    assert throttling_now().quota == 0.2


def test_both_versions_may_be_there(system):
    """The hybrid layout: version 1 bounds CPU time, version 2 tells of pressure."""
    system.v1({"/docker": {"cpu.cfs_quota_us": "50000\n", "cpu.cfs_period_us": "100000\n", "cpu.stat": stat1(1, 0)}})
    mounts = (system.proc / "self/mountinfo").read_text()
    unified = "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n"
    system.own("4:cpu,cpuacct:/docker/abc\n0::/x\n", mounts + unified)
    system.write(system.sys / "fs/cgroup/unified/x/cpu.pressure", PRESSURE.format(avg10="25.00", total=7_000_000))
    found = throttling_now()
    assert (found.quota, found.stops, found.waited_s, found.pressure) == (0.5, 1, 7.0, 0.25)


def test_without_a_table_of_mounts_the_usual_places_are_looked_at(system):
    system.v2({"/user.slice": {"cpu.max": "50000 100000\n"}})
    (system.proc / "self/mountinfo").unlink()
    assert throttling_now().quota == 0.5


def test_the_machine_tells_of_pressure_where_groups_do_not(system):
    system.v2({})
    system.write(system.proc / "pressure/cpu", PRESSURE.format(avg10="50.00", total=3_000_000))
    assert (throttling_now().waited_s, throttling_now().pressure) == (3.0, 0.5)


@pytest.mark.parametrize(
    "text", ["", "max\n", "-1\n", "nonsense\n", "5 0\n", "\udcff".encode("utf-8", "surrogateescape")]
)
def test_what_is_no_quota_is_none(system, text):
    system.v2({"/": {"cpu.max": ""}})
    (system.sys / "fs/cgroup/cpu.max").write_bytes(text if isinstance(text, bytes) else text.encode())
    system.write(system.sys / "fs/cgroup/cpu.stat", "nr_throttled many\n")
    system.write(system.sys / "fs/cgroup/cpu.pressure", "some avg10=lots\n")
    assert throttling_now() == Throttling()


def test_nothing_to_read_is_nothing_known(system):
    assert throttling_now() == Throttling()
    assert load_now().throttling == Throttling()
    assert describe_machine()["cpu"]


def test_a_file_that_cannot_be_read_is_unknown(system):
    """Folders in place of files, which not even root can read."""
    for path in ("proc/self/cgroup", "proc/self/mountinfo", "proc/cpuinfo", "sys/fs/cgroup/cpu.max"):
        place = system.proc.parent / path
        place.unlink(missing_ok=True)
        place.mkdir(parents=True)
    governor = system.sys / "devices/system/cpu/cpu0/cpufreq/scaling_governor"
    governor.mkdir(parents=True)
    assert throttling_now() == Throttling()
    assert load_now().governor == ""
    assert describe_machine()["cpu"]


@pytest.mark.parametrize("error", [OSError("denied"), ValueError("no number"), KeyError("cpu"), IndexError("line")])
def test_what_psutil_cannot_read_is_unknown(monkeypatch, error):
    def refuse(*_, **__):
        raise error

    for name in ("cpu_times", "cpu_freq", "cpu_count", "virtual_memory", "sensors_battery"):
        monkeypatch.setattr(f"psutil.{name}", refuse)
    monkeypatch.setattr(os, "getloadavg", refuse)
    before = load_now()
    assert before.elsewhere(load_now()) == 0
    assert describe_machine()["memory_bytes"] is None
    assert machine_table().body["here"]["memory"] == "not reported"


QUIET = MachineLoad(100.0, 0.0, 0.0, 0.0, "", Throttling(0.5, 10, 4.0, 1.0, 0.0))


def later(**throttling):
    return dataclasses.replace(QUIET, wall_s=102.0, throttling=dataclasses.replace(QUIET.throttling, **throttling))


def test_a_quota_that_stopped_it_is_told_with_numbers():
    (told,) = throttling_warnings(QUIET, later(stops=22, stopped_s=5.2), 1)
    assert told == "throttled: a CPU quota of 0.5 CPUs stopped it 12 times, for 1.2 s in 2 s"
    assert list(throttling_warnings(QUIET, later(), 1)) == []


def test_a_quota_without_a_count_is_told_where_it_is_below_the_threads():
    before, after = (dataclasses.replace(QUIET, throttling=Throttling(1.5)) for _ in range(2))
    assert list(throttling_warnings(before, after, 1)) == []
    (told,) = throttling_warnings(before, after, 2)
    assert told == "throttled: a CPU quota of 1.5 CPUs is less than its 2 threads may use"


def test_waiting_for_a_cpu_is_told():
    assert list(pressure_warnings(QUIET, later(waited_s=1.1))) == []
    assert list(pressure_warnings(QUIET, later(waited_s=2.0))) == [
        "pressure: processes waited for a CPU in 50% of the time"
    ]
    assert list(pressure_warnings(QUIET, later(waited_s=None))) == []


@pytest.mark.parametrize("profile", [PROFILES["quick"], dataclasses.replace(PROFILES["quick"], single_s=0.0)])
def test_a_cell_that_is_throttled_says_so_a_single_call_too(system, monkeypatch, profile):
    """Each reading finds the group stopped once more, and all time spent waiting."""
    count = iter(range(1000))

    def stopped(*_):
        n = next(count)
        return Throttling(0.25, n, 0.01 * n, 1000.0 * n, 1.0)

    monkeypatch.setattr("bench.machine.facts.throttling_now", stopped)
    cell = Cell("scalar_derivative", "textbook", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)
    row = new_row(cell, cell.name, "", 0)
    rounds = lambda work, rounds: ([0.002] * rounds, work())  # noqa: E731
    measure_cell(cell, row, profile, rounds, lambda *_: None)
    codes = [warning.partition(":")[0] for warning in row.warnings]
    assert row.status == "ok"
    assert ("single" in codes) == (profile.single_s == 0)
    assert "pressure" in codes
    stopped_it = "a CPU quota of 0.25 CPUs stopped it 1 time"
    assert any(warning.startswith(f"throttled: first call: {stopped_it}") for warning in row.warnings)
    assert any(warning.startswith(f"throttled: {stopped_it}") for warning in row.warnings) == (profile.single_s > 0)


def test_the_doctor_tells_of_quota_stops_and_pressure(system):
    files = {
        "cpu.max": "50000 100000\n",
        "cpu.stat": stat2(7, 1),
        "cpu.pressure": PRESSURE.format(avg10="40.00", total=1),
    }
    system.v2({"/user.slice": files})
    told = "\n".join(advice())
    assert "CPU quota of 0.5 CPUs: processes stop when it is used up; it stopped them 7 times so far" in told
    assert "CPU pressure 40%" in told
    facts = machine_table().body["here"]
    assert (facts["CPU quota"], facts["CPU pressure"]) == ("0.5 CPUs", "40% of the last 10 s")


def test_the_state_is_read_outside_of_the_clock(monkeypatch):
    order: list[str] = []

    def state():
        order.append("state")
        return QUIET

    def timed(work, rounds):
        order.append("clock")
        return [0.002] * rounds, work()

    monkeypatch.setattr("bench.measure.cell.load_now", state)
    cell = Cell("scalar_derivative", "textbook", "gradient", "numpy_hand", "plain", "float64", "cpu", 1)
    measure_cell(cell, new_row(cell, cell.name, "", 0), PROFILES["quick"], timed, lambda *_: None)
    assert order[-3:] == ["state", "clock", "state"]
