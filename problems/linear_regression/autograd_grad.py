"""J = r·r / 2m with r = Xθ − y, X column-major: the backward product reuses the layout of the forward one."""


def arrange(data):
    return {**data, "X": data["X"].copy(order="F")}


def objective(params, data):
    residual = data["X"] @ params["theta"] - data["y"]
    return residual @ residual / (2 * len(residual))


def plain(params, data):
    return objective(params, data)
