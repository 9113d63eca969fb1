"""Every array function that an oracle may use: values against NumPy, slopes against mpmath's differences."""

from __future__ import annotations

import math
import re
import warnings
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import ctx

from bench.truth.certified import to_numbers
from bench.truth.complex_arrays import ComplexArray
from bench.truth.jets import Jet, as_numbers, evaluation
from bench.truth.number_kinds import BALLS
from bench.truth.oracle_arrays import FUNCTIONS, OracleArray
from bench.truth.reverse_mode import Node
from tests.bench.truth import mpmath_numpy
from tests.bench.truth.certified_modules import certified, certified_module, holds, plain_module

RNG = np.random.default_rng(13)
PARAMS = {
    "x": RNG.normal(size=(2, 3)),
    "y": RNG.normal(size=3),
    "v": RNG.normal(size=4),
    "t": RNG.normal(size=(2, 2, 3)),
    "s": np.array(0.7),
}
DATA = {
    "d": RNG.normal(size=(2, 3)),
    "i": np.array([2, 0, 1, 2]),
    "j": np.array([[2, 0, 1], [1, 1, 0]]),
    "u": np.array([200, 100, 7], np.uint8),
    "m": np.array([True, False, True]),
    "n": np.array([0.5, math.nan, -2.0]),
    "spd": np.array([[4.0, 0.3, 0.2], [0.3, 3.0, 0.1], [0.2, 0.1, 2.0]]),
    "big": np.eye(4) * 3 + RNG.normal(size=(4, 4)) / 4,
}
HEAD = """import numpy as np
from scipy import special


def result(params, data):
    x, y, v, t, s = (params[name] for name in "xyvts")
    d, i, j, u, m, n = (data[name] for name in "dijumn")
    spd, big = data["spd"] + np.outer(y, y), data["big"] + np.outer(v, v)
{body}

def objective(params, data):
    r = result(params, data)
    return np.sum(r * np.cos(1.0 + np.arange(np.size(r)).reshape(np.shape(r))))
"""
AXES = ("", ", axis=0", ", axis=-1", ", axis=1, keepdims=True", ", keepdims=True")
CASES: dict[str, list[str]] = {
    **{
        name: [f"np.{name}(x{o})" for o in AXES] + [f"np.{name}(t, axis=(0, 2))", f"np.{name}(s)", f"x.{name}(0)"]
        for name in ("sum", "mean", "prod", "max", "min", "std", "var")
    },
    **{name: [f"np.{name}(x)", f"np.{name}(t, axis=1)"] for name in ("amax", "amin", "ptp", "median")},
    **{
        name: [f"np.{name}(x){o}" for o in (" * s",)]
        + [f"np.{name}(x, axis=1) * y[:2]", f"np.{name}(x, axis=0, keepdims=True) + x"]
        for name in ("argmax", "argmin")
    },
    **{
        name: [f"np.{name}(x)", f"np.{name}(x, axis=0)", f"np.{name}(t, axis=-1)", f"t.{name}(1)", f"np.{name}(s)"]
        for name in ("cumsum", "cumprod")
    },
    "median": [
        "np.median(x)",
        "np.median(v)",
        "np.median(t, axis=1)",
        "np.median(x, axis=1, keepdims=True)",
        "np.median(x, keepdims=True)",
    ],
    "var": ["np.var(x, ddof=1)", "np.var(t, axis=(0, 2))", "x.var(axis=1, ddof=1)", "np.var(x, axis=0, keepdims=True)"],
    "std": ["np.std(x, ddof=1)", "np.std(t, axis=(1, 2))", "x.std(axis=1)"],
    "average": [
        "np.average(x)",
        "np.average(x, axis=0)",
        "np.average(x, axis=1, weights=y)",
        "np.average(x, weights=d)",
    ],
    "nansum": ["np.nansum(n * y)", "np.nansum(x + n, axis=0)", "np.nansum(x + n, axis=1, keepdims=True)"],
    "nanmean": ["np.nanmean(n * y)", "np.nanmean(x * n, axis=1)"],
    "nanmax": ["np.nanmax(n * y)"],
    "nanmin": ["np.nanmin(n * y)"],
    "nanvar": ["np.nanvar(n * y)"],
    "nanstd": ["np.nanstd(n * y)"],
    "nan_to_num": ["np.nan_to_num(n * y)", "np.nan_to_num(n * y, nan=2.0)"],
    "isnan": ["np.isnan(n) * y", "np.where(np.isnan(n), y, y * n)", "y[~np.isnan(n)]"],
    "isfinite": ["np.isfinite(n) * y"],
    "isinf": ["np.isinf(n) * y"],
    "any": ["np.any(x > 0) * s", "(x > 0).any(axis=0) * y"],
    "all": ["np.all(x > -9) * s", "(x > 0).all(axis=1) * y[:2]"],
    "count_nonzero": ["np.count_nonzero(x > 0) * s", "np.count_nonzero(x > 0, axis=0) * y"],
    "diff": ["np.diff(v)", "np.diff(x, axis=0)", "np.diff(t, n=2)", "np.diff(v, 2)"],
    "sort": ["np.sort(x)", "np.sort(x, axis=0)", "np.sort(x, axis=None)", "np.sort(t, 1)"],
    "argsort": ["np.argsort(v) * v", "v[np.argsort(v)]", "np.argsort(x, axis=0) * x"],
    "nonzero": ["v[np.nonzero(v > 0)]", "np.nonzero(v > 0)[0] * s"],
    "flatnonzero": ["v[np.flatnonzero(v > 0)]"],
    "where": [
        "np.where(x > 0, x, d)",
        "np.where(m, x, 0)",
        "np.where(x > 0, y, x * y)",
        "v[np.where(v > 0)]",
        "np.where(m, s, y)",
    ],
    "select": ["np.select([x > 1, x > 0], [x, x * x], 3.0)"],
    "clip": ["np.clip(x, -0.3, 0.4)", "x.clip(-0.3, s)"],
    "searchsorted": [
        "np.searchsorted(np.array([-1.0, 0.0, 1.0]), x) * x",
        "np.searchsorted(np.sort(v), y, side='right') * y",
    ],
    "bincount": ["np.bincount(i, weights=v)", "np.bincount(i, v, minlength=5)", "np.bincount(i) * y"],
    "add_at": [
        "A: out = np.zeros(3); np.add.at(out, i, v); out",
        "A: out = x.copy(); np.subtract.at(out, (0, i), v); out",
    ],
    # arrangements
    "reshape": [
        "np.reshape(x, (3, 2))",
        "x.reshape(-1)",
        "x.reshape(3, 2)",
        "x.reshape((1, 6))",
        "np.reshape(x, (3, -1), order='F')",
        "s.reshape(1, 1)",
    ],
    "ravel": ["np.ravel(t)", "x.ravel()", "x.T.ravel()", "x.ravel('F')"],
    "flatten": ["t.flatten()"],
    "transpose": [
        "np.transpose(x)",
        "t.transpose(2, 0, 1)",
        "t.transpose((1, 0, 2))",
        "t.T",
        "np.transpose(t, (0, 2, 1))",
        "x.transpose()",
    ],
    "swapaxes": ["np.swapaxes(t, 0, 2)", "t.swapaxes(-1, 0)"],
    "moveaxis": ["np.moveaxis(t, 0, -1)", "np.moveaxis(t, (0, 1), (2, 0))"],
    "rollaxis": ["np.rollaxis(t, 2)"],
    "squeeze": ["np.squeeze(x[None])", "x[:, None].squeeze(1)"],
    "expand_dims": ["np.expand_dims(x, 1)", "np.expand_dims(x, (0, 2))"],
    "diagonal": ["np.diagonal(x)", "t.diagonal(1, 1, 2)"],
    "diag": ["np.diag(y)", "np.diag(spd)", "np.diag(y, 1)", "np.diag(spd, -1)"],
    "diagflat": ["np.diagflat(x)"],
    "broadcast_to": ["np.broadcast_to(y, (2, 3))", "np.broadcast_to(s, (2,))"],
    "flip": ["np.flip(x)", "np.flip(x, 1)", "np.flip(t, (0, 1))"],
    "fliplr": ["np.fliplr(x)"],
    "flipud": ["np.flipud(x)"],
    "rot90": ["np.rot90(x)", "np.rot90(x, 2)"],
    "split": ["np.split(v, 2)[1]", "np.split(x, [1], axis=1)[1]"],
    "array_split": ["np.array_split(v, 3)[0]"],
    "hsplit": ["np.hsplit(x, 3)[2]"],
    "vsplit": ["np.vsplit(x, 2)[1]"],
    "atleast_1d": ["np.atleast_1d(s)"],
    "atleast_2d": ["np.atleast_2d(y)"],
    "atleast_3d": ["np.atleast_3d(x)"],
    "matrix_transpose": ["np.matrix_transpose(t)", "t.mT"],
    "tril": ["np.tril(spd)", "np.tril(x, -1)"],
    "triu": ["np.triu(spd, 1)", "np.triu(x)"],
    "concatenate": [
        "np.concatenate([y, v])",
        "np.concatenate((x, d), axis=1)",
        "np.concatenate([x, [y]])",
        "np.concatenate([x, d], axis=None)",
        "np.concatenate([y, [1.0, s]])",
        "np.concatenate([m, y])",
    ],
    "append": ["np.append(y, 2.0)", "np.append(y, v)", "np.append(x, [y], axis=0)", "np.append(y, [s, 1.0])"],
    "stack": ["np.stack([y, y * 2])", "np.stack([x, d], axis=-1)", "np.stack([s, s * s])", "np.stack([s, 1.0])"],
    "vstack": ["np.vstack([x, y])"],
    "hstack": ["np.hstack([y, v])"],
    "column_stack": ["np.column_stack([y, y * y])"],
    "dstack": ["np.dstack([x, d])"],
    "take": ["np.take(y, i)", "np.take(x, i, axis=1)", "x.take([0, 5])", "np.take(y, [-1, 4], mode='wrap')"],
    "take_along_axis": ["np.take_along_axis(x, j, 1)", "np.take_along_axis(x, np.argsort(x, axis=0), axis=0)"],
    "repeat": ["np.repeat(y, 2)", "np.repeat(x, [1, 3], axis=0)", "x.repeat(2, axis=1)"],
    "tile": ["np.tile(y, 2)", "np.tile(x, (2, 1))"],
    "roll": ["np.roll(y, 1)", "np.roll(x, -1, axis=1)", "np.roll(x, (1, 1), axis=(0, 1))"],
    "pad": [
        "np.pad(y, 1)",
        "np.pad(x, ((0, 1), (2, 0)))",
        "np.pad(y, 2, mode='edge')",
        "np.pad(y, 1, 'reflect')",
        "np.pad(y, 1, mode='wrap')",
        "np.pad(y, 1, constant_values=0)",
        "np.pad(y, 2, mode='symmetric')",
    ],
    "compress": ["np.compress([True, False, True], y)", "np.compress(m, x, axis=1)"],
    "resize": ["np.resize(y, (2, 4))"],
    "delete": ["np.delete(v, 1)", "np.delete(x, [0, 2], axis=1)"],
    # fresh arrays
    "copy": ["np.copy(x)", "x.copy()", "A: c = y.copy(); c[0] = 5.0; c * y"],
    "array": [
        "np.array([s, 2.0, y[0]])",
        "np.array([[s, 1.0], [y[0], y[1]]])",
        "np.array(x)",
        "np.array([1, 2, 3]) * y",
        "np.array([1.5, 2]) * s",
        "np.array(3.0) * y",
        "np.array([True, False, True]) * y",
        "np.array(y, ndmin=2)",
        "np.array([y, [1.0, 2.0, s]])",
        "np.array((s, s))",
    ],
    "asarray": ["np.asarray(x)", "np.asarray([1.0, s])"],
    "asanyarray": ["np.asanyarray(x)"],
    "ascontiguousarray": ["np.ascontiguousarray(x.T)"],
    "positive": ["+x", "np.positive(x)"],
    "astype": [
        "x.astype(float)",
        "(x > 0).astype(float) * x",
        "x.astype(int) * x",
        "(x > 0).astype(int) * x",
        "u.astype(np.int64) * y",
        "m.astype(int) * y",
    ],
    "zeros": [
        "A: out = np.zeros((2, 3)); out[0] = y; out[1, :2] = y[:2] * s; out",
        "A: out = np.zeros(3); out[m] = y[m]; out",
        "A: out = np.zeros(4); out[i[:3]] = y; out",
        "A: out = np.zeros(4); out[-1] = s; out[0:2] = y[1:]; out",
        "A: out = np.zeros(3); out += y; out *= 2; out -= s; out /= 3; out",
        "A: out = np.zeros((2, 3)); out[:, 0] = x[:, 1]; out[...] = out * s; out",
        "np.zeros(3, dtype=bool) * y",
        "A: out = np.zeros(()); out[()] = s; out * 2",
        "A: out = np.zeros((2, 3)); out[0] = y[None]; out",
        "A: out = np.zeros(2, int); out[0] = 3; out * y[:2]",
    ],
    "ones": ["np.ones(3) * y", "np.ones((2, 3), dtype=int) * x"],
    "empty": ["A: out = np.empty(3); out[:] = y; out"],
    "full": ["np.full(3, 2.5) * y", "np.full((2, 3), s)"],
    "zeros_like": ["A: out = np.zeros_like(y); out[0] = s; out"],
    "ones_like": ["np.ones_like(x) * x"],
    "empty_like": ["A: out = np.empty_like(y); out[:] = y; out"],
    "full_like": ["np.full_like(y, 2.5) * y"],
    "eye": ["np.eye(3) * y", "np.eye(2, 3, k=1) * x", "x[np.eye(2, 3, dtype=bool)]"],
    "identity": ["np.identity(3) * y"],
    "tri": ["np.tri(2, 3) * x"],
    "arange": [
        "np.arange(3) * y",
        "np.arange(1, 4) * y",
        "np.arange(0, 1.5, 0.5) * y",
        "v[np.arange(2)]",
        "np.arange(3, 0, -1) * y",
    ],
    "linspace": ["np.linspace(0, 1, 3) * y", "np.linspace(0, 2, 3, endpoint=False) * y", "np.linspace(0, s, 4)"],
    "shape": ["np.shape(x)[0] * x"],
    "ndim": ["np.ndim(x) * x"],
    "size": ["np.size(x) * x", "x / x.size", "len(x) * x"],
    # products
    "matmul": [
        "x @ y",
        "x @ d.T",
        "y @ y",
        "d.T @ x",
        "t @ y",
        "t @ np.ones((3, 2))",
        "x @ np.swapaxes(t, 1, 2)",
        "y @ np.swapaxes(t, 1, 2)",
        "np.matmul(x, y)",
    ],
    "dot": [
        "np.dot(x, y)",
        "x.dot(y)",
        "np.dot(s, x)",
        "np.dot(t, y)",
        "np.dot(t, x.T)",
        "y.dot(y)",
        "np.dot(x, t.transpose(0, 2, 1))",
    ],
    "vdot": ["np.vdot(x, d)", "np.vdot(y, y)"],
    "inner": ["np.inner(x, y)", "np.inner(x, d)", "np.inner(t, x)", "np.inner(s, y)"],
    "outer": ["np.outer(y, v)", "np.outer(x, y)", "np.multiply.outer(x, y)", "np.add.outer(y, v)"],
    "kron": ["np.kron(x, d)"],
    "trace": ["np.trace(spd)", "np.trace(x, offset=1)", "t.trace()", "np.trace(t)"],
    "tensordot": [
        "np.tensordot(t, x)",
        "np.tensordot(t, x, axes=([1, 2], [0, 1]))",
        "np.tensordot(y, v, 0)",
        "np.tensordot(t, d, axes=(2, 1))",
    ],
    "einsum": [
        "np.einsum('ij,j->i', x, y)",
        "np.einsum('ij,ij', x, d)",
        "np.einsum('ijk,jk->kj', t, x)",
        "np.einsum('ii->i', spd)",
        "np.einsum('ii', spd)",
        "np.einsum('i,j,k->kij', y, v, y)",
        "np.einsum('ij->ji', x)",
        "np.einsum('ij,kj->ik', x, d, optimize=True)",
        "np.einsum('ijk->j', t)",
        "np.einsum('i,i,i->', y, y, y)",
        "np.einsum('ij,j->ij', x, y)",
    ],
    # numpy.linalg, numpy.fft
    "linalg.solve": ["np.linalg.solve(spd, y)", "np.linalg.solve(big, np.outer(v, v + 1))"],
    "linalg.inv": ["np.linalg.inv(spd)"],
    "linalg.det": ["np.linalg.det(spd)", "np.linalg.det(spd[:1, :1])", "np.linalg.det(big)"],
    "linalg.slogdet": ["np.linalg.slogdet(spd)[1]", "np.linalg.slogdet(big)[0] * s"],
    "linalg.cholesky": ["np.linalg.cholesky(spd)"],
    "scipy.linalg.cholesky": [],
    "linalg.eigvalsh": ["np.linalg.eigvalsh(spd)"],
    "linalg.norm": [
        "np.linalg.norm(y)",
        "np.linalg.norm(x)",
        "np.linalg.norm(x, axis=1)",
        "np.linalg.norm(y, 1)",
        "np.linalg.norm(y, np.inf)",
        "np.linalg.norm(x, ord=3, axis=1, keepdims=True)",
        "np.linalg.norm(x, 'fro')",
    ],
    "linalg.matrix_power": ["np.linalg.matrix_power(spd, 3)", "np.linalg.matrix_power(spd, -1)"],
    "fft.fft": [
        "np.real(np.fft.fft(v))",
        "np.abs(np.fft.fft(y)) ** 2",
        "np.imag(np.fft.fft(x, axis=0))",
        "np.imag(np.fft.fft(y, 5))",
        "np.real(np.fft.fft(v, 3))",
    ],
    "fft.ifft": ["np.real(np.fft.ifft(np.fft.fft(v) * np.fft.fft(v)))"],
    "fft.rfft": ["np.real(np.fft.rfft(v))", "np.imag(np.fft.rfft(y))"],
    "fft.irfft": [
        "np.fft.irfft(np.fft.rfft(v) * (1 + 2j))",
        "np.fft.irfft(np.fft.rfft(y), 3)",
        "np.fft.irfft(np.fft.rfft(y), 7)",
    ],
    # complex numbers
    "real": ["np.real(x)", "x.real", "np.real((x + 1j) * (x - 2j))", "np.real(np.exp(1j * x))"],
    "imag": ["np.imag(x * 1j)", "np.imag(np.sin(x + 1j * s)) + np.imag(x)"],
    "conj": ["np.conj(x)", "np.imag(np.conj(x + 1j * d))"],
    "conjugate": ["np.conjugate(x)", "np.imag(np.conjugate(1j * x))"],
    "angle": ["np.angle(x + 1j * s)", "np.angle(d) * x"],
    # entry by entry: tests of their own; here that they are known
    "absolute": ["np.absolute(x)", "abs(x)", "np.abs(x + 1j * d)"],
    "abs": ["np.abs(x)"],
    "fabs": ["np.fabs(x)"],
    "maximum": ["np.maximum(x, d)", "np.maximum.reduce(x)"],
    "minimum": ["np.minimum(x, 0.1)", "np.minimum.reduce(x, axis=1)"],
    "fmax": ["np.fmax(n * y, 0.1)"],
    "fmin": ["np.fmin(n * y, 0.1)"],
    "sign": ["np.sign(x) * x"],
    "heaviside": ["np.heaviside(x, 0.5) * x"],
    "arctan2": ["np.arctan2(x, d)"],
    "copysign": ["np.copysign(x, d)"],
    "floor": ["np.floor(x) * x"],
    "ceil": ["np.ceil(x) * x"],
    "trunc": ["np.trunc(x) * x"],
    "fix": ["np.trunc(x) * x"],
    "round": ["np.round(x) * x", "x.round() * x"],
    "around": ["np.around(x) * x"],
    "rint": ["np.rint(x) * x"],
    "mod": ["np.mod(x, 0.4)", "x % 0.4"],
    "remainder": ["np.remainder(x, 0.4)"],
    "fmod": ["np.fmod(x, 0.4)"],
    "floor_divide": ["x // 0.4 * x"],
    "divmod": ["divmod(x, 0.4)[1]"],
    "reciprocal": ["np.reciprocal(x)"],
    "float_power": ["np.float_power(np.abs(x), 1.5)"],
    "degrees": ["np.degrees(x)"],
    "radians": ["np.radians(x)"],
    "logsumexp": ["special.logsumexp(x)", "special.logsumexp(x, axis=1, keepdims=True)"],
    "softmax": ["special.softmax(x, axis=1)"],
    "log_softmax": ["special.log_softmax(x, axis=1)"],
    "betaln": ["special.betaln(np.exp(x), 2.0)"],
    "polygamma": ["special.polygamma(1, np.exp(x))"],
    "kl_div": ["special.kl_div(np.exp(x), np.exp(d))"],
    "j0": ["special.j0(x)"],
    "j1": ["special.j1(x)"],
    "i0": ["special.i0(x)"],
    "i1": ["special.i1(x)"],
    "i0e": ["special.i0e(x)"],
    "i1e": ["special.i1e(x)"],
    **{name: [] for name in ("ive", "cbrt", "expm1", "exp2", "exp10", "log1p", "spherical_jn")},  # in test_refusals.py
}
OTHERS = [
    "x[0]",
    "x[-1, ::-1]",
    "x[..., 1:]",
    "x[[1, 0, 1]]",
    "x[:, m]",
    "x[x > 0]",
    "x[i[:2] % 2, i[1:3]]",
    "y[i]",
    "y[j]",
    "t[:, None, 0]",
    "t[0][1][2]",
    "x[0, 1]",
    "x[1][None]",
    "y[data['i'][0]]",
    "sum(y)",
    "sum(row @ y for row in x)",
    "max(y[0], y[1])",
    "abs(x)",
    "sorted(v)[1] * y",
    "1 / (2 + x * x)",
    "2 ** y",
    "x ** 2",
    "-x",
    "y * u",
    "(u - 250) * y",
    "u * u * y",
    "u / 3 * y",
    "(u > 100) * y",
    "m * y",
    "~m * y",
    "(m & (y > 0)) * y",
    "(m | (n > 0)) * y",
    "(m ^ m) * y",
    "(m + m) * y",
    "(m * m) * y",
    "np.sum(m) * y",
    "m.mean() * y",
    "np.where(n > 0, y, 0)",
    "x.sum(axis=0).T",
    "y[[]]",
    "np.sum(y[:0]) * s",
    "np.prod(y[:0]) * s",
    "np.zeros((0, 3)) @ y",
    "np.multiply.reduce(x)",
    "np.add.reduce(x, axis=1)",
    "np.add.accumulate(x, axis=1)",
    "np.logical_and(x > 0, d > 0) * x",
    "np.abs(np.sqrt(x + 2j)) * np.real(1 / (x + 1j))",
    "np.real((x + 1j * d) ** 3)",
    "np.abs(np.log(x + 1j))",
    "np.real(np.vdot(x[0] + 1j * y, y + 2j * x[1])) * s",
    "np.real((x + 1j) @ (y - 1j))",
    "np.real(np.sum((x * 1j) ** 2, axis=0))",
    "np.real((x + 1j).T)",
    "A: z = np.zeros(3, complex); z[0] = s + 1j * y[0]; z[1:] = y[1:]; np.real(z * z)",
    "A: z = np.concatenate([x + 1j, x * 2j]); np.abs(z)",
    "A: a = s * 2; b = a; a += 1; a * b",
    "A: a = y.sum(); b = a; a *= s; a * b",
    "A: a = x.sum(axis=0); b = a; a += 1; a * b",
    "A: a = y[0]; a += 1; a * y",
    "A: a = np.array(s); b = a; a += 1; a * b",
    "A: out = np.zeros(3); b = out; b[0] = s; out",
    "A: out = np.asarray(np.zeros(3)); o = np.asarray(out); o[1] = s; out",
    "A: a = y.copy(); np.add(a, s, out=a); a",
    "A: c = y > 0; c |= m; c * y",
    "A: out = []\n    for k in range(3): out.append(y[k] * k)\n    r = np.array(out); r",
    "A: out = np.zeros(4); out[[0, 2]] = y[1:]; out[out == 0] = s; out",
    "A: c = x.copy(); c[c < 0] = 0; c",
    "A: c = x.copy(); c[1, 0] *= s; c",
    "A: c = x.copy(); c[:, [0, 1]] = c[:, [1, 0]]; c",
    "np.float32(0.1) * y",
    "np.float64(0.1) + y",
    "np.int64(3) * y",
    "x.T.shape[0] * y",
    "y * np.pi",
    "np.einsum('ij,j', d, y)",
    "x * (d.ndim + d.size)",
]
EVERY = [(name, case) for name, cases in CASES.items() for case in cases] + [("", case) for case in OTHERS]


