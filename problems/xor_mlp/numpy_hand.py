"""Backpropagation. With h = σ(XW₁), o = σ(hW₂), J = ½ Σ (y − o)², and σ' = σ(1 − σ):

δₒ = (o − y) o (1 − o)          ∂J/∂W₂ = hᵀ δₒ
δₕ = (δₒ W₂ᵀ) h (1 − h)         ∂J/∂W₁ = Xᵀ δₕ
"""

import numpy as np


def objective(params, data):
    hidden = 1 / (1 + np.exp(-(data["X"] @ params["weights_input_hidden"])))
    output = 1 / (1 + np.exp(-(hidden @ params["weights_hidden_output"])))
    error = (data["y"] - output).ravel()
    return 0.5 * (error @ error)


def objective_gradient(params, data):
    X, W2 = data["X"], params["weights_hidden_output"]
    hidden = 1 / (1 + np.exp(-(X @ params["weights_input_hidden"])))
    output = 1 / (1 + np.exp(-(hidden @ W2)))
    delta_output = (output - data["y"]) * output * (1 - output)
    delta_hidden = (delta_output @ W2.T) * hidden * (1 - hidden)
    return {"weights_input_hidden": X.T @ delta_hidden, "weights_hidden_output": hidden.T @ delta_output}
