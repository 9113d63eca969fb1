"""∂(x²y + y³) = (2xy, x² + 3y²). ∇(w₁² + 2w₂²) = (2w₁, 4w₂). ∇(x² + 3xy + y²) = (2x + 3y, 3x + 2y).

For Rosenbrock's function, with vᵢ = xᵢ₊₁ − xᵢ²,

∂f/∂xᵢ = −400 xᵢ vᵢ − 2(1 − xᵢ) + 200 vᵢ₋₁           (first two terms for i < n, the last for i > 1)
∂²f/∂xᵢ² = 1200 xᵢ² − 400 xᵢ₊₁ + 2 + 200,   ∂²f/∂xᵢ∂xᵢ₊₁ = −400 xᵢ      (likewise)
"""

import numpy as np


def cubic(params, data):
    x, y = params["x"], params["y"]
    return x * x * y + y * y * y


def cubic_gradient(params, data):
    x, y = params["x"], params["y"]
    return {"x": 2 * x * y, "y": x * x + 3 * y * y}


def cubic_hessian(params, data):
    x, y = params["x"], params["y"]
    return {"x": {"x": 2 * y, "y": 2 * x}, "y": {"x": 2 * x, "y": 6 * y}}


def bowl(params, data):
    first, second = params["w"]
    return first * first + 2 * second * second


def bowl_gradient(params, data):
    return {"w": params["w"] * np.array([2, 4], params["w"].dtype, like=params["w"])}


def bowl_hessian(params, data):
    return {"w": {"w": np.array([[2, 0], [0, 4]], params["w"].dtype, like=params["w"])}}


def mixed(params, data):
    x, y = params["x"], params["y"]
    return x * x + 3 * x * y + y * y


def mixed_gradient(params, data):
    x, y = params["x"], params["y"]
    return {"x": 2 * x + 3 * y, "y": 3 * x + 2 * y}


def mixed_hessian(params, data):
    one = np.ones_like(params["x"])
    return {"x": {"x": 2 * one, "y": 3 * one}, "y": {"x": 3 * one, "y": 2 * one}}


def rosenbrock(params, data):
    x = params["x"]
    valley = x[1:] - x[:-1] * x[:-1]
    gap = 1 - x[:-1]
    return 100 * np.sum(valley * valley) + np.sum(gap * gap)


def rosenbrock_gradient(params, data):
    x = params["x"]
    valley = x[1:] - x[:-1] * x[:-1]
    slope = np.empty_like(x)
    slope[:-1] = 2 * (x[:-1] - 1) - 400 * x[:-1] * valley
    slope[-1] = 0
    slope[1:] += 200 * valley
    return {"x": slope}


def rosenbrock_hessian(params, data):
    x = params["x"]
    n = len(x)
    hessian = np.zeros((n, n), x.dtype, like=x)
    diagonal, above, below = hessian.ravel()[:: n + 1], hessian.ravel()[1 :: n + 1], hessian.ravel()[n :: n + 1]
    diagonal[:-1] = 1200 * x[:-1] * x[:-1] - 400 * x[1:] + 2
    diagonal[1:] += 200
    above[:] = below[:] = -400 * x[:-1]
    return {"x": {"x": hessian}}
