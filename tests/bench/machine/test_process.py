"""The machine's lock: one holder, who is named; it is free again when the holder ends, however that is."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bench import ROOT, UsageError
from bench.machine.process import LOCK_FOLDER, machine_held

HOLD = """
import sys, time
from bench.machine.process import machine_held
with machine_held(sys.argv[1], lambda line: print(line, flush=True)):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def hold(tmp_path, monkeypatch):
    monkeypatch.setenv(LOCK_FOLDER, str(tmp_path))
    started = []

    def start(name, seconds, **more):
        command = [sys.executable, "-c", HOLD, name, str(seconds)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **more)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_the_holder_is_named_and_its_death_frees_the_machine(hold, tmp_path):
    first = hold("base", 100)
    assert first.stdout.readline() == "held\n"
    second, third = hold("\x1b[2J", 0), hold("third", 0)
    message = f"waiting for run 'base' (pid {first.pid}): one run per machine; Ctrl-C to cancel\n"
    assert second.stdout.readline() == message
    assert third.stdout.readline() == message  # nobody who waits has taken the name away
    first.send_signal(signal.SIGKILL)
    assert second.stdout.readline() == third.stdout.readline() == "held\n"
    assert (second.wait(timeout=30), third.wait(timeout=30)) == (0, 0)
    assert (tmp_path / "gradmark.lock").read_text() == ""


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # of JAX, where another test imported it; the child execs
def test_a_wait_can_be_cancelled(hold):
    first = hold("base", 100)
    assert first.stdout.readline() == "held\n"
    second = hold(
        "second", 0, stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
    )
    assert second.stdout.readline().startswith("waiting for run 'base'")
    second.send_signal(signal.SIGINT)
    assert second.wait(timeout=30) != 0
    assert first.poll() is None


def test_an_exception_frees_the_machine(hold, tmp_path):
    with pytest.raises(ZeroDivisionError), machine_held("first", print):
        raise ZeroDivisionError
    told: list[str] = []
    with machine_held("second", told.append):
        assert told == []


def test_every_user_may_lock(hold, tmp_path):
    before = os.umask(0o077)
    try:
        with machine_held("mine", print):
            assert stat.S_IMODE((tmp_path / "gradmark.lock").stat().st_mode) == 0o666
    finally:
        os.umask(before)


def a_link(place, victim):
    place.symlink_to(victim)


def a_dangling_link(place, victim):
    place.symlink_to(victim.parent / "no such file")


def a_second_name(place, victim):
    place.hardlink_to(victim)


def a_pipe(place, victim):
    os.mkfifo(place)


def a_folder(place, victim):
    place.mkdir()


@pytest.mark.parametrize("plant", [a_link, a_dangling_link, a_second_name, a_pipe, a_folder])
def test_what_others_put_in_its_place_is_refused_and_not_written_to(hold, tmp_path, plant):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    plant(tmp_path / "gradmark.lock", victim)
    with pytest.raises(UsageError, match=f"the machine's lock, .*{LOCK_FOLDER}=FOLDER"), machine_held("mine", print):
        raise AssertionError("held")
    assert victim.read_text() == "precious"
    assert not (tmp_path / "no such file").exists()


def test_a_lock_that_an_earlier_mask_closed_is_opened_by_its_owner(hold, tmp_path):
    (tmp_path / "gradmark.lock").touch(mode=0o600)
    with machine_held("mine", print):
        assert stat.S_IMODE((tmp_path / "gradmark.lock").stat().st_mode) == 0o666


def test_a_lock_of_another_user_that_is_closed_is_a_sentence(hold, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("bench.machine.process.FileLock.acquire", refuse)
    with pytest.raises(UsageError, match="Permission denied; expected a file that every user may write to"):
        machine_held("mine", print).__enter__()


@pytest.fixture
def as_nobody():
    """Call a function as another user than root, in this process."""

    def call(function):
        os.setegid(65534)
        os.seteuid(65534)
        try:
            return function()
        finally:
            os.seteuid(0)
            os.setegid(0)

    return call


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_reads_who_holds_the_machine_and_may_hold_it(hold, as_nobody, monkeypatch):
    with tempfile.TemporaryDirectory() as shared:
        os.chmod(shared, 0o1777)
        monkeypatch.setenv(LOCK_FOLDER, shared)
        first = hold("roots", 1)
        assert first.stdout.readline() == "held\n"
        told: list[str] = []

        def measure():
            with machine_held("nobodys", told.append):
                return Path(shared, "gradmark.lock").read_text()

        assert as_nobody(measure) == f"run 'nobodys' (pid {os.getpid()})"
        assert told == [f"waiting for run 'roots' (pid {first.pid}): one run per machine; Ctrl-C to cancel"]