def source_of(case: str) -> str:
    """The text of an oracle: of an expression, or after `A: ` of statements and an expression at the end."""
    if not case.startswith("A: "):
        return HEAD.format(body=f"    return {case}\n")
    *lines, last = case[3:].split("; ")
    return HEAD.format(body="".join(f"    {line}\n" for line in lines) + f"    return {last}\n")


def certified_value(function: Any, params: Any, data: Any) -> np.ndarray:
    """What an oracle's function returns, at float64; complex numbers are no result of a test."""
    with evaluation(kind=BALLS, order=0, tied=[]), ctx.workprec(100):
        held = (
            {k: OracleArray(Node(Jet([a]), moves=g == 0), frozen=True) for k, a in to_numbers(group).items()}
            for g, group in enumerate((params, data))
        )
        found = function(*held)
        assert not isinstance(found, ComplexArray)
        jet = as_numbers(found.value if isinstance(found, OracleArray) else Jet([BALLS.convert(np.asarray(found))]))
        return np.array([float(x) for x in jet.first.flat]).reshape(jet.shape)


WITHOUT_DIFFERENCES = ("x.astype(float)", "x.round() * x", "x // 0.4 * x", "divmod(x, 0.4)[1]", "m.mean() * y")
"""What leaves mpmath's numbers on the other side."""


