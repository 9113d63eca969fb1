"""One pytest case per cell: those of the worker's specification, or without one those of the quick profile."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

import backends

from ..plan.selection import Selection, make_plan
from .clock import LONG_ROUND
from .test_cells import Session
from .worker import WorkerSpec

SESSION = pytest.StashKey[Session]()
COMPILER_CACHE = pytest.StashKey[tempfile.TemporaryDirectory]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--gradmark-spec", metavar="FILE", help="a worker's specification; written by gradmark run")
    parser.addoption("--gradmark-profile", metavar="NAME", default="quick", help="quick, standard or rigorous")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    config = metafunc.config
    if SESSION not in config.stash:
        config.stash[SESSION] = session_of(config)
    session = config.stash[SESSION]
    if "cell" in metafunc.fixturenames:
        metafunc.parametrize("session, key, cell", [pytest.param(session, *c, id=c[1].name) for c in session.cells])
    else:
        calls = [pytest.param(session, iterations, id=f"{iterations}-empty-calls") for iterations in (1, LONG_ROUND)]
        metafunc.parametrize("session, iterations", calls)


def session_of(config: pytest.Config) -> Session:
    if config.getoption("--gradmark-spec"):
        return Session.of_worker(WorkerSpec.read(Path(config.getoption("--gradmark-spec"))))
    profile = config.getoption("--gradmark-profile")
    cache = config.stash.setdefault(COMPILER_CACHE, tempfile.TemporaryDirectory(prefix="gradmark-compiler-"))
    for name in backends.names():  # before any framework is imported
        os.environ.update(backends.load(name).environment(1, "cpu", cache.name))
    return Session.of_pytest(make_plan(Selection(profile=profile)), profile)
