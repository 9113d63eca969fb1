"""w² − 4w + 4 and Σ exp(Ax + b)."""

import torch


def parabola(params, data):
    w = params["w"]
    return torch.square(w) - 4 * w + 4


def exponentials(params, data):
    return torch.sum(torch.exp(torch.mv(data["A"], params["x"]) + data["b"]))
