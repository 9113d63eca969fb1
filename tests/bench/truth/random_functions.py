"""Random oracles: texts from the grammar of what an oracle may use, held against mpmath's differences.

`python -m tests.bench.truth.random_functions 10000 7` tries so many with this seed and prints every fault that it finds.
A third number is the place of the first, so that two processes may share the work.
"""

from __future__ import annotations

import collections
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import mpmath
import numpy as np

from bench import UsageError
from bench.data.inputs import Inputs
from bench.truth.certified import Certified, certified_answer
from bench.truth.compute import reference_of
from bench.truth.oracle import Oracle
from bench.truth.time_budget import Uncertified
from tests.bench.truth import mpmath_numpy
from tests.bench.truth.certified_modules import certified_module, holds, plain_module

SHAPES = {"a": (), "b": (3,), "c": (2, 3)}
NUMBERS = (-2.5, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 0.3, -0.7, 1.1, -1.3, 0.9)
UNARY = (
    "np.exp({0} / 4)",
    "np.sin({0})",
    "np.cos({0})",
    "np.tanh({0})",
    "np.log(1 + {0} ** 2)",
    "np.sqrt(1 + {0} ** 2)",
    "np.arctan({0})",
    "-{0}",
    "{0} ** 2",
    "{0} ** 3",
    "1 / (2 + {0} ** 2)",
    "np.abs({0})",
    "np.square({0})",
    "np.sqrt({0})",
    "np.log({0})",
    "1 / {0}",
    "np.expm1({0} / 4)",
    "np.log1p({0} ** 2)",
    "np.hypot({0}, 1)",
    "np.arctan2({0}, 2)",
    "2 ** {0}",
    "special.expit({0})",
    "np.sign({0}) * {0}",
    "np.maximum({0}, 0)",
    "np.clip({0}, -0.5, 0.5)",
    "np.where({0} > 0, {0}, 0.1 * {0})",
    "np.where(np.isnan({0}), 0, {0})",
    "np.nan_to_num({0})",
    "({0} > 0) * {0}",
    "np.floor({0}) * {0}",
    "np.real(np.exp(1j * {0}))",
    "np.imag(({0} + 1j) ** 2)",
    "np.abs({0} + 0.5j)",
    "np.sinh({0})",
    "np.copy({0})",
    "np.asarray({0})",
    "np.arcsinh({0})",
    "np.zeros_like({0}) + {0}",
    "np.where({0} > 0, np.sqrt({0}), 0)",
    "np.round({0}) + {0}",
)
BINARY = (
    "{0} + {1}",
    "{0} - {1}",
    "{0} * {1}",
    "{0} / (2 + {1} ** 2)",
    "{0} / {1}",
    "np.maximum({0}, {1})",
    "np.minimum({0}, {1})",
    "np.where({0} > {1}, {0}, {1})",
    "np.where({0} < {1}, {0} * {1}, {1})",
    "np.arctan2({0}, 1 + {1} ** 2)",
    "np.hypot({0}, {1})",
    "np.exp({0} / 4) ** {1}",
    "np.logaddexp({0}, {1})",
    "({0} >= {1}) * {1}",
    "np.where(({0} > 0) & ({1} > 0), {0}, {1})",
    "np.where(np.isnan({0}), {1}, {0})",
    "np.power(1 + {0} ** 2, {1} / 4)",
)
TO_SCALAR = (
    "np.sum({0})",
    "np.mean({0})",
    "np.prod({0})",
    "np.max({0})",
    "np.min({0})",
    "np.linalg.norm({0})",
    "np.median({0})",
    "np.var({0})",
    "np.nansum({0})",
    "{0}[{first}]",
    "{0}[{last}]",
    "np.sum({0}, where={0} > 0)",
    "np.nanmean({0})",
    "np.nanmax({0})",
    "{0}.sum()",
    "{0}.max()",
    "{0}.mean()",
    "np.std({0})",
    "np.take({0}, 1)",
    "np.ravel({0})[-1]",
    "np.sort({0}, axis=None)[1]",
    "{0}.ravel()[np.argmax({0})]",
    "special.logsumexp({0})",
    "np.linalg.norm({0}.ravel(), 1)",
)
FROM = {
    (3,): {
        (3,): (
            "{0}[::-1]",
            "np.roll({0}, 1)",
            "np.cumsum({0})",
            "np.cumprod({0})",
            "np.sort({0})",
            "{0}[data['i']]",
            "np.flip({0})",
            "{0}[np.argsort({0})]",
            "np.concatenate([{0}[1:], {0}[:1]])",
            "np.where(data['m'], {0}, 0)",
            "data['m'] * {0}",
            "{0} * data['u']",
            "{0} * data['n']",
            "np.where(np.isnan(data['n']), 0, {0} * data['n'])",
            "np.where(np.isnan(data['n']), 0, data['n']) @ np.outer({0}, {0})",
            "np.diff(np.append({0}, 1.0))",
            "np.bincount(data['i'], weights={0}, minlength=3)",
            "set_entry({0})",
            "set_mask({0}, data['m'])",
            "add_places({0}, data['i'])",
            "in_place({0})",
            "np.linalg.solve(data['s'] + np.diag({0} ** 2), {0})",
            "np.fft.irfft(np.fft.rfft({0}), 3)",
            "np.pad({0}[:2], (0, 1), mode='edge')",
            "np.take({0}, data['i'])",
            "np.maximum.reduce(np.outer({0}, data['w']))",
            "({0} - data['u'])",
            "{0} ** data['i']",
            "np.interp3({0})" if 0 else "{0} / data['u']",
            "np.searchsorted(np.array([-1.0, 0.0, 1.0]), {0}) * {0}",
            "np.where(data['m'], np.log({0}), 0)",
            "np.delete(np.insert3({0}), 0)" if 0 else "np.tile({0}, 2)[2:5]",
        ),
        (2, 3): (
            "np.stack([{0}, {0} ** 2])",
            "np.tile({0}, (2, 1))",
            "np.outer(data['w'][:2], {0})",
            "np.broadcast_to({0}, (2, 3))",
            "np.vander2({0})" if 0 else "np.array([{0}, data['w']])",
            "{0}[None] * np.ones((2, 1))",
            "np.repeat({0}[None], 2, axis=0)",
            "{0}[np.array([[0, 1, 1], [2, 2, 0]])]",
            "np.multiply.outer(np.arange(2), {0})",
            "np.einsum('i,j->ij', {0}[:2], {0})",
            "rows_of({0})",
        ),
    },
    (2, 3): {
        (3,): (
            "np.sum({0}, axis=0)",
            "{0}.mean(axis=0)",
            "np.max({0}, axis=0)",
            "np.prod({0}, axis=0)",
            "{0}[1]",
            "{0}[-1, ::-1]",
            "{0}[0] * {0}[1]",
            "np.diagonal({0} @ {0}.T).sum() * {0}[0]",
            "np.min({0}, axis=0)",
            "{0}[[0, 1, 0], [0, 1, 2]]",
            "np.einsum('ij->j', {0})",
            "np.linalg.norm({0}, axis=0)",
            "{0}.reshape(3, 2)[:, 0]",
            "{0}.T @ np.array([1.0, -0.5])",
            "np.median({0}, axis=0)",
            "np.std({0}, axis=0)",
            "np.nansum({0}, axis=0)",
            "{0}[np.argmax({0}, axis=0), np.arange(3)]",
            "np.where({0}[0] > {0}[1], {0}[0], {0}[1])",
            "np.trace({0}) * {0}[0]",
            "special.softmax({0}, axis=1)[0]",
            "np.linalg.slogdet(np.eye(2) + {0} @ {0}.T)[1] * {0}[1]",
            "np.linalg.det(data['s'] + {0}.T @ {0}) * {0}[0]",
            "np.linalg.cholesky(data['s'] + {0}.T @ {0})[2]",
            "np.linalg.inv(data['s'] + {0}.T @ {0})[1]",
        ),
        (2, 3): (
            "{0}[::-1]",
            "{0}.T.reshape(2, 3)",
            "np.cumsum({0}, axis=1)",
            "np.cumprod({0}, axis=0)",
            "np.sort({0}, axis=1)",
            "np.flip({0}, 1)",
            "{0} - {0}.mean(axis=0)",
            "np.tril({0})",
            "{0} - np.max({0}, axis=1, keepdims=True)",
            "{0} @ data['s']",
            "np.take_along_axis({0}, np.argsort({0}, axis=1), axis=1)",
            "np.roll({0}, 1, axis=0)",
            "np.tensordot({0}, data['s'], axes=(1, 0))",
            "np.where({0} > 0, {0}, {0} * data['w'])",
            "np.reshape({0}, (3, 2), order='F').T",
            "{0} * data['m']",
            "special.softmax({0}, axis=0)",
            "np.triu({0}, 1) + {0}",
            "masked({0})",
            "np.concatenate([{0}[:, 1:], {0}[:, :1]], axis=1)",
            "np.swapaxes({0}[None], 0, 1)[:, 0]",
            "{0} / (1 + np.sum({0} ** 2))",
            "np.where(np.isnan({0} * data['n']), 0, {0} * data['n'])",
        ),
    },
    (): {
        (): ("{0}",),
        (3,): (
            "{0} * data['w']",
            "np.full(3, {0})",
            "np.array([{0}, 1.0, {0} ** 2])",
            "np.linspace(0, {0}, 3)",
            "np.repeat({0}, 3)",
            "np.stack([{0}, {0}, 2.0])",
        ),
        (2, 3): (
            "np.broadcast_to({0}, (2, 3))",
            "np.full((2, 3), {0})",
            "{0} * np.eye(2, 3)",
            "{0} + np.arange(6).reshape(2, 3) / np.array(3.0)",
        ),
    },
}
HEAD = """import numpy as np
from scipy import special


def set_entry(x):
    out = np.zeros(3)
    out[1:] = x[:2]
    out[0] = x[2] * x[0]
    out[-1] *= 2
    return out


def set_mask(x, mask):
    out = x.copy()
    out[mask] = x[mask] ** 2
    return out


def masked(x):
    out = x * 1.0
    out[out < 0] = 0.5
    return out + x


def add_places(x, places):
    out = np.zeros(3)
    np.add.at(out, places, x)
    return out


def in_place(x):
    out = x * 2
    alias = out
    out += 1
    out *= x
    total = out.sum()
    kept = total
    total += 1
    return alias + out * kept / (1 + total ** 2)


def rows_of(x):
    rows = []
    for k in range(2):
        rows.append(x * (k + 1) if x[k] > 0 else x - k)
    return np.array(rows)


def objective(params, data):
    a, b, c = params["a"], params["b"], params["c"]
"""
FIXED = {
    "i": np.array([2, 0, 2]),
    "m": np.array([True, False, True]),
    "u": np.array([200, 3, 0], np.uint8),
    "n": np.array([0.5, np.nan, -1.5]),
    "w": np.array([0.4, -1.0, 2.0]),
    "s": np.array([[4.0, 0.3, 0.2], [0.3, 3.0, 0.1], [0.2, 0.1, 2.0]]),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "value": {},
    "gradient": {},
    "hessian": {},
    "gradient_descent": {"rate": 0.01, "steps": 3},
}


