"""J(w), as it is printed: log(exp 0 + exp z) − yz."""

import numpy as np


def objective(params, data):
    w, z = params["w"], data["X"] @ params["w"]
    loss = np.logaddexp(0, z) - data["y"] * z
    return np.mean(loss) + data["penalty"] * np.sum(w * w) / 2


def plain(params, data):
    return objective(params, data)
