"""Damaged and hostile run folders: whatever one holds, a command reads it or refuses it in a line, and writes nowhere else.

`python -m tests.bench.rows.fuzz 10000 SEED` tries so many, drawn from a seed, with every command that reads a run, and
prints the faults that it found; with a 3 behind it each folder with a third of the commands, in turn. test_fuzz.py tries
a few of a seed that is kept.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any
from unittest.mock import patch

import matplotlib
import typer
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from bench import UsageError, cli
from bench.commands.app import app
from bench.machine.facts import machine_facts
from bench.rows.journal import decode_event
from bench.rows.row import Row
from tests.bench.hostile import ENVIRONMENT, TEXTS, write_run
from tests.bench.processes import typed

LONGEST_S = 10  # of a command, in seconds of this process, as others may be busy
HANGS_S = 60  # of a command that waits for something
FILES = (
    "journal.jsonl",
    "memory.jsonl",
    "environment.json",
    "sources.json",
    "limits.json",
    "steps.json",
    "report.html",
    "tables.md",
    "measurements.csv",
    ".reserve",
    "plots",
    "logs",
)
READ = FILES[:6]
NUMBERS = ("1e308", "-1e308", "5e-324", "1e400", "NaN", "Infinity", "-1", "0", "-0.0", "1e-300", "9" * 400, str(2**63))
VALUES = (*NUMBERS, "null", "true", "[]", "{}", "[[]]", "[" * 5000, *(json.dumps(text) for text in TEXTS), '"\\ud800"')


@dataclass(frozen=True)
class Mutation:
    """What is done to a file of a run folder. numbers: where in it, and with which of the values, modulo what there is."""

    file: str
    kind: str
    numbers: tuple[int, ...]

    def apply(self, folder: Path, outside: Path) -> None:
        KINDS[self.kind](folder / self.file, outside, *self.numbers)


def change_bytes(path: Path, outside: Path, place: int, value: int, more: int) -> None:
    """Replace, insert or cut off bytes."""
    if not is_plain(path):
        return
    content = path.read_bytes()
    at = place % (len(content) + 1)
    new = (bytes([value % 256]), b"", b"\xff\xfe\x00", b"\n", b'"', b"}", b"\xc3\x28")[more % 7]
    end = (at + 1, at, len(content), at + 40)[value % 4]
    path.write_bytes(content[:at] + new + content[end:])


def change_lines(path: Path, outside: Path, place: int, value: int, more: int) -> None:
    """Drop, repeat, swap or join lines."""
    if not is_plain(path):
        return
    lines = path.read_bytes().splitlines(keepends=True) or [b""]
    at, other = place % len(lines), value % len(lines)
    changes: tuple[Callable[[], object], ...] = (
        lambda: lines.pop(at),
        lambda: lines.insert(other, lines[at]),
        lambda: lines.extend([lines[at]] * 50),
        lambda: lines.__setitem__(slice(at, at + 1), [lines[other]]),
        lambda: lines.__setitem__(at, lines[at].rstrip(b"\n")),
        lambda: lines.insert(at, b"\n"),
    )
    changes[more % len(changes)]()
    path.write_bytes(b"".join(lines))


def change_value(path: Path, outside: Path, place: int, value: int, more: int) -> None:
    """Give a member or a place of a list another value, drop it or name it otherwise; of a journal in one line."""
    if not is_plain(path):
        return
    text = path.read_text(errors="replace")
    parts = text.splitlines() if path.suffix == ".jsonl" else [text]
    at = more % max(1, len(parts))
    try:
        content = json.loads(parts[at])
    except (IndexError, ValueError, RecursionError):
        return
    whole = {"": content}
    places = list(places_in(whole))
    inside, name = places[place % len(places)]
    action = more % 8
    if action == 0 and isinstance(inside, dict):
        inside[TEXTS[value % len(TEXTS)]] = inside.pop(name)
    elif action == 1:
        del inside[name]
    else:
        inside[name] = f"@{value}@"
    parts[at] = json.dumps(whole.popitem()[1] if whole else None).replace(f'"@{value}@"', VALUES[value % len(VALUES)])
    path.write_text("\n".join(parts) + "\n", errors="backslashreplace")


def places_in(content: Any) -> Iterator[tuple[Any, Any]]:
    """(object or list, member) of everything in a value."""
    names = list(content) if isinstance(content, dict) else list(range(len(content)))
    for name in names:
        yield content, name
        if isinstance(content[name], dict | list):
            yield from places_in(content[name])


EXTREMES = (
    *(1e-18, 1e12, 0, 1e-12, 1e30, 2**63 - 1, 1e308, 1e-300, "inf", "nan", "-inf", None, 1, 2**31, "float32", "cuda"),
    *("ok", "wrong", "diverged", "omitted", "n1e999_d10", "n9e17_d1", "n1_d1", "n1e4", "é" * 100, "a..b", "real"),
)


def change_in_range(path: Path, outside: Path, place: int, value: int, more: int) -> None:
    """Give members of some rows other values that a reader takes, however odd they are together."""
    if path.suffix != ".jsonl" or not is_plain(path):
        return
    draw, lines = random.Random(f"{place} {value} {more}"), path.read_bytes().splitlines()
    for at, line in enumerate(lines):
        if b'"row"' not in line or draw.random() < 0.5:
            continue
        for name in draw.sample(Row.__struct_fields__, 1 + more % 12):
            with suppress(ValueError, UsageError):
                content = json.loads(lines[at])
                found = draw.choice(EXTREMES)
                content[name] = [found] * (more % 4) if isinstance(content.get(name), list) else found
                changed = json.dumps(content).encode()
                decode_event(changed, "")
                lines[at] = changed
    path.write_bytes(b"\n".join(lines) + b"\n")


def change_kind(path: Path, outside: Path, place: int, value: int, more: int) -> None:
    """Put a link, a pipe, a folder, a device or nothing in the file's place."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    targets = (
        *(
            outside / "kept",
            outside,
            outside / "absent",
            outside / "journal.jsonl",
            path,
            Path("/dev/zero"),
            Path(".."),
        ),
        *(Path("/dev/null"), Path("/proc/self/environ"), Path("environment.json"), Path("/")),
    )
    what = more % 5
    if what in (0, 1):
        path.symlink_to(targets[value % len(targets)])
    elif what == 2:
        os.mkfifo(path)
    elif what == 3:
        path.mkdir()


