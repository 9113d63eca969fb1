"""The term of one sample is Σⱼ [c = j] ‖x − μⱼ‖², where c is the label.

Label and indicator are functions of their own, evaluated by NumPy, whose derivative is zero.
"""

import numpy as np
from sympy import Function, S

from .. import Expression


class Fixed(Function):
    """A function that is held fixed under differentiation."""

    def fdiff(self, argindex=1):
        return S.Zero


class nearest(Fixed):  # noqa: N801  (printed as a function)
    """The lowest index of the least argument, as a number of the arguments' dtype."""

    _imp_ = staticmethod(lambda *distances: np.argmin(distances, axis=0).astype(distances[0].dtype))


class is_label(Fixed):  # noqa: N801
    _imp_ = staticmethod(lambda label, j: (label == j).astype(label.dtype))


def objective(params, data):
    x, centroids = data["X"], params["centroids"]
    label = nearest(*[mu @ mu - 2 * (x @ mu) for mu in centroids])
    return Expression(sum(is_label(label, j) * ((x - mu) @ (x - mu)) for j, mu in enumerate(centroids)), combine="sum")
