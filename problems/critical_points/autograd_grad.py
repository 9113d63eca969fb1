"""x³ − 3x² + 2 as (x − 3)x² + 2, and three functions of p = (x, y)."""


def cubic(params, data):
    x = params["x"]
    return (x - 3) * x * x + 2


def bowl(params, data):
    x, y = params["p"]
    return (x * x + 1) * x * x + (x + y) * y - 3 * x


def saddle(params, data):
    x, y = params["p"]
    return x * y + x * x * x / 3 - y


def monkey_saddle(params, data):
    x, y = params["p"]
    return x * (x * x - 3 * y * y)
