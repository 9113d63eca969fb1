"""J = r·r / 2m with r = Xθ − y. dr/dθ = X, so ∇J = Xᵀr / m.

X is stored column-major: both products then run along columns, which is what BLAS does fastest for tall X.
"""


def arrange(data):
    return {**data, "X": data["X"].copy(order="F")}


def objective(params, data):
    residual = data["X"] @ params["theta"] - data["y"]
    return residual @ residual / (2 * len(residual))


def objective_gradient(params, data):
    X = data["X"]
    residual = X @ params["theta"] - data["y"]
    return {"theta": residual @ X / len(residual)}


def plain(params, data):
    return objective(params, data)


def plain_gradient(params, data):
    return objective_gradient(params, data)