class Choices(Protocol):
    """Where random choices come from: hypothesis or a generator of NumPy."""

    def integer(self, below: int) -> int: ...


class Generated:
    def __init__(self, seed: int):
        self.rng = np.random.default_rng(seed)

    def integer(self, below: int) -> int:
        return int(self.rng.integers(below))


@dataclass(frozen=True)
class Example:
    source: str
    params: dict[str, np.ndarray]
    operation: str


def one_of(choices: Choices, items: Any) -> Any:
    return items[choices.integer(len(items))]


class Writer:
    """Writes the lines of a function, a variable for every step."""

    def __init__(self, choices: Choices):
        self.choices, self.lines = choices, list[str]()
        self.known: dict[tuple[int, ...], list[str]] = {(): ["a"], (3,): ["b"], (2, 3): ["c"]}

    def add(self, shape: tuple[int, ...], text: str) -> None:
        name = f"v{len(self.lines)}"
        self.lines.append(f"    {name} = {text}\n")
        self.known[shape].append(name)

    def step(self) -> None:
        shape = one_of(self.choices, list(FROM))
        x = one_of(self.choices, self.known[shape])
        kind = self.choices.integer(5)
        if kind == 0:
            self.add(shape, one_of(self.choices, UNARY).format(x))
        elif kind == 1:
            y = one_of(
                self.choices, [name for key in ((), (3,), shape) if len(key) <= len(shape) for name in self.known[key]]
            )
            self.add(shape, one_of(self.choices, BINARY).format(x, y))
        elif kind == 2 and shape:
            text = one_of(self.choices, TO_SCALAR)
            self.add(
                (), text.format(x, first="0, 1" if len(shape) == 2 else "1", last="-1, -1" if len(shape) == 2 else "-1")
            )
        else:
            target = one_of(self.choices, list(FROM[shape]))
            self.add(target, one_of(self.choices, FROM[shape][target]).format(x))

    def last(self) -> str:
        """The sum of the last variables, so that most of what was written counts."""
        return (
            " + ".join(f"np.sum({names[-1]})" for shape, names in self.known.items() if names[-1].startswith("v"))
            or "a"
        )


