"""The term of one sample is log(1 + exp z) − y z; the penalty is added once.

SymPy's own log(1 + exp z) overflows when printed, and its Max does not differentiate well, so softplus is a function of its
own: evaluated as m + log1p(exp(z − 2m)) with m = max(z, 0), differentiated as (1 + tanh(z/2))/2.
"""

import numpy as np
from sympy import Function, Rational, tanh

from .. import Expression


def evaluated(z):
    m = np.maximum(z, 0)
    return m + np.log1p(np.exp(z - 2 * m))


class softplus(Function):  # noqa: N801  (printed as a function)
    _imp_ = staticmethod(evaluated)

    def fdiff(self, argindex=1):
        return (1 + tanh(self.args[0] / 2)) / 2


def objective(params, data):
    z = sum(x * w for x, w in zip(data["X"], params["w"], strict=True))
    penalty = Rational(1, 2) * data["penalty"] * sum(w**2 for w in params["w"])
    return Expression(softplus(z) - data["y"] * z, rest=penalty, combine="mean")


def plain(params, data):
    return objective(params, data)
