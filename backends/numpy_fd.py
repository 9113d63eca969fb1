from __future__ import annotations

__doc__ = """Finite differences in NumPy: derivatives from function values alone.

Decisions
- Steps: h = ε^(1/(p+1)) · s · max(1, |x|) for a formula of order p, rounded so that x + h is exact. The best step is
  ∛(3ε|f/f‴|) or 2√(ε|f/f″|), which is not known beforehand. s is 1 where halving the step shows a small error, else the
  power of ten with the least estimated error. s is found in prepare, at the starting point of the task, by six to ten
  evaluations per variable, and two hundred more where s may not be 1.
- The steps of a gradient are chosen in prepare. Those of a descent are chosen at each iteration, with the same s.
- An instance may state an absolute step for central and forward differences, as textbook examples do.
- Each entry of the parameters is perturbed in place in one buffer, so an evaluation allocates no copy of them.
- A function of one number, or an elementwise one, is differenced at all points at once.
- A Jacobian takes as many evaluations as a gradient, one column each: forward mode. There is no reverse mode.
- Refused: a gradient in more than 10 000 variables, a Hessian in more than 200, and differences in float32 of a sum of more
  than 64 terms, whose rounding leaves two or three digits.
- Hessians are second differences of values (h = 2ε^¼, 3ε^⅓ or 2ε^⅙), not of hand-derived gradients. Central ones take four
  evaluations an entry: two suffice, with three times the rounding.
- Where a second derivative is 0, as of a linear function, differences of values leave its rounding, by which Newton's method
  divides: `newton` and `critical_point` are then wrong, and an instance says so in `expect`.
- complex_step is refused where a function takes no complex numbers or is not analytic; prepare tests both.
  Its second derivatives are central differences of its first.
- scipy and numdifftools choose their own steps at every call. A result without SciPy's `success` is refused, and so are both
  where they would need more than a million evaluations.
- five_point, complex_step, scipy and numdifftools are in the quick profile only if selected by name.
"""

from dataclasses import replace
from types import ModuleType

from . import Bounds, Call, Task, Unsupported, Variant, numpy_hand
from .differences import Function, complex_step, stencils, with_numdifftools, with_scipy
from .numpy_hand import derivative, finishing, operations, place

ORDER = 10
REQUIRES = "numpy"
EXTRA = ""
# Evaluations: 2n and n + 1 for a gradient, 2n² + 1 and (n + 1)(n + 2)/2 for a Hessian, 3 for a diagonal.
CENTRAL: Bounds = {
    "gradient": lambda n: 2 * n,
    "hessian_diagonal": lambda n: 3 / 2,
    "hessian": lambda n: (2 * n * n + 1) / (2 * n),
}
FORWARD: Bounds = {
    "gradient": lambda n: n + 1,
    "hessian_diagonal": lambda n: 3 / 2,
    "hessian": lambda n: (n + 2) / 2,
}
# 4n for a gradient, 4n² + 1 for a Hessian, 5 for a diagonal.
FIVE_POINT: Bounds = {
    "gradient": lambda n: 4 * n,
    "hessian_diagonal": lambda n: 5 / 4,
    "hessian": lambda n: (4 * n * n + 1) / (4 * n),
}
# A complex product is four real ones; second derivatives are two gradients each.
COMPLEX: Bounds = {"gradient": lambda n: 4 * n, "hessian_diagonal": lambda n: 2, "hessian": lambda n: 2 * n}

VARIANTS = {
    "central": Variant("(f(x+h) − f(x−h)) / 2h", accuracy="central", bounds=CENTRAL, typical=True),
    "forward": Variant("(f(x+h) − f(x)) / h", accuracy="forward", bounds=FORWARD, typical=True),
    "five_point": Variant(
        "(8(f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h))) / 12h", accuracy="five_point", bounds=FIVE_POINT, quick=False
    ),
    "complex_step": Variant("Im f(x+ih) / h", accuracy="complex_step", bounds=COMPLEX, quick=False),
    "scipy": Variant("scipy.differentiate", accuracy="scipy", bounds={}, requires=("scipy", ""), quick=False),
    "numdifftools": Variant(
        "numdifftools", accuracy="numdifftools", bounds={}, requires=("numdifftools", "numdifftools"), quick=False
    ),
}
METHODS: dict[str, ModuleType] = {
    "central": stencils,
    "forward": stencils,
    "five_point": stencils,
    "complex_step": complex_step,
    "scipy": with_scipy,
    "numdifftools": with_numdifftools,
}
DEVICES = numpy_hand.DEVICES
SKELETON = '''"""TODO: the function in NumPy, written to be evaluated often: it is differenced."""


def objective(params, data):
    residual = data["X"] @ params["w"] - data["y"]
    square = residual * residual
    return square @ square / 4
'''

environment = numpy_hand.environment
configure = numpy_hand.configure
wait = numpy_hand.wait
to_numpy = numpy_hand.to_numpy
effective_threads = numpy_hand.effective_threads
peak_memory = numpy_hand.peak_memory


def slopes(task: Task) -> Function:
    function: Function = METHODS[task.variant].slopes(task)
    return function


def curvature(task: Task) -> Function:
    function: Function = METHODS[task.variant].curvature(task)
    return function


def diagonal(task: Task) -> Function:
    function: Function = METHODS[task.variant].diagonal(task)
    return function


def jacobian(task: Task) -> Function:
    function: Function = METHODS[task.variant].jacobian(task)
    return function


def gradient(task: Task, params: dict, data: dict) -> Call:
    """The gradient at a point that is known beforehand, so that its steps are, too."""
    function = stencils.slopes_here(task) if METHODS[task.variant] is stencils else slopes(task)
    return lambda: function(params, data)


def jacobian_reverse(task: Task, params: dict, data: dict) -> Call:
    raise Unsupported("finite differences are a forward mode and have no reverse mode")


OPERATIONS = {
    **operations(lambda task: task.objective, slopes, curvature, diagonal),
    "gradient": gradient,
    "jacobian_forward": derivative(jacobian),
    "jacobian_reverse": jacobian_reverse,
}


def prepare(task: Task) -> Call:
    task = replace(task, params=place(task.params), data=task.arranged(place(task.data)))
    return finishing(OPERATIONS[task.operation](task, dict(task.params), dict(task.data)))
