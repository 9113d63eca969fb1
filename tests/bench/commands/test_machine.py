"""What the doctor says of this machine."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import backends
import problems
from bench import ROOT
from bench.commands.machine import advice, machine_table
from bench.machine.facts import command_line, decisions, describe_machine, source_texts
from bench.machine.probe import answer_probe, probe_backend


def test_every_backend_is_probed_in_a_process_of_its_own():
    probe = probe_backend("numpy_hand", "cpu")
    assert (probe.reason, probe.threads) == ("", "1 requested, 1 effective")


def test_a_missing_device_is_a_reason():
    probe = probe_backend("sympy_symbolic", "cuda")
    assert probe.reason == "sympy_symbolic runs on cpu, not on cuda"


def test_a_backend_that_cannot_be_configured_says_why(monkeypatch, capsys):
    def refuse(threads, device):
        raise backends.Unavailable("no such luck")

    monkeypatch.setattr(backends.load("numpy_hand"), "configure", refuse)
    monkeypatch.setattr("bench.machine.probe.pin_process", lambda threads: None)
    assert answer_probe("numpy_hand", "cpu", 1) == 1
    assert capsys.readouterr().out == "no such luck\n"


def test_the_machine_is_described():
    facts = machine_table().body["here"]
    assert facts["CPU"]
    assert "bits" in facts["longdouble"]
    assert machine_table().notes


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("governor", lambda: "powersave", "cpupower frequency-set -g performance"),
        ("COMPILERS", ("no-such-compiler",), "install g++"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(monkeypatch, name, value, told):
    monkeypatch.setattr(f"bench.commands.machine.{name}", value)
    assert any(told in line for line in advice())


def test_an_environment_names_no_path():
    text = repr(describe_machine()) + command_line()
    assert str(ROOT) not in text


def test_sources_hold_every_implementation_and_adapter():
    found = source_texts(["xor_mlp"])
    for name in backends.names():
        assert f"backends/{name}.py" in found
        assert f"problems/xor_mlp/{name}.py" in found
    assert all("Decisions" in text for text in decisions().values())


@pytest.mark.slow
def test_decisions_and_descriptions_are_there_without_docstrings():
    """PYTHONOPTIMIZE=2 drops docstrings: what is recorded and shown is the same."""
    code = "import json, problems; from bench.machine.facts import decisions; "
    code += "print(json.dumps([decisions(), [problems.load(name).summary for name in problems.names()]]))"
    optimised = subprocess.run(
        [sys.executable, "-OO", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    summaries = [problems.load(name).summary for name in problems.names()]
    assert json.loads(optimised.stdout) == [decisions(), summaries]


def test_the_decisions_of_an_adapter_may_stand_in_a_docstring(monkeypatch, tmp_path):
    """Which its file still has where Python dropped it."""
    adapter = backends.load("numpy_hand")
    (tmp_path / "own.py").write_text('"""Mine.\n\nDecisions\n- none.\n"""\n')
    monkeypatch.setattr(adapter, "__doc__", None)
    monkeypatch.setattr(adapter, "__file__", str(tmp_path / "own.py"))
    assert backends.decisions("numpy_hand") == "Mine.\n\nDecisions\n- none."
