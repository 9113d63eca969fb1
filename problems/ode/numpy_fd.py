"""RK4; the state has the constant before y₁ as its first entry, so that a stage is one product."""

import numpy as np


def objective(params, data):
    x = params["x"]
    state = np.zeros(len(x) + 1, x.dtype)
    state[0] = 1
    y, before = state[1:], state[:-1]
    middle = state.copy()
    for h in data["h"]:
        first = x * before
        middle[1:] = y + 0.5 * h * first
        second = x * middle[:-1]
        middle[1:] = y + 0.5 * h * second
        third = x * middle[:-1]
        middle[1:] = y + h * third
        fourth = x * middle[:-1]
        y += h / 6 * (first + 2 * (second + third) + fourth)
    return y[-1]