def change_size(path: Path, outside: Path, place: int, value: int, more: int) -> None:
    """Empty it, or make it larger than any file of a run, without its blocks."""
    if is_plain(path):
        os.truncate(path, (0, 2**40, 2**24 + 1, 2**20, 1)[value % 5])


def change_mode(path: Path, outside: Path, place: int, value: int, more: int) -> None:
    if is_plain(path):
        path.chmod((0o000, 0o444, 0o200)[value % 3])


KINDS: dict[str, Callable[..., None]] = {
    "bytes": change_bytes,
    "lines": change_lines,
    "value": change_value,
    "in range": change_in_range,
    "kind": change_kind,
    "size": change_size,
    "mode": change_mode,
}


def is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink() and path.stat().st_size < 2**24


numbers = st.tuples(*[st.integers(0, 10**6)] * 3)
of_a_content = st.builds(
    Mutation, st.sampled_from(READ), st.sampled_from(["value"] * 4 + ["in range"] * 4 + list(KINDS)), numbers
)
of_a_kind = st.builds(Mutation, st.sampled_from(FILES), st.sampled_from(["kind", "size", "mode"]), numbers)
mutations = st.lists(of_a_content | of_a_content | of_a_kind, min_size=1, max_size=3)
names = st.sampled_from(["run", "run", *(text.replace("/", "_") for text in TEXTS if 0 < len(text) < 200)])

