"""The hinge is `torch.relu`, whose derivative at the kink is 0. (That of `clamp` is 1 there, that of `maximum` ½.)"""

import torch


def arrange(data):
    return {**data, "X": data["X"].T.contiguous().T}


def objective(params, data):
    w = params["w"]
    excess = 1 - data["y"] * torch.mv(data["X"], w)
    return torch.mean(torch.relu(excess)) + 0.5 * data["penalty"] * torch.dot(w, w)
