"""tanh(Ax)."""

import torch


def objective(params, data):
    return torch.tanh(torch.mv(data["A"], params["x"]))
