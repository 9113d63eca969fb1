"""RK4, a Python loop over the steps."""

import torch


def slope(x, y):
    """y₁' = x₁, yᵢ' = xᵢ yᵢ₋₁."""
    return x * torch.nn.functional.pad(y[:-1], (1, 0), value=1.0)


def objective(params, data):
    x = params["x"]
    y = torch.zeros_like(x)
    for h in data["h"].unbind():
        first = slope(x, y)
        second = slope(x, y + 0.5 * h * first)
        third = slope(x, y + 0.5 * h * second)
        fourth = slope(x, y + h * third)
        y = y + h / 6 * (first + 2 * (second + third) + fourth)
    return y[-1]
