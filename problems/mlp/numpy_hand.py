"""Backpropagation. With h = tanh(X W₁ + b₁), z = h W₂ + b₂, p = softmax z, Y the one-hot labels, tanh' = 1 − tanh²:

δ_z = (p − Y)/n               ∂J/∂W₂ = hᵀ δ_z    ∂J/∂b₂ = Σ δ_z
δ_h = (δ_z W₂ᵀ) (1 − h²)      ∂J/∂W₁ = Xᵀ δ_h    ∂J/∂b₁ = Σ δ_h
"""

import numpy as np


def objective(params, data):
    y = data["y"]
    hidden = np.tanh(data["X"] @ params["W1"] + params["b1"])
    scores = hidden @ params["W2"] + params["b2"]
    scores -= scores.max(axis=1, keepdims=True)
    right = scores[np.arange(len(y), like=y), y]
    return np.sum(np.log(np.exp(scores).sum(axis=1)) - right) / len(y)


def objective_gradient(params, data):
    X, y, W2 = data["X"], data["y"], params["W2"]
    hidden = np.tanh(X @ params["W1"] + params["b1"])
    delta = hidden @ W2 + params["b2"]
    delta -= delta.max(axis=1, keepdims=True)
    np.exp(delta, out=delta)
    delta /= delta.sum(axis=1, keepdims=True)
    delta[np.arange(len(y), like=y), y] -= 1
    delta /= len(y)
    delta_hidden = (delta @ W2.T) * (1 - hidden * hidden)
    return {
        "W1": X.T @ delta_hidden,
        "b1": delta_hidden.sum(axis=0),
        "W2": hidden.T @ delta,
        "b2": delta.sum(axis=0),
    }