def example_of(choices: Choices) -> Example:
    writer = Writer(choices)
    for _ in range(2 + choices.integer(5)):
        writer.step()
    source = HEAD + "".join(writer.lines) + f"    return {writer.last()}\n"
    odd = choices.integer(10) == 0
    values = (*NUMBERS, np.nan, 0.0, 1e-8) if odd else NUMBERS if choices.integer(3) == 0 else ODD_NUMBERS
    params = {
        name: np.array([one_of(choices, values) for _ in range(int(np.prod(shape)))]).reshape(shape)
        for name, shape in SHAPES.items()
    }
    return Example(source, params, one_of(choices, list(OPTIONS)))


LARGEST = 1e30
STEEPEST = 1e12
"""Beyond it the function jumps, or has no slope, as that of a root at 0."""
ODD_NUMBERS = tuple(float(x) for x in np.random.default_rng(0).normal(size=40))
"""Without ties."""


def truth_of(example: Example) -> dict[str, Any]:
    """Path → number, of mpmath."""
    function = mpmath_numpy.load(example.source).objective
    params, data = mpmath_numpy.to_mpmath(example.params), mpmath_numpy.to_mpmath(FIXED)
    options = OPTIONS[example.operation]
    if example.operation == "value":
        found: Any = mpmath_numpy.number(mpmath_numpy.scalar(function(params, data)))
    elif example.operation == "gradient":
        found = mpmath_numpy.gradient(function, params, data)
    elif example.operation == "hessian":
        found = mpmath_numpy.hessian(function, params, data)
    else:
        found = mpmath_numpy.descent(function, params, data, **options)
    return dict(leaves(found))


