"""x² + 3x + 5, x², sin²x."""

import torch


def quadratic(params, data):
    x = params["x"]
    return torch.square(x) + 3 * x + 5


def square(params, data):
    return torch.square(params["x"])


def sine_squared(params, data):
    return torch.square(torch.sin(params["x"]))
