"""x²y + y³, w₁² + 2w₂², x² + 3xy + y², and Rosenbrock's function on two slices."""

import torch


def cubic(params, data):
    x, y = params["x"], params["y"]
    return torch.square(x) * y + y * y * y


def bowl(params, data):
    first, second = params["w"].unbind()
    return torch.square(first) + 2 * torch.square(second)


def mixed(params, data):
    x, y = params["x"], params["y"]
    return torch.square(x) + 3 * x * y + torch.square(y)


def rosenbrock(params, data):
    here, after = params["x"][:-1], params["x"][1:]
    return torch.sum(100 * torch.square(after - torch.square(here)) + torch.square(1 - here))