def leaves(tree: Any, path: str = "") -> Any:
    if isinstance(tree, dict):
        for key, part in tree.items():
            yield from leaves(part, f"{path}/{key}")
    else:
        for index in np.ndindex(np.shape(tree)):
            yield f"{path}{list(index)}", tree[index] if isinstance(tree, np.ndarray) else tree


def answer_of(example: Example) -> Certified:
    oracle = Oracle(certified_module(example.source).objective)
    return certified_answer(oracle, example.operation, example.params, FIXED, OPTIONS[example.operation], scale=1.0)


def wrong(example: Example) -> tuple[str, str]:
    """(what came out, the fault or an empty text). A tie needs no single answer."""
    try:
        answer = answer_of(example)
    except Uncertified as reason:
        return f"uncertified: {str(reason)[:60]}", ""
    except UsageError as reason:
        return f"refused: {str(reason)[:60]}", ""
    if answer.tied:
        return beside_tie(example) if example.operation == "gradient" else ("tied", "")
    with mpmath.workdps(mpmath_numpy.DIGITS):
        try:
            truth = truth_of(example)
        except NONE_OF_MPMATH as error:
            return f"mpmath has none: {error}", singular(example, answer)
        if any(mpmath.isfinite(number) and abs(number) > LARGEST for number in truth.values()):
            return "too large for differences", ""
        values, radii = dict(leaves(answer.values)), dict(leaves(answer.radii))
        if any(np.isfinite(float(n.real)) and not np.isfinite(values[path]) for path, n in truth.items()):
            return beside_tie(example) if example.operation == "gradient" else (f"singular {example.operation}", "")
        for path, number in truth.items():
            fault = compare(values[path], radii[path], number)
            none = mpmath.isnan(number) or number.imag != 0
            if example.operation == "value" and none and np.isfinite(values[path]):
                fault = f"{values[path]!r}, truth {number}"
            if fault:
                return "wrong", f"{path}: {fault}"
    return "right" if all(np.isfinite(float(x)) for x in values.values()) else "right, not finite", ""