SELDOM = 5  # a picture takes as long as all other commands together
PICTURES = ("time", "accuracy", "ratio", "scaling", "steps", "matrix")


def reading_commands(run: Path, good: Path, aside: Path, turn: int) -> list[tuple[str | Path, ...]]:
    """Every command that reads a run; of the pictures, which take long, those whose turn it is."""
    commands: list[tuple[str | Path, ...]] = [
        ("table", run),
        *(("table", run, "--format", form) for form in ("md", "html", "latex", "csv")),
        ("table", run, "--into", aside / "document.md"),
        ("accuracy", run),
        ("export", run),
        ("compare", run, good),
        ("compare", good, run, "--across-machines", "--format", "md"),
        ("run", "--resume", run),
    ]
    slow: list[tuple[str | Path, ...]] = [
        ("report", run),
        ("report", good, run, "--out", aside / "report.html"),
        *(("plot", run, "--kind", kind) for kind in PICTURES),
        ("textbook-plots", "modes", "--run", run, "--out", aside / "pictures"),
    ]
    return [*commands, slow[turn // SELDOM % len(slow)] if turn % SELDOM == 0 else slow[turn % 2]]


class Late(BaseException):
    """A command took longer than it may."""


@contextmanager
def in_time() -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise Late(f"longer than {LONGEST_S} s")

    timers = ((signal.SIGPROF, signal.ITIMER_PROF, LONGEST_S), (signal.SIGALRM, signal.ITIMER_REAL, HANGS_S))
    before = [signal.signal(number, stop) for number, _, _ in timers]
    try:
        for _, timer, seconds in timers:
            signal.setitimer(timer, seconds)
        yield
    finally:
        for (number, timer, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


COMMANDS = typer.main.get_command(app)  # made once, which takes as long as a table
WATCHED: list[tuple[Path, ...]] = []
WRITES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.symlink", "os.link", "os.truncate", "os.chmod")
written_elsewhere: list[str] = []


def place_of(path: Path, followed: bool) -> Path:
    """Where it really is; of a link that is not followed where the link is."""
    return Path(os.path.realpath(path)) if followed else Path(os.path.realpath(path.parent), path.name)


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook, as none can be taken off again: notes what is written outside of the watched folders."""
    if not WATCHED:
        return
    flags = 0
    if event == "open":
        flags = arguments[2] if isinstance(arguments[2], int) else 0
        paths = arguments[:1] if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC) else ()
    else:
        paths = arguments[: 2 if event == "os.rename" else 1] if event in WRITES else ()
    for path in paths:
        if not isinstance(path, str | bytes | os.PathLike):
            continue
        real = place_of(Path(os.fsdecode(path)), event == "open" and not flags & os.O_NOFOLLOW)
        if "__pycache__" not in real.parts and not any(real.is_relative_to(folder) for folder in WATCHED[-1]):
            written_elsewhere.append(f"{event} {real}")


sys.addaudithook(watch)


@contextmanager
def watched(*folders: Path) -> Iterator[None]:
    written_elsewhere.clear()
    WATCHED.append(tuple(Path(os.path.realpath(folder)) for folder in folders))
    try:
        yield
    finally:
        WATCHED.pop()


@cache
def good_files() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as temporary:
        folder = write_run(Path(temporary) / "run")
        return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def write_good(folder: Path) -> Path:
    """A good run folder; written once by the code of a run, and then copied."""
    (folder / "plots").mkdir(parents=True)
    for name, content in good_files().items():
        (folder / name).write_bytes(content)
    return folder


def faults_of(found: list[Mutation], name: str, turn: int, part: int = 1) -> Iterator[str]:
    """What went wrong with a run folder that was damaged so, command by command. part: of so many commands one is tried."""
    with tempfile.TemporaryDirectory(prefix="gradmark-fuzz-") as temporary:
        base = Path(temporary)
        run, good, aside, outside = base / name, write_good(base / "good"), base / "aside", base / "outside"
        write_good(run)
        aside.mkdir()
        (aside / "document.md").write_text("before\n<!-- begin: gradmark table RUN -->\n<!-- end -->\nafter\n")
        outside.mkdir()
        for kept in ("kept", "journal.jsonl"):
            (outside / kept).write_text("as it was")
        for mutation in found:
            mutation.apply(run, outside)
        for command in reading_commands(run, good, aside, turn // part)[turn % part :: part]:
            with watched(run, aside, Path("/dev/null")):
                fault = fault_of(command)
            words = " ".join(Path(word).name if isinstance(word, Path) else word for word in command)
            if fault:
                yield f"{words}: {fault}"
            for elsewhere in written_elsewhere:
                yield f"{words}: writes outside: {elsewhere}"
        if sorted(os.listdir(outside)) != ["journal.jsonl", "kept"] or {p.read_text() for p in outside.iterdir()} != {
            "as it was"
        }:
            yield "a file outside was changed"
        for path in run.rglob("*"):
            if not path.is_symlink() and path.is_file():
                path.chmod(0o644)


def fault_of(command: tuple[str | Path, ...]) -> str:
    """What is wrong with how a command ended; empty where nothing is."""
    ends: list[str] = []

    def stop_with(message: str, status: int) -> None:
        if status == 70:
            trace = traceback.extract_tb(sys.exc_info()[2])
            ends.append(f"{message} in {' < '.join(f'{f.name}:{f.lineno}' for f in reversed(trace[-4:]))}")
        stopped(message, status)

    stopped = cli.stop_with
    try:
        with (
            warnings.catch_warnings(), in_time(), measuring_nothing(),
            patch.object(cli, "stop_with", stop_with), patch.object(cli, "app", COMMANDS),
        ):  # fmt: skip
            warnings.simplefilter("error")
            done = typed(*command)
    except Late as late:
        return str(late)
    if ends:
        return ends[0]
    if done.returncode not in (0, 1, 2):
        return f"exit status {done.returncode}"
    if done.returncode == 2 and len(done.stderr.splitlines()) != 1:
        return f"exit status 2 with {len(done.stderr.splitlines())} lines"
    unseen = [line for line in (done.stdout + done.stderr).split("\n") if not line.isprintable()]
    return f"shows {unseen[0]!r}" if unseen else ""


@contextmanager
def measuring_nothing() -> Iterator[None]:
    """A run is resumed in all but its measurements."""
    with (
        patch("bench.commands.run.execute_run", lambda *arguments: 0),
        patch("bench.run.folder.describe_machine", lambda: {**ENVIRONMENT}),
        patch("bench.run.folder.writable_cache", lambda folder: folder),
        patch("bench.run.resume.this_machine_facts", lambda: machine_facts(ENVIRONMENT)),
        patch("bench.run.resume.code_variables", lambda: ENVIRONMENT["variables"]),
        patch("os.fsync"),  # for which the disk is waited for
    ):
        yield


def try_folders(count: int, number: int, tell: Callable[[list[Mutation], str, str], None], part: int = 1) -> int:
    """Try so many damaged folders from a seed; how many were tried. tell: called with each fault. part: as in faults_of."""
    tried = 0

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(found=mutations, name=names)
    def each(found: list[Mutation], name: str) -> None:
        nonlocal tried
        tried += 1
        for fault in faults_of(found, name, tried, part):
            tell(found, name, fault)

    matplotlib.get_cachedir(), matplotlib.get_configdir()  # which it makes when it is asked for the first time
    each()
    return tried


def main(count: int, number: int, part: int = 1) -> int:
    began, faults = time.monotonic(), Counter[str]()

    def tell(found: list[Mutation], name: str, fault: str) -> None:
        faults[fault] += 1
        if faults[fault] == 1:
            print(f"FAULT {fault}\n      name {name!r}; {found}", flush=True)

    tried = try_folders(count, number, tell, part)
    print(f"{tried} folders from seed {number} in {time.monotonic() - began:.0f} s: {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
