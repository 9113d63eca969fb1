"""The loss is `cross_entropy`, which does not overflow."""

import torch
from torch.nn.functional import cross_entropy


def objective(params, data):
    hidden = torch.tanh(torch.addmm(params["b1"], data["X"], params["W1"]))
    return cross_entropy(torch.addmm(params["b2"], hidden, params["W2"]), data["y"])
