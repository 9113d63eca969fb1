"""tanh(Ax)."""

import autograd.numpy as np  # type: ignore[import-untyped]


def objective(params, data):
    return np.tanh(data["A"] @ params["x"])
