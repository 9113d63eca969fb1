"""The functions, monomial by monomial."""


def cubic(params, data):
    x = params["x"]
    return x**3 - 3 * x**2 + 2


def bowl(params, data):
    x, y = params["p"]
    return x**4 + x**2 + x * y + y**2 - 3 * x


def saddle(params, data):
    x, y = params["p"]
    return x * y + x**3 / 3 - y


def monkey_saddle(params, data):
    x, y = params["p"]
    return x**3 - 3 * x * y**2
