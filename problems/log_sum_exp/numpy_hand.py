"""∂f/∂xᵢ = pᵢ = exp(xᵢ − a)/Σⱼ exp(xⱼ − a); ∂²f/∂xᵢ∂xⱼ = pᵢ (δᵢⱼ − pⱼ). The array of exponentials is reused."""

import numpy as np


def objective(params, data):
    x = params["x"]
    a = np.max(x)
    shifted = x - a
    return a + np.log(np.sum(np.exp(shifted, out=shifted)))


def softmax(x):
    p = x - np.max(x)
    np.exp(p, out=p)
    p /= np.sum(p)
    return p


def objective_gradient(params, data):
    return {"x": softmax(params["x"])}


def objective_hessian(params, data):
    p = softmax(params["x"])
    hessian = -p[:, np.newaxis] * p
    hessian.ravel()[:: len(p) + 1] += p
    return {"x": {"x": hessian}}
