"""J = ½ Σ (y − out)²."""

import torch


def objective(params, data):
    hidden = torch.sigmoid(data["X"] @ params["weights_input_hidden"])
    output = torch.sigmoid(hidden @ params["weights_hidden_output"])
    return 0.5 * torch.sum(torch.square(data["y"] - output))
