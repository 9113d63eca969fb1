"""What would leave certified numbers is refused with a sentence; aliases, views and assignment are as NumPy has them."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from bench import UsageError
from bench.truth.certified import certified_answer
from bench.truth.oracle import Oracle
from bench.truth.oracle_arrays import UnknownOperation, known_names
from bench.truth.time_budget import Uncertified
from tests.bench.truth.certified_modules import certified, certify_folder

HEAD = """import copy, decimal, fractions, functools, json, math, pickle, statistics
import numpy, scipy
import numpy as np
import scipy.linalg as sla
import scipy.special as sp
from numpy import exp, float32, linalg, ndarray, vectorize
from scipy import interpolate, special, stats
from scipy.special import expit, roots_legendre

W = np.array([1.0, 2.0, 3.0])
L = [0.1, 0.2, 0.3]


@functools.lru_cache
def cached(x):
    return x * 2


def objective(params, data):
    x, n, i, m = params["x"], data["n"], data["i"], data["m"]
"""
PARAMS = {"x": np.array([0.3, 1.5, 2.0])}
DATA = {"n": np.array([0.5, 1.5, 2.5]), "i": np.array([1, 2, 0]), "m": np.array([True, False, True])}


def slope(body: str, x: list[float] | None = None) -> tuple[list[float], list[str]]:
    """(the gradient of the last line of the body, its ties)."""
    *lines, last = body.split("; ")
    source = HEAD + "".join(f"    {line}\n" for line in lines) + f"    return {last}\n"
    found = certified(source, "gradient", PARAMS if x is None else {"x": np.array(x)}, DATA)
    return [float(g) for g in found.values["x"]], found.tied


REFUSED = """np.vectorize(math.exp)(x).sum()
vectorize(math.exp)(x).sum()
np.frompyfunc(math.exp, 1, 1)(x).sum()
math.exp(x[0])
math.sqrt(x[0]) * x[0]
math.floor(x[0]) * x[0]
math.fsum(x)
math.isnan(x[0])
statistics.mean(x)
x.item(0)
sum(x.tolist())
np.fromiter(x, float).sum()
float(x[0]) * x[1]
complex(x[0]).real
float(f"{x[0]:.3f}")
np.einsum("i->", x, out=x[0])
np.einsum("i,i->", x, x, dtype=np.float32)
np.linalg.svd(np.outer(x, x))[1].sum()
np.linalg.eigh(np.outer(x, x))[0].sum()
linalg.svd(np.outer(x, x))[1].sum()
sla.expm(np.outer(x, x)).sum()
np.random.normal() * x.sum()
np.unique(x).sum()
hash(x[0]) * x[0]
x[0] in {0.3}
cached(x[0])
pickle.loads(pickle.dumps(x)).sum()
int(x[2]) * x[0]
x[int(x[2])]
L[x[2]] * x[0]
range(x[2])[0] * x[0]
np.arange(x[2]).sum() * x[0]
np.zeros(x[2]).sum() + x[0]
np.repeat(x, x[2]).sum()
x.astype(np.float32).sum()
x.astype("f2").sum()
x.astype(object).sum()
np.float32(x[0]) * x[0]
float32(x[0]) * x[0]
np.array(x, dtype=np.float32).sum()
np.asarray(x, dtype=object).sum()
np.zeros(3, dtype=np.float32) @ x
np.zeros(3, dtype=object) @ x
np.sum(x, dtype=np.float32)
np.mean(n, dtype="f4") * x[0]
np.cumsum(x, dtype=np.float32).sum()
np.sum(x, out=x)
np.sum(x, initial=3.0)
np.add(x, 1, dtype=np.float32).sum()
np.add(x, 1, where=m).sum()
np.add.reduceat(x, [0, 1]).sum()
np.subtract.reduce(x)
np.multiply.at(x, 0, 2.0)
np.add.outer(x, x, out=x)
np.concatenate([x, n], dtype=np.float32).sum()
np.pad(x, 1, mode="mean").sum()
np.pad(x, 1, constant_values=3.0).sum()
np.pad(x, 1, mode="reflect", reflect_type="odd").sum()
np.insert(x, 1, 5.0).sum()
np.nan_to_num(x, copy=False).sum()
np.mean([1, 2], dtype=int) * x[0]
np.arange(0, 3, 0.5, dtype=int).sum() * x[0]
np.float64(x).sum()
np.percentile(x, 30)
np.copyto(x, 1.0)
x.flat[0]
x.fill(3.0)
x.sort()
x.view(float).sum()
(x > 0) - (n > 0)
(-(x > 0)).sum() * x[0]
~i * x[0]
i << 1
np.bitwise_and(i, 1) @ x
(i // (i - 1)) @ x
(i % (i - 1)) @ x
np.fmod(i, i - 1) @ x
divmod(i, i - 1)[0] @ x
stats.norm.pdf(0.3) * x[0]
interpolate.interp1d(n, x)(0.7)
roots_legendre(5)[0].sum() * x[0]
np.searchsorted(np.array([3.0, 1.0, 2.0]), x) @ x
np.argsort([1.0, 1.0, 0.0]) @ x
np.average(np.outer(x, x), axis=(0, 1), weights=n)
np.median(np.outer(x, x), axis=(0, 1))
np.ravel(np.outer(x, n).T, order="K")[1]
np.atleast_1d(x, n)[0].sum()
np.array("a")
np.isscalar(x[0])
np.round(x, 2).sum()
np.fft.fft(x, norm="ortho").real.sum()
np.fft.rfft(x + 1j).real.sum()
np.prod(x + 1j).real
np.linalg.norm(x + 1j)
(x + 1j).astype(float).sum()
np.array([300, 0, 0]).astype(np.uint8) @ x
np.linalg.cholesky(np.outer(x, x) + np.eye(3), upper=True).sum()
np.eye(3, dtype=np.float32).sum() * x[0]
np.softmax(x).sum()
x += 1; x.sum()
n[0] = 1; x.sum()
W[0] = 5.0; x @ W
out = np.zeros(3); v = out[:2]; out[0] = x[0]; v.sum() + x[0]
out = np.zeros((2, 2)); d = np.diag(out); out[0, 0] = x[0]; d.sum() + x[1]
out = np.zeros(3); r = np.real(out); out[0] = x[0]; r.sum() + x[1]
out = np.zeros(3); out[[0, 0]] += x[0]; out.sum()
out = np.zeros(3, int); out[0] = x[0]; out.sum() * x[1]
out = np.array([1, 2, 3]); out[0] = x[0]; out.sum() * x[1]
out = np.zeros_like(i); out[0] = x[0]; out.sum() * x[1]
np.full_like(i, 0.5) @ x
np.reciprocal([2, 3, 4]) @ x
k = np.cumsum([1, 2, 3]); k[0] = x[0]; k.sum() * x[1]
k = np.where(m, 1, 0); k[0] = 0.5; k.sum() * x[1]
k = np.maximum([1, 2, 3], 2); k[0] = 0.5; k.sum() * x[1]
k = np.array([1, 2, 3]) ** 2; k[0] = 0.5; k.sum() * x[1]
k = np.array([1, 2, 3]) // 2; k += 0.5; k.sum() * x[1]
k = np.abs([1, 2, 3]); k[0] = 0.5; k.sum() * x[1]
k = np.sign([1, 2, 3]); k[0] = 0.5; k.sum() * x[1]
k = np.bincount([1, 2]); k[0] = 0.5; k.sum() * x[1]
k = np.sum([[1, 2], [3, 4]], axis=0); k[0] = 0.5; k.sum() * x[1]
k = np.array([[1, 2]]) @ np.array([[1, 2], [3, 4]]); k[0] = 0.5; k.sum() * x[1]
k = np.count_nonzero(np.outer(m, m), axis=0); k[0] = 0.5; k.sum() * x[1]
k = i.copy(); k[0] = 0.5; k.sum() * x[1]
k = i + 1; k[0] = x[0]; k.sum() * x[1]
out = np.zeros(3); r = out.reshape(3, 1); r[0] = x[0]; out.sum() + x[1]
out = np.zeros(3); a, b = out[1:], out[:2]; a[0] = x[0]; b.sum() + x[1]
s = np.where(x[0] > 0, x[0], 0); s += 1; s
import numpy as plain; plain.asarray(x).sum()
import numpy as plain; plain.percentile(x, 30)
import numpy as plain; plain.vectorize(math.exp)(x).sum()
import numpy as plain; plain.frompyfunc(math.exp, 1, 1)(x).sum()
import numpy as plain; out = plain.zeros(3); out += x; out.sum()""".splitlines()
SLOPES = [
    ("sum(x)", [1, 1, 1]),
    ("max(x)", [0, 0, 1]),
    ("sorted(x)[0]", [1, 0, 0]),
    ("abs(x[0])", [1, 0, 0]),
    ("divmod(x[2], 0.7)[0] * x[0]", [2, 0, 0]),
    ("copy.copy(x).sum()", [1, 1, 1]),
    ("copy.deepcopy(x) @ n", [0.5, 1.5, 2.5]),
    ("x[(x + 0.1).astype(int)] @ n", [0.5, 1.5, 2.5]),
    ("out = np.zeros(3); v = out.copy(); out[0] = x[0]; v.sum() + out.sum()", [1, 0, 0]),
    ("out = np.zeros(3); r = out.astype(float, copy=False); r[0] = x[0]; out.sum()", [1, 0, 0]),
    ("out = np.zeros(3); r = np.asarray(out, dtype=float); r[0] = x[0]; out.sum()", [1, 0, 0]),
    ("out = np.zeros(3); r = np.array(out); r[0] = x[0]; out.sum() + x[1]", [0, 1, 0]),
    ("a = x.max(); b = a; a += x[0]; b + 0 * a", [0, 0, 1]),
    ("a = x[0]; a += x[1]; a * 2", [2, 2, 0]),
    ("a = np.array(x[0]); b = a; a += x[1]; b", [1, 1, 0]),
    ("out = np.zeros(3); out[0] += x[0]; out[0] += x[1]; out.sum()", [1, 1, 0]),
    ("(W / 2) @ x", [0.5, 1, 1.5]),
    ("W @ x / 2", [0.5, 1, 1.5]),
    ("np.float32(0.5) * x[0]", [0.5, 0, 0]),
    ("i[0] / 2 * x[0]", [0.5, 0, 0]),
    ("np.dot(L, x) - 0.1 * x[0]", [0, 0.2, 0.3]),
    ("np.indices((3,))[0] / 2 @ x", [0, 0.5, 1]),
    ("isinstance(x, np.ndarray) * x[0]", [1, 0, 0]),
    ("isinstance(x, ndarray) * x[0]", [1, 0, 0]),
    ("(exp(x) - numpy.exp(x)).sum() + x[0]", [1, 0, 0]),
    ("(expit(x) - sp.expit(x)).sum()", [0, 0, 0]),
    ("(scipy.special.expit(x) - special.expit(x)).sum()", [0, 0, 0]),
    ("((x > 0) + (n > 0)) @ x", [1, 1, 1]),
    ("np.full(3, 0.5, dtype=int) @ x", [0, 0, 0]),
    ("sla.cholesky(np.diag(x * x))[2, 2] + sla.cholesky(np.outer(x, x) + np.eye(3))[2, 0]", [0, 0, 1]),
    ("x.real.sum() + x.imag.sum()", [1, 1, 1]),
    ("y = np.zeros(3) + (x * n).cumsum(); np.where(m, y, 0)[2]", [0.5, 1.5, 2.5]),
    ("np.add.reduce(x, where=m)", [1, 0, 1]),
    ("np.dot(x > 0, m) * x[0]", [1, 0, 0]),
    ("out = np.zeros((2, 3)); row = out[0]; row += x; (out * out).sum() + row[0]", [1.6, 3, 4]),
    ("out = np.zeros((2, 3)); out[0] += x; out[:, 1:] *= 2; out.sum()", [1, 2, 2]),
    ("out = x * 1; out[::-1] += x; out @ n", [3, 3, 3]),
    ("out = x * 1; out.real[0] = 5.0; (out * out).sum()", [0, 3, 4]),
    ("out = np.zeros((2, 2)); a = out[0]; a[:1] = x[0]; a[1] = x[1]; out.sum() + a.sum()", [2, 2, 0]),
    ("k = np.ones(3) ** 2; k[0] = x[0]; k.sum()", [1, 0, 0]),
    ("k = np.zeros(3, complex); k[0] = x[0]; k.real.sum()", [1, 0, 0]),
    ("np.diff(m).sum() * x[0]", [2, 0, 0]),
    ("np.linspace(x, n, 3).sum()", [1.5, 1.5, 1.5]),
    ("np.hstack([x, 1.0]).sum()", [1, 1, 1]),
    ("np.append(arr=x, values=1.0).sum()", [1, 1, 1]),
    ("np.compress(condition=m, a=x).sum()", [1, 0, 1]),
    ("x[0] * 2**100 / 2**99", [2, 0, 0]),
    ("special.spherical_jn(0, x[0]) - np.sinc(x[0] / np.pi) + x[1]", [0, 1, 0]),
    ("(special.cbrt(x) - np.cbrt(x) + special.exp10(x) - 10**x + special.log1p(x) - np.log1p(x)).sum()", [0, 0, 0]),
    ("(special.expm1(x) - np.expm1(x) + special.exp2(x) - 2**x + special.ive(0, x) - special.i0e(x)).sum()", [0, 0, 0]),
    ("x[0] / math.factorial(25) * math.factorial(24)", [0.04, 0, 0]),
    ("((x + 1j) ** 0).real.sum() * x[0]", [3, 0, 0]),
    ("z = x + 1j; w = np.conj(z); w.real[0] = 5.0; z.real.sum()", [1, 1, 1]),
    ("np.linalg.det(np.diag(np.append(x, x[0] - 0.3)))", [0.3 * 1.5 * 2, 0, 0]),
]


@pytest.mark.parametrize("body", REFUSED)
def test_what_leaves_certified_numbers_is_refused(body):
    with pytest.raises(UnknownOperation, match=r"the oracle, line \d+: an oracle cannot "):
        slope(body)


@pytest.mark.parametrize(
    "body",
    [
        "float(str(x[0]))",
        "decimal.Decimal(x[0])",
        "fractions.Fraction(x[0])",
        "json.dumps(x)",
        "memoryview(x)",
        "import numpy as plain; plain.zeros(3)[0] = x[0]; x.sum()",
    ],
)
def test_what_python_itself_refuses_is_no_answer(body):
    with pytest.raises((TypeError, ValueError, UsageError)):
        slope(body)


@pytest.mark.parametrize(("body", "expected"), SLOPES, ids=[body for body, _ in SLOPES])
def test_what_stays_in_certified_numbers_is_right(body, expected):
    found, tied = slope(body)
    assert found == pytest.approx(expected, rel=1e-15)
    assert not tied


@pytest.mark.parametrize(
    ("body", "x"),
    [
        ("x[1] if x[0] > 0 else x[2]", [0.0, 1.5, 2.0]),
        ("x[1] if x[0] else x[2]", [0.0, 1.5, 2.0]),
        ("x[1] if 0.0 in x else x[2]", [0.0, 1.5, 2.0]),
        ("max(x)", [1.5, 1.5, 0.0]),
        ("sorted(x)[2]", [1.5, 1.5, 0.0]),
        ("np.sort(x)[2]", [1.5, 1.5, 0.0]),
        ("x[np.argmax(x)]", [1.5, 1.5, 0.0]),
        ("abs(x[0])", [0.0, 1.5, 2.0]),
        ("round(x[0]) * x[1]", [0.5, 1.5, 2.0]),
        ("x[x.astype(int)].sum()", [0.3, 1.0, 2.0]),
        ("np.searchsorted(W, x) @ x", [1.0, 1.5, 2.0]),
    ],
)
def test_a_branch_at_equal_numbers_is_noted(body, x):
    assert slope(body, x)[1]


@pytest.mark.parametrize(
    "body",
    [
        "np.sqrt(np.conj(x - 5 + 0j)).imag.sum()",
        "(1 / (x * 0 + 0j)).real.sum()",
        "np.linalg.cholesky(np.outer(x, x) - np.eye(3)).sum()",
    ],
)
def test_what_zeros_sign_would_decide_is_not_certified(body):
    with pytest.raises(Uncertified):
        slope(body)


def test_a_refusal_lists_what_is_known_and_names_the_nearest():
    with pytest.raises(UnknownOperation) as refusal:
        slope("np.nancumsum(x).sum()")
    text = str(refusal.value)
    assert all(f"{name}," in text or f"{name};" in text for name in known_names())
    assert "the nearest that it can is cumsum" in text or "the nearest that it can is nansum" in text


FOLDER = """import functools
import numpy as np

TABLE = {"w": np.array([1.0, 2.0, 4.0]), "parts": [np.array([3.0, 3.0, 3.0])]}


class Model:
    def third(self, x):
        return TABLE["w"] / TABLE["parts"][0] * x


def scaled(x, w=np.array([1.0, 2.0, 4.0]), *, by=np.array(3.0)):
    return w / by * x


model = Model()
part = functools.partial(scaled, by=3)
"""


@pytest.mark.parametrize("call", ["Model().third(x)", "scaled(x)", "model.third(x)"])
def test_classes_defaults_and_tables_of_a_folder_are_certified_too(call, tmp_path, monkeypatch):
    (tmp_path / "tables_of_it.py").write_text(FOLDER)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tables_of_it", raising=False)
    name = call.split("(")[0].split(".")[0]
    head = f"from tables_of_it import {name}\n\n\ndef objective(params, data):\n    x = params['x']\n"
    source = f"{head}    return {call}.sum()\n"
    module = certify_folder(source, tmp_path)
    found = certified_answer(Oracle(module.objective), "gradient", PARAMS, {}, {}, 1.0)
    assert np.all(np.abs(found.values["x"] * 3 - np.array([1, 2, 4])) < 1e-18)


def test_functions_of_a_folder_are_certified_too(tmp_path, monkeypatch):
    (tmp_path / "own_helper.py").write_text("import numpy as np\n\n\ndef third(x):\n    return np.ones(3) / 3 * x\n")
    monkeypatch.syspath_prepend(tmp_path)
    module = certify_folder(
        "from own_helper import third\n\n\ndef objective(params, data):\n    return third(params['x']).sum()\n",
        tmp_path,
    )
    found = certified_answer(Oracle(module.objective), "gradient", PARAMS, {}, {}, 1.0)
    assert np.all(np.abs(found.values["x"] - np.longdouble(1) / 3) < 1e-19)
