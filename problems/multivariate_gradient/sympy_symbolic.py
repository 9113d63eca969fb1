"""x²y + y³, w₁² + 2w₂², x² + 3xy + y², and Rosenbrock's function, written out."""

import itertools

from .. import Expression


def cubic(params, data):
    x, y = params["x"], params["y"]
    return Expression(x**2 * y + y**3)


def bowl(params, data):
    first, second = params["w"]
    return Expression(first**2 + 2 * second**2)


def mixed(params, data):
    x, y = params["x"], params["y"]
    return Expression(x**2 + 3 * x * y + y**2)


def rosenbrock(params, data):
    x = params["x"]
    return Expression(sum(100 * (after - here**2) ** 2 + (1 - here) ** 2 for here, after in itertools.pairwise(x)))
