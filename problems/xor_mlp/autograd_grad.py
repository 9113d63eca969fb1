"""J = ½ Σ (y − out)²."""

import autograd.numpy as np
from autograd.scipy.special import expit


def objective(params, data):
    hidden = expit(data["X"] @ params["weights_input_hidden"])
    output = expit(hidden @ params["weights_hidden_output"])
    return 0.5 * np.sum(np.square(data["y"] - output))
