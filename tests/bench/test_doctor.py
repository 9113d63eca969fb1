"""What the doctor says."""

from __future__ import annotations

import pytest

import backends
from bench import doctor, environment


def test_every_backend_is_probed_in_a_process_of_its_own():
    probe = doctor.probe("numpy_hand", "cpu")
    assert (probe.reason, probe.threads) == ("", "1 asked for, 1 effective")


def test_a_missing_device_is_a_reason():
    probe = doctor.probe("sympy_symbolic", "cuda")
    assert probe.reason == "sympy_symbolic runs on cpu, not on cuda"


def test_a_backend_that_cannot_be_configured_says_why(monkeypatch, capsys):
    def refuse(threads, device):
        raise backends.Unavailable("no such luck")

    monkeypatch.setattr(backends.load("numpy_hand"), "configure", refuse)
    monkeypatch.setattr("bench.worker.pin", lambda threads: None)
    assert doctor.answer("numpy_hand", "cpu", 1) == 1
    assert capsys.readouterr().out == "no such luck\n"


def test_the_machine_is_described():
    facts = doctor.of_machine().body["here"]
    assert facts["CPU"]
    assert "bits" in facts["longdouble"]
    assert doctor.of_machine().notes


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("surroundings.governor", lambda: "powersave", "cpupower frequency-set -g performance"),
        ("COMPILERS", ("no-such-compiler",), "install g++"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(monkeypatch, name, value, advice):
    monkeypatch.setattr(f"bench.doctor.{name}", value)
    assert any(advice in line for line in doctor.advice())


def test_an_environment_names_no_path():
    text = repr(environment.describe()) + environment.command()
    assert str(environment.ROOT) not in text


def test_sources_hold_every_implementation_and_adapter():
    found = environment.sources(["xor_mlp"])
    for name in backends.BACKENDS:
        assert f"backends/{name}.py" in found
        assert f"problems/xor_mlp/{name}.py" in found
    assert all("Decisions" in text for text in environment.decisions().values())
