"""Texts from elsewhere, in every place of every file that may hold one, in every output: they stay texts.

The places are found in the types that the readers hold a file to, so that a new member is tried without a word here.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest
from msgspec import inspect

from bench import UsageError
from bench.machine.limits import MachineLimits, read_limits
from bench.rows.environment import Environment, read_environment, read_sources
from bench.rows.journal import JOURNAL, MEMORY_JOURNAL, Journal
from bench.rows.row import Row
from bench.rows.step_curves import StoredCurve, read_step_curves
from tests.bench.hostile import TEXTS, write_run
from tests.bench.processes import typed

FILES: dict[str, Any] = {
    JOURNAL: Row,
    MEMORY_JOURNAL: Row,
    "environment.json": Environment,
    "sources.json": dict[str, str],
    "limits.json": MachineLimits,
    "steps.json": list[StoredCurve],
}
"""What the readers hold the files of a run folder to."""
KEY = object()  # of a place: the name of a member, rather than what it holds


def text_places(kind: inspect.Type, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a type that may hold a text."""
    if isinstance(kind, inspect.StrType | inspect.LiteralType):
        return [path]
    if isinstance(kind, inspect.UnionType):
        return list(dict.fromkeys(place for each in kind.types for place in text_places(each, path)))
    if isinstance(kind, inspect.StructType | inspect.TypedDictType | inspect.DataclassType):
        return [place for each in kind.fields for place in text_places(each.type, (*path, each.encode_name))]
    if isinstance(kind, inspect.ListType | inspect.VarTupleType):
        return text_places(kind.item_type, (*path, 0))
    if isinstance(kind, inspect.DictType):
        return [*text_places(kind.key_type, (*path, KEY)), *text_places(kind.value_type, (*path, None))]
    if isinstance(kind, inspect.Metadata):
        return text_places(kind.type, path)
    return []


def put(content: Any, path: tuple[Any, ...], text: str) -> Any:
    """The content with the text in that place, which is made where it is not there."""
    if not path:
        return text
    first, *rest = path
    if first is KEY:
        name = next(iter(content or {}), "")
        return {text: (content or {}).get(name, ""), **{k: v for k, v in (content or {}).items() if k != name}}
    if first == 0:
        return [put((content or [None])[0], tuple(rest), text), *(content or [None])[1:]]
    name = next(iter(content or {}), "name") if first is None else first
    return {**(content or {}), name: put((content or {}).get(name), tuple(rest), text)}


PLACES = [(file, place) for file, kind in FILES.items() for place in text_places(inspect.type_info(kind))]


READERS = {
    JOURNAL: lambda folder: Journal(folder / JOURNAL).rows(),
    MEMORY_JOURNAL: lambda folder: Journal(folder / MEMORY_JOURNAL).rows(),
    "environment.json": read_environment,
    "sources.json": read_sources,
    "limits.json": lambda folder: read_limits(folder / "limits.json"),
    "steps.json": read_step_curves,
}


class Folder:
    """The files of a run folder as values, to be changed and written."""

    def __init__(self, folder):
        self.folder = folder
        self.contents = {name: self.read(folder / name) for name in FILES}

    def read(self, path):
        lines = path.read_text().splitlines()
        return [json.loads(line) for line in lines] if path.suffix == ".jsonl" else json.loads(path.read_text())

    def change(self, file, place, text):
        """In every row of a journal, so that it is shown wherever one is."""
        content = self.contents[file]
        if file.endswith(".jsonl"):
            number = iter("abcdefghijklmnopqrstuvwxyz") if place == ("key",) else itertools.repeat("")
            self.contents[file] = [put(e, place, text + next(number)) if e["event"] == "row" else e for e in content]
        else:
            self.contents[file] = put(content, place, text)

    def write(self, file):
        content = self.contents[file]
        if file.endswith(".jsonl"):
            (self.folder / file).write_text("".join(json.dumps(event) + "\n" for event in content))
        else:
            (self.folder / file).write_text(json.dumps(content))


def takes(folder, file, place, text):
    """Whether the reader of a file takes a text in that place; if not it says why in a line that names the file."""
    folder.change(file, place, text)
    folder.write(file)
    try:
        READERS[file](folder.folder)
    except UsageError as error:
        refusal = str(error)
    else:
        return True
    assert refusal.isprintable(), (file, place)
    assert file in refusal
    return False


def free_places(folder):
    """The places that take any text: the others, names and choices, are refused."""
    free = []
    changed = Folder(folder)
    known = {
        file: [event for event in content if event["event"] == "row"][:1] if file.endswith(".jsonl") else content
        for file, content in changed.contents.items()
    }
    for file, place in PLACES:
        taken = set()
        for text in TEXTS:
            changed.contents[file] = known[file]
            taken.add(takes(changed, file, place, text))
        assert len(taken) == 1, (file, place)
        free += [(file, place)] if True in taken else []
    return free


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return write_run(tmp_path_factory.mktemp("texts") / "good")


@pytest.fixture(scope="module")
def plain(good, free):
    """What the commands whose output has a form print of a folder with harmless words in all of these places."""
    twin = run_of_texts(good.parent, free, ["words"])
    forms = [name for name in COMMANDS if name.split()[-1] in ("md", "html", "latex", "csv", "json")]
    return {name: output(name, twin, good, good.parent) for name in forms}


@pytest.fixture(scope="module")
def free(tmp_path_factory):
    return free_places(write_run(tmp_path_factory.mktemp("free") / "run"))


