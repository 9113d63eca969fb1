"""Every command with tables at several widths of a terminal, in encodings that lack signs, and where nobody takes it."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import backends
from bench import ROOT
from bench.articles.evidence import Evidence, claims_of_numbers, claims_table
from bench.commands.machine import backend_probe_table, limits_table, machine_table
from bench.compare.noise_floor import NoiseFloor, noise_floor_table
from bench.compare.verdicts import compare_cells, verdict_table
from bench.machine.limits import Limit, MachineLimits
from bench.machine.probe import Probe
from bench.plan.cell import Cell
from bench.rows.row import new_row
from bench.study.pitfalls import pitfall_table
from bench.study.step_sizes import StepCurve, step_table
from bench.study.values import values_table
from bench.text.streams import REPLACED, guard_streams
from bench.text.terminal import print_table
from tests.bench import simulated
from tests.bench.processes import typed

WIDTHS = (40, 60, 80, 100)
RULE = re.compile(r"^ ?─+ ?$")


def blocks(output):
    """The drawn tables of an output: (lines of the head, lines of the rows), without what stands around them."""
    lines = output.splitlines()
    for place, line in enumerate(lines):
        if RULE.match(line):
            head = next(n for n in range(place - 1, -1, -1) if not lines[n].strip())
            end = next((n for n in range(place, len(lines)) if not lines[n].strip()), len(lines))
            yield lines[head + 1 : place], lines[place + 1 : end]


def widest(output):
    return max(len(line) for block in blocks(output) for lines in block for line in lines)


def printed(table, width, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(width))
    print_table(replace(table, notes=()))
    return capsys.readouterr().out


def pitfalls():
    methods = [method.split("/") for method in backends.methods()]
    cells = [Cell("pitfalls", "absolute_at_0", "gradient", b, v, "float64", "cpu", 1) for b, v in methods]
    return pitfall_table([new_row(cell, "key", "run", 0, status="error", reason="no") for cell in cells], {})


def steps():
    case = "scalar_derivative:textbook:gradient"
    curve = StepCurve(case, "central", "float64", np.array([1e-5]), np.array([1e-11]), 6e-6, 3e-11, 6e-6, 3e-11)
    return step_table([curve], [])


def textbook():
    claims = claims_of_numbers(["2.4"])
    given: dict[str, dict] = {case: {} for claim in claims for case in claim.cases}
    return claims_table(claims, Evidence(given, {}, given), [])[0]


def noise():
    a, b = simulated.cells(1, 5, 10), simulated.cells(2, 5, 10, 2)
    return verdict_table(compare_cells(a, b, NoiseFloor(), True), ("judged_a", "judged_b"), [])


def shown_values():
    names = ("problem", "instance", "operation", "dtype", "device")
    case = dict(zip(names, ("xor_mlp", "textbook", "gradient", "float64", "cpu"), strict=True))
    values = {method: {"weights_of_the_hidden_layer": [0.12345678901, -1e-300]} for method in backends.methods()}
    return values_table({**case, "reference": values["numpy_hand/plain"], "results": values})


MADE = {  # the tables of commands that measure, and what a row of each must show
    "noise": (lambda: noise_floor_table(NoiseFloor({-6: 0.1234}, {-6: 0.2}, {-6: 30}, "", "", 10)), r"1.00 µs.*12\.3%"),
    "noise's verdicts": (noise, r"p:i0.*\d\.\d.*slower"),
    "limits": (
        lambda: limits_table(MachineLimits("m", 1, (Limit(1, "float64", 1e10, 2e10, 3e10),))),
        r"float64, 1 thread",
    ),
    "doctor": (machine_table, r"(?s)CPUs .*usable of"),
    "steps": (steps, r"(?s)sc\S*.*1\.0e-05.*as.*predicted"),
    "pitfalls": (pitfalls, r"absolute.*error"),
    "textbook": (textbook, r"(?s)2\.4.*not.*reprodu"),
    "show": (shown_values, r"we\S*\[0\].*0\.12345678901"),
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("command", MADE)
def test_a_table_fits_and_shows_what_it_is_for(command, width, monkeypatch, capsys):
    make, row = MADE[command]
    output = printed(make(), width, monkeypatch, capsys)
    assert widest(output) <= width
    assert re.search(row, output)


def test_the_doctor_says_of_each_backend_whether_it_is_here(monkeypatch, capsys):
    told = "CUDA out of memory, or some such reason"
    monkeypatch.setattr("bench.commands.machine.probe_backend", lambda b, d: Probe(b, d, "2.1", told, "1 requested"))
    for width in WIDTHS:
        output = printed(backend_probe_table(), width, monkeypatch, capsys)
        assert widest(output) <= width
        assert len(re.findall(r"\n +\S.*\bon (cpu|cuda)\b.*unavailable", output)) == 2 * len(backends.names())


COMMANDS = {  # of run folders, and of the registry: what every row shows
    ("table", "results/curated", "-p", "newton"): r"\d|omitted|wrong|error|timeout|unavailable|crashed",
    ("table", "results/curated", "-p", "xor_mlp"): r"\d|omitted|wrong|error|timeout|unavailable|crashed",
    ("accuracy", "results/curated", "--kind", "overall", "--kind", "problems"): r"\d",
    ("accuracy", "results/curated", "--kind", "worst"): r"\d",
    ("compare", "results/curated", "results/curated"): r" \d+\.\d+ .* noisy",
    ("list",): r"gradient|value|available|newton|jacobian|\w",
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_fits_the_terminal_and_its_rows_have_names_and_numbers(command, width):
    done = typed(*command, COLUMNS=str(width))
    assert done.returncode == 0, done.stderr
    found = list(blocks(done.stdout))
    assert found
    assert widest(done.stdout) <= width
    for _, rows in found:
        named = [row for row in rows if row[2:3].strip()]
        assert named
        for row in named:
            name, _, rest = row.strip().partition("  ")
            assert len(name) >= 5, row
            if command[0] == "compare":
                assert re.search(COMMANDS[command], f" {rest} "), row
        assert all(re.search(COMMANDS[command], row) for row in named) or command[0] in ("list", "accuracy", "table")


def test_compare_in_80_columns_has_the_ratio_and_the_verdict_of_every_cell(tmp_path):
    for name in "ab":
        simulated.write(tmp_path / name, simulated.cells(ord(name), 20, 10, spread=0.02))
    done = typed("compare", tmp_path / "a", tmp_path / "b", COLUMNS="80")
    ((head, rows),) = blocks(done.stdout)
    assert head[0].split()[-4:] == ["B", "÷", "A", "verdict"]
    assert len(rows) == 20
    assert all(re.search(r" [01]\.\d+ \[[\d.]+, [\d.]+\] +(same|noisy)", row) for row in rows)
    assert len({row.split()[0] for row in rows}) == 20
    assert "not shown in 80 columns: noise" in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp850", "latin-1", "utf-8", "iso2022_jp"])
def test_signs_that_an_encoding_lacks_are_replaced(encoding, monkeypatch):
    """By one that is alike where there is one, and nothing is raised: half a pair is no text in any encoding."""
    taken = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(taken, encoding))
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding))
    guard_streams()
    print("12.3 µs × ÷ · ± † ° − … é ₀ 漢 \ud800 ∇ ε")
    sys.stdout.flush()
    text = taken.getvalue().decode(encoding)
    assert text.startswith("12.3 ")
    if encoding == "ascii":
        assert text == "12.3 us x / . ~ + ' - ~ e 0 ? ? grad  eps\n"
    assert "µs ×" in "µs ×".encode(encoding, REPLACED).decode(encoding) or encoding in ("ascii", "iso2022_jp")


def shell(command, **variables):
    """The command line as a shell redirects it: (status, errors)."""
    words = ["bash", "-c", f"set -o pipefail; {sys.executable} -m bench {command}"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, env={**os.environ, **variables})
    return done.returncode, done.stderr.decode(errors="replace")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "why"),
    [("> /dev/full", "No space left on device"), (">&-", "it is closed"), ("| head -1 > /dev/null", "Broken pipe")],
)
def test_an_output_that_nobody_takes_is_one_line_and_status_1(where, why):
    assert shell(f"table results/curated {where}") == (1, f"gradmark: cannot write to standard output: {why}\n")


@pytest.mark.slow
def test_a_run_whose_output_nobody_takes_is_complete(tmp_path):
    """In an encoding without µ and ×, too, and without standard error."""
    chosen = f"-p scalar_derivative:textbook -b numpy_hand --operation value --out {tmp_path / 'run'}"
    status, errors = shell(f"run {chosen} > /dev/full", PYTHONIOENCODING="ascii")
    assert status == 1
    assert errors.splitlines()[-1] == "gradmark: cannot write to standard output: No space left on device"
    assert (tmp_path / "run" / "tables.md").is_file()
    assert not (tmp_path / "run" / ".reserve").exists()
    assert shell(f"table {tmp_path / 'run'} 2>&-", PYTHONIOENCODING="ascii") == (0, "")


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("localedef"), reason="needs localedef, which makes the locale")
def test_a_run_in_a_latin_1_locale(tmp_path):
    """Its own files hold signs that the locale lacks, and its output some that it has."""
    made = subprocess.run(
        ["localedef", "-i", "en_US", "-f", "ISO-8859-1", tmp_path / "en_US.ISO-8859-1"], capture_output=True
    )
    if made.returncode:
        pytest.skip("localedef has no source of this locale")
    chosen = f"-p scalar_derivative:textbook -b numpy_hand --operation value --out {tmp_path / 'run'}"
    variables = {"LOCPATH": str(tmp_path), "LC_ALL": "en_US.ISO-8859-1"}
    status, errors = shell(f"run {chosen} > {tmp_path / 'out'}", **variables)
    assert status == 0, errors
    assert "scalar_derivative · value" in (tmp_path / "out").read_text(encoding="latin-1")
