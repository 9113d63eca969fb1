"""The reverse sweep of RK4. A stage k = x ∘ (1, y₁ … yₙ₋₁) gives x̄ += k̄ ∘ (1, y₁ …) and ȳᵢ₋₁ += k̄ᵢ xᵢ.

The states at which stages are taken are kept, 4s vectors of n + 1 numbers whose first is 1: a stage is then one product.
"""

import numpy as np


def states(x, h):
    """(the states of the four stages of every step, the last state): (s, 4, n + 1) and (n + 1,)."""
    kept = np.empty((len(h), 4, len(x) + 1), x.dtype, like=x)
    kept[:, :, 0] = 1
    state = np.zeros(len(x) + 1, x.dtype, like=x)
    state[0] = 1
    y = state[1:]
    for each, step in zip(kept, h, strict=True):
        each[0] = state
        first = x * state[:-1]
        each[1, 1:] = y + 0.5 * step * first
        second = x * each[1, :-1]
        each[2, 1:] = y + 0.5 * step * second
        third = x * each[2, :-1]
        each[3, 1:] = y + step * third
        fourth = x * each[3, :-1]
        y += step / 6 * (first + 2 * (second + third) + fourth)
    return kept, state


def objective(params, data):
    return states(params["x"], data["h"])[1][-1]


def objective_gradient(params, data):
    x, h = params["x"], data["h"]
    kept, state = states(x, h)
    bar = np.zeros_like(state)  # of the state; its first entry, a constant, is not read
    bar[-1] = 1
    slope = np.zeros_like(x)
    for each, step in zip(kept[::-1], h[::-1], strict=True):
        fourth = step / 6 * bar[1:]
        third, second, first = 2 * fourth, 2 * fourth, fourth
        back = fourth * x  # the bar of the fourth stage's state but for its last entry
        slope += fourth * each[3, :-1]
        third[:-1] += step * back[1:]
        through = back
        back = third * x
        slope += third * each[2, :-1]
        second[:-1] += 0.5 * step * back[1:]
        through = through + back
        back = second * x
        slope += second * each[1, :-1]
        first[:-1] += 0.5 * step * back[1:]
        slope += first * each[0, :-1]
        bar[:-1] += through + back + first * x
    return {"x": slope}