def test_the_places_are_found_in_the_types():
    found = {(file, *(str(part) for part in place if part is not KEY)) for file, place in PLACES}
    assert {
        (JOURNAL, "reason"),
        (JOURNAL, "warnings", "0"),
        (MEMORY_JOURNAL, "problem"),
        ("steps.json", "0", "method"),
    } <= found
    assert {("environment.json", "cpu"), ("environment.json", "settings", "selection", "problem", "0")} <= found
    assert len(PLACES) > 50


@pytest.mark.slow
def test_names_and_choices_take_none_of_them_and_the_others_all(free):
    names = {place[-1] for file, place in PLACES if (file, place) not in free}
    assert names == {
        *("problem", "instance", "operation", "backend", "variant", "method", "dtype", "device", "status", "machine"),
        "schema",
        *("objective", "error_relative", "error_ulp", "error_explained"),
    }


def run_of_texts(folder, free, texts, shift=0):
    """A run folder in which each free place holds another of the texts, and whose name is one, too."""
    changed = Folder(write_run(folder / f"run {texts[shift].replace('/', '_')[:60]}"))
    for number, (file, place) in enumerate(free):
        same = place == ("key",)  # by which the memory of a row is found
        changed.change(file, place, texts[(shift if same else number + shift) % len(texts)])
    for file in FILES:
        changed.write(file)
    return changed.folder


COMMANDS = {
    "terminal": ("table", "RUN"),
    "md": ("table", "RUN", "--format", "md"),
    "html": ("table", "RUN", "--format", "html"),
    "latex": ("table", "RUN", "--format", "latex"),
    "csv": ("table", "RUN", "--format", "csv"),
    "accuracy": ("accuracy", "RUN"),
    "accuracy md": ("accuracy", "RUN", "--format", "md"),
    "accuracy html": ("accuracy", "RUN", "--format", "html"),
    "accuracy latex": ("accuracy", "RUN", "--format", "latex"),
    "export json": ("export", "RUN"),
    "compare": ("compare", "RUN", "OTHER", "--across-machines"),
    "compare md": ("compare", "RUN", "OTHER", "--across-machines", "--format", "md"),
    "compare html": ("compare", "RUN", "OTHER", "--across-machines", "--format", "html"),
    "report html": ("report", "RUN", "--out", "FILE"),
    "resume": ("run", "--resume", "RUN"),
    "steps": ("plot", "RUN", "--kind", "steps", "--out", "FOLDER"),
}


def output(name, run, other, aside):
    """What a command prints of a run, or writes."""
    words = {"RUN": run, "OTHER": other, "FILE": aside / "report.html", "FOLDER": aside}
    done = typed(*(words.get(word, word) for word in COMMANDS[name]))
    assert done.returncode == (2 if name == "resume" else 0), done.stderr
    for line in (done.stdout + done.stderr).split("\n"):
        assert line.isprintable(), line
    return words["FILE"].read_text() if name == "report html" else done.stdout


def assert_same_shape(name, found, wanted):
    """A form has the same structure with any texts in it."""
    form = name.split()[-1]
    if form == "md":
        assert markdown_shape(found) == markdown_shape(wanted)
    elif form == "html":
        assert html_shape(found) == html_shape(wanted)
    elif form == "latex":
        assert latex_shape(found) == latex_shape(wanted)
    elif form == "csv":
        assert_csv(found, wanted)
    elif form == "json":
        json.loads(found, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


MARKDOWN_BLOCK = re.compile(r"\s*(?:- )?(#+|[-+*]|=+|```|~~~|\d+[.)]|<\w+|>)(?=\s|$|<)")  # of an item what it begins


def markdown_shape(text):
    """Headings, items, rules, and the number of columns of each table; no line begins anything else."""
    lines = text.split("\n")
    marks = Counter(found[1] for line in lines if (found := MARKDOWN_BLOCK.match(line)))
    assert not re.search(r"(?<!\\)[<`]|(?<!\\)\]\(", text)
    return marks, [len(re.findall(r"(?<!\\)\|", line)) for line in lines if line.startswith("|")]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, ...]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, *sorted(name for name, _ in attrs)))

    def handle_comment(self, data):
        self.found.append(("comment",))


def html_shape(text):
    parser = Tags()
    parser.feed(text)
    return Counter(parser.found)


def latex_shape(text):
    """Commands, environments and columns, but for the commands that stand for a sign."""
    lines = [line for line in text.split("\n") if not line.startswith("%")]
    commands = Counter(re.findall(r"\\[a-zA-Z]+", "\n".join(lines)))
    signs = {
        name: count for name, count in commands.items() if name.startswith("\\text") or name in ("\\times", "\\cdot")
    }
    columns = [len(re.findall(r"(?<!\\)&", line)) for line in lines]
    opened = [len(re.findall(r"(?<!\\)[{]", line)) - len(re.findall(r"(?<!\\)[}]", line)) for line in lines]
    return commands - Counter(signs), [count for count in columns if count], [count for count in opened if count]


def assert_csv(found, wanted):
    rows, others = list(csv.reader(io.StringIO(found))), list(csv.reader(io.StringIO(wanted)))
    assert [len(row) for row in rows] == [len(row) for row in others]
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip().startswith(("=", "+", "@", "＝")), cell
        assert not re.match(r"\s*-[^\d]", cell), cell


@pytest.mark.slow
@pytest.mark.parametrize("shift", range(0, len(TEXTS), 4))
def test_no_output_obeys_a_text(good, plain, free, tmp_path, shift):
    run = run_of_texts(tmp_path, free, TEXTS, shift)
    for name in COMMANDS:
        found = output(name, run, good, tmp_path)
        if name in plain:
            assert_same_shape(name, found, plain[name])
