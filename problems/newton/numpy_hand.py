"""(w² − 4w + 4)' = 2w − 4, its second derivative 2. With e = exp(Ax + b): ∇f = Aᵀe, ∇²f = Aᵀ diag(e) A."""

import numpy as np


def parabola(params, data):
    w = params["w"]
    return w * w - 4 * w + 4


def parabola_gradient(params, data):
    return {"w": 2 * params["w"] - 4}


def parabola_hessian(params, data):
    return {"w": {"w": np.full_like(params["w"], 2)}}


def exponentials(params, data):
    return np.exp(data["A"] @ params["x"] + data["b"]).sum()


def exponentials_gradient(params, data):
    A = data["A"]
    return {"x": np.exp(A @ params["x"] + data["b"]) @ A}


def exponentials_hessian(params, data):
    A = data["A"]
    terms = np.exp(A @ params["x"] + data["b"])
    return {"x": {"x": (A * terms[:, np.newaxis]).T @ A}}
