"""Runs beside each other."""

from __future__ import annotations

from bench.report.comparison import compare_all, machine_groups
from bench.report.page import render_report
from tests.bench.report import made_up

ELSEWHERE = {**made_up.FACTS, "cpu": "Another CPU"}


def run(name, factor=1.0, environment=made_up.FACTS):
    return made_up.run(name, found=made_up.rows(factor), environment=environment)


def test_runs_of_one_machine_get_the_verdicts_of_compare():
    (found,) = compare_all([run("a"), run("b", factor=1.5)])
    assert {verdict["verdict"] for verdict in found.verdicts} == {"slower"}
    assert "48 slower" in found.notes
    assert all(verdict["low"] <= verdict["ratio"] <= verdict["high"] for verdict in found.verdicts)


def test_the_same_run_twice_is_called_different_nowhere():
    (found,) = compare_all([run("a"), run("b")])
    assert {verdict["verdict"] for verdict in found.verdicts} == {"same"}


def test_machines_stay_apart():
    runs = [run("a"), run("b", environment=ELSEWHERE), run("c"), run("d", environment=ELSEWHERE)]
    assert machine_groups(runs) == [[0, 2], [1, 3]]
    assert [(each.a, each.b) for each in compare_all(runs)] == [(0, 2), (1, 3)]
    assert "2 different machines" in render_report(runs)


def test_runs_that_do_not_say_their_machine_are_not_compared():
    (found,) = compare_all([run("a", environment={}), run("b", environment={})])
    assert found.verdicts == []
    assert "Not compared: the runs come from different machines" in found.notes[0]
