"""Σⱼ xⱼ tʲ: by powers that double, few large calls for few points, and by Horner's rule for many, which is fused."""

import torch

FEW = 4096  # points, up to which a call takes longer than its work


def powers(t, m):
    """tʲ: (m, n); each step doubles their number."""
    found, top = torch.ones_like(t)[None], t
    while len(found) < m:
        found, top = torch.cat([found, found * top]), top * top
    return found[:m]


def horner(x, t):
    first, *rest = x.flip(0).unbind()
    total = first.expand_as(t)
    for c in rest:
        total = torch.addcmul(c, total, t)
    return total


def objective(params, data):
    x, t = params["x"], data["t"]
    fitted = x @ powers(t, len(x)) if len(t) <= FEW else horner(x, t)
    return 0.5 * torch.sum(torch.square(fitted - data["s"]))
