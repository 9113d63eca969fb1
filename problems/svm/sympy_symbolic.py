"""The hinge is max(0, z), whose derivative is Heaviside's function: ½ at the kink, as `lambdify` prints SymPy's own.

SymPy's own, printed, is float64 in a float32 cell too, so that both are functions of their own here.
"""

import numpy as np
from sympy import Function, Rational

from .. import Expression


class heaviside(Function):  # noqa: N801  (printed as a function)
    _imp_ = staticmethod(lambda z: np.heaviside(z, z.dtype.type(0.5)))


class hinge(Function):  # noqa: N801
    _imp_ = staticmethod(lambda z: np.maximum(z, 0))

    def fdiff(self, argindex=1):
        return heaviside(self.args[0])


def objective(params, data):
    margin = data["y"] * sum(x * w for x, w in zip(data["X"], params["w"], strict=True))
    penalty = Rational(1, 2) * data["penalty"] * sum(w**2 for w in params["w"])
    return Expression(hinge(1 - margin), rest=penalty, combine="mean")
