"""The term of one sample is (y − out)²/2; the objective is its sum."""

from sympy import Rational, exp

from .. import Expression


def sigmoid(z):
    return 1 / (1 + exp(-z))


def objective(params, data):
    hidden = (data["X"] @ params["weights_input_hidden"]).tolist()
    hidden = [sigmoid(z) for z in hidden]
    output = sigmoid((hidden @ params["weights_hidden_output"])[0])
    return Expression(Rational(1, 2) * (data["y"][0] - output) ** 2, combine="sum")