def used(case: str) -> dict[str, np.ndarray]:
    """The parameters that a case names, or that its matrices depend on."""
    text = case.replace("spd", " y ").replace("big", " v ")
    return {name: x for name, x in PARAMS.items() if re.search(rf"\b{name}\b", text)}


@pytest.mark.parametrize("case", [case for _, case in EVERY])
def test_values_are_those_of_numpy(case):
    plain, ours = plain_module(source_of(case)), certified_module(source_of(case))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = {k: a.astype(int) if a.dtype == np.uint8 else a for k, a in DATA.items()}  # without NumPy's wrap-around
        expected = np.asarray(plain.result(PARAMS, data), float)
    found = certified_value(ours.result, PARAMS, DATA)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for _, case in EVERY if case not in WITHOUT_DIFFERENCES])
def test_gradients_are_those_of_differences(case):
    exact = mpmath_numpy.load(source_of(case)).objective
    answer = certified(source_of(case), "gradient", PARAMS, DATA)
    with mpmath.workdps(mpmath_numpy.DIGITS):
        at, data = mpmath_numpy.to_mpmath(PARAMS), mpmath_numpy.to_mpmath(DATA)
        own = used(case)
        truth = mpmath_numpy.gradient(lambda params, data: exact({**at, **params}, data), {k: at[k] for k in own}, data)
        for key, leaf in truth.items():
            for index in np.ndindex(leaf.shape):
                value, radius = answer.values[key][index], answer.radii[key][index]
                assert holds(value, radius, leaf[index]), (key, index, value, radius, mpmath.nstr(leaf[index], 25))
    assert all(not np.any(answer.values[key]) for key in set(PARAMS) - set(own))


def test_every_function_has_a_case():
    assert not sorted(set(FUNCTIONS) - set(CASES))


@pytest.mark.parametrize("more", [0, 1])
def test_a_variance_of_no_freedom_is_no_number(more):
    """NumPy divides by max(n − ddof, 0), and NaN where numbers may be missing."""
    source = "import numpy as np\n\n\ndef objective(params, data):\n    return {}\n"
    found = certified(source.format(f"np.var(params['y'], ddof={3 + more})"), "value", PARAMS, DATA)
    assert np.isinf(found.values[()])
    found = certified(source.format(f"np.nanvar(params['y'] * data['n'], ddof={2 + more})"), "value", PARAMS, DATA)
    assert np.isnan(found.values[()])
