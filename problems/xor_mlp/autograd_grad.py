"""J = ½ Σ (y − out)²."""

import autograd.numpy as np  # type: ignore[import-untyped]
from autograd.scipy.special import expit  # type: ignore[import-untyped]


def objective(params, data):
    hidden = expit(data["X"] @ params["weights_input_hidden"])
    output = expit(hidden @ params["weights_hidden_output"])
    return 0.5 * np.sum(np.square(data["y"] - output))