def beside_tie(example: Example) -> tuple[str, str]:
    """Whether the interval of slopes holds those on both sides along each variable, where the function does not jump."""
    oracle = Oracle(certified_module(example.source).objective)
    try:
        found = reference_of(oracle, Inputs(example.params, FIXED, ""), "gradient", {}, "float64")
    except UsageError as reason:
        return f"tied, refused: {str(reason)[:40]}", ""
    if found.why:
        return f"tied, {found.why[:30]}", ""
    low, high = found.bounds or (found.value, found.value)
    try:
        for name, index, slope in one_sided_slopes(example):
            margin = mpmath.mpf(10) ** -15 * (1 + abs(slope))
            least, most = (mpmath.mpf(float(side[name][index])) for side in (low, high))
            if not least - margin <= slope <= most + margin:
                return "wrong", f"tied {name}{list(index)}: {least} … {most}, truth {mpmath.nstr(slope, 20)}"
    except NONE_OF_MPMATH as error:
        return f"tied, mpmath has none: {error}", ""
    return "tied, interval right", ""


def one_sided_slopes(example: Example) -> Iterator[tuple[str, Any, Any]]:
    function = mpmath_numpy.load(example.source).objective
    with mpmath.workdps(mpmath_numpy.DIGITS):
        params, data = mpmath_numpy.to_mpmath(example.params), mpmath_numpy.to_mpmath(FIXED)
        if mpmath.im(function(params, data)[()]) != 0:  # NaN, of real numbers
            return
        for name, x in params.items():
            for index in np.ndindex(x.shape):
                for sign in (1, -1):
                    slope = mpmath_numpy.one_sided(function, params, data, name, index, sign)
                    if mpmath.isfinite(slope) and slope.imag == 0 and abs(slope) < STEEPEST:
                        yield name, index, slope.real


NONE_OF_MPMATH = (AttributeError, ZeroDivisionError, ValueError, OverflowError, TypeError)


def compare(value: Any, radius: Any, truth: Any) -> str:
    if isinstance(truth, mpmath.mpc) and truth.imag != 0:
        return ""
    truth = truth.real
    if mpmath.isnan(truth):  # of a difference between NaN; a slope may be known all the same
        return ""
    if mpmath.isinf(truth):
        return "" if not np.isfinite(value) else f"{value!r}, truth {truth}"
    if not np.isfinite(value):
        return f"{value!r}, truth {mpmath.nstr(truth, 25)}"
    return "" if holds(value, radius, truth) else f"{value!r} ± {radius!r}, truth {mpmath.nstr(truth, 30)}"


def singular(example: Example, answer: Certified) -> str:
    """Where mpmath raises, as at 1/0: NumPy's value says whether the certified one may be finite."""
    if example.operation != "value":
        return ""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = float(plain_module(example.source).objective(example.params, {**FIXED, "u": FIXED["u"].astype(int)}))
    value = float(answer.values)
    same = np.isclose(value, plain, rtol=1e-9, atol=1e-12, equal_nan=True)
    return "" if same else f"value {value!r}, NumPy {plain!r}"


def shown(example: Example) -> str:
    return example.source[len(HEAD) :] + repr(example.params)


def main(count: int, seed: int, first: int = 0) -> int:
    outcomes: collections.Counter[str] = collections.Counter()
    faults = 0
    for k in range(first, first + count):
        example = example_of(Generated(seed * 10**6 + k))
        started = time.time()
        try:
            outcome, fault = wrong(example)
        except Exception as error:
            outcome, fault = "error", f"{type(error).__name__}: {str(error)[:300]}"
        outcomes[outcome] += 1
        if fault:
            faults += 1
            print(f"--- {k} {example.operation}: {fault}\n{shown(example)}", flush=True)
        if time.time() - started > 20:
            print(f"--- {k} slow: {time.time() - started:.0f} s\n{shown(example)}", flush=True)
        if k % 500 == 499:
            print(k + 1 - first, "tried,", faults, "faults", flush=True)
    print(f"{count} examples, seed {seed}: {faults} faults")
    for outcome, n in outcomes.most_common(40):
        print(f"{n:6} {outcome}")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
