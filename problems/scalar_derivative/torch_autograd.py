"""x² + 3x + 5, w·x + b, x², sin²x, x³, x² sin x, x²/eˣ, 1/(1 + e⁻ˣ), x² + 2x + 1."""

import torch


def quadratic(params, data):
    x = params["x"]
    return torch.square(x) + 3 * x + 5


def square(params, data):
    x = params["x"]
    return torch.square(x)


def linear(params, data):
    return params["w"] * data["x"] + params["b"]


def sine_squared(params, data):
    sine = torch.sin(params["x"])
    return torch.square(sine)


def cube(params, data):
    x = params["x"]
    return torch.square(x) * x


def product(params, data):
    x = params["x"]
    return torch.square(x) * torch.sin(x)


def quotient(params, data):
    x = params["x"]
    return torch.square(x) / torch.exp(x)


def sigmoid(params, data):
    return torch.sigmoid(params["x"])


def shifted_square(params, data):
    x = params["x"]
    return torch.square(x) + 2 * x + 1
