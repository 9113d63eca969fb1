"""J = ½ Σ (y − out)²; σ(z) = 1/(1 + e⁻ᶻ)."""

import numpy as np


def objective(params, data):
    hidden = 1 / (1 + np.exp(-(data["X"] @ params["weights_input_hidden"])))
    output = 1 / (1 + np.exp(-(hidden @ params["weights_hidden_output"])))
    error = (data["y"] - output).ravel()
    return 0.5 * (error @ error)
