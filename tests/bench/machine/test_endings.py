"""SIGTERM and SIGHUP end a command as Ctrl-C does; test_endings.py of run/ ends real runs."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import Any

import pytest

from bench.machine import endings
from bench.machine.endings import ENDINGS, ending_as_interrupt, interrupt, interrupt_once
from tests.bench.processes import typed


@pytest.fixture(autouse=True)
def _usual():
    """As in a process that was just started in the foreground, whatever this one was started with."""
    usual: dict[int, Any] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
    }
    with endings.handled(usual):
        yield


@pytest.mark.parametrize("number", ENDINGS)
def test_each_ends_a_command_in_the_same_words(monkeypatch, number):
    monkeypatch.setattr("bench.commands.show.problems_table", lambda *_: os.kill(os.getpid(), number))
    done = typed("list")
    assert (done.returncode, done.stderr) == (130, "gradmark: interrupted\n")


def test_the_handlers_are_those_from_before_afterwards():
    with ending_as_interrupt():
        assert signal.getsignal(signal.SIGTERM) is interrupt
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


@contextmanager
def and_again(told):
    """All signals once more, while the first one is dealt with."""
    try:
        yield
    finally:
        for later in ENDINGS:
            os.kill(os.getpid(), later)
            told.append(later)


@pytest.mark.parametrize("number", ENDINGS)
def test_the_first_stops_and_later_ones_do_nothing(number):
    told: list[int] = []
    with ending_as_interrupt():
        with pytest.raises(KeyboardInterrupt) as stopped, interrupt_once(), and_again(told):
            os.kill(os.getpid(), number)
        assert len(told) == len(ENDINGS)
        assert str(stopped.value) == ("" if number == signal.SIGINT else number.name)
        assert signal.getsignal(signal.SIGTERM) is interrupt


@pytest.mark.parametrize("number", ENDINGS)
def test_what_is_ignored_stays_ignored(number):
    """As SIGHUP under nohup, and Ctrl-C in the background of a script."""
    with endings.handled({number: signal.SIG_IGN}), ending_as_interrupt(), interrupt_once():
        os.kill(os.getpid(), number)


def test_what_is_open_is_still_written_to():
    before = [os.fstat(descriptor) for descriptor in (1, 2)]
    endings.leave_closed_terminal()
    assert [os.fstat(descriptor).st_ino for descriptor in (1, 2)] == [found.st_ino for found in before]
