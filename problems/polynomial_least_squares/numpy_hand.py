"""∇J = P (Pᵀx − s), ∇²J = P Pᵀ, with P = (tᵢʲ) (m, n): powers by doubling, in blocks of points that stay in the cache."""

import numpy as np

BLOCK = 1024  # points


def blocks(params, data):
    """(P, Pᵀx − s) of one block of points after the other."""
    x, t, s = params["x"], data["t"], data["s"]
    m, width = len(x), min(BLOCK, len(t))
    room = np.empty((m, width), t.dtype, like=t)
    for start in range(0, len(t), width):
        top = t[start : start + width]
        P, count = room[:, : len(top)], 1
        P[0] = 1
        while count < m:
            np.multiply(P[: min(count, m - count)], top, out=P[count : min(2 * count, m)])
            count, top = 2 * count, top * top
        yield P, x @ P - s[start : start + width]


def objective(params, data):
    return 0.5 * sum(residual @ residual for _, residual in blocks(params, data))


def objective_gradient(params, data):
    return {"x": sum(P @ residual for P, residual in blocks(params, data))}


def objective_hessian(params, data):
    return {"x": {"x": sum(P @ P.T for P, _ in blocks(params, data))}}
