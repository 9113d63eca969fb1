"""J = r·r / 2m with r = Xθ − y: one matrix-vector product and one dot product an evaluation."""


def arrange(data):
    return {**data, "X": data["X"].copy(order="F")}


def objective(params, data):
    residual = data["X"] @ params["theta"] - data["y"]
    return residual @ residual / (2 * len(residual))


def plain(params, data):
    return objective(params, data)
