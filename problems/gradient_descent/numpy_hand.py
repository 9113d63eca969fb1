"""(x²)' = 2x. With the error e = wx + b − y, ∂J/∂w = 2/m Σ e x and ∂J/∂b = 2/m Σ e."""


def square(params, data):
    x = params["x"]
    return x * x


def square_gradient(params, data):
    return {"x": 2 * params["x"]}


def linear_model(params, data):
    error = params["w"] * data["x"] + params["b"] - data["y"]
    return error @ error / len(error)


def linear_model_gradient(params, data):
    x = data["x"]
    error = params["w"] * x + params["b"] - data["y"]
    return {"w": 2 * (error @ x) / len(x), "b": 2 * error.sum() / len(x)}
