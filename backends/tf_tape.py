from __future__ import annotations

__doc__ = """TensorFlow's GradientTape, eager, as one graph, and compiled by XLA.

Decisions
- graph and xla call the concrete function, which halves the overhead of calling the `tf.function`. Arrays are its arguments:
  small tensors that a function merely captures are folded into it as constants.
- Descent and Newton's method are a `tf.while_loop` inside one function.
- Hessians are `tape.jacobian` of the inner tape's gradient, vectorised by `pfor`; so is a Jacobian in reverse mode. In
  forward mode it is a `ForwardAccumulator` per variable, vectorised by `tf.vectorized_map`.
- The diagonal of a diagonal Hessian is its product with ones, by a second tape. The sparse gradient of `tf.gather` is made
  dense.
- CPU calls return when the work is done; on an accelerator the wait is `sync_devices`.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import Call, Layout, Task, Unavailable, Variant, map_leaves

if TYPE_CHECKING:
    import tensorflow as tf

ORDER = 60
REQUIRES = "tensorflow"
EXTRA = "tensorflow"
VARIANTS = {
    "eager": Variant("GradientTape, uncompiled"),
    "graph": Variant("GradientTape in a tf.function", compiled=True, typical=True),
    "xla": Variant("GradientTape in a tf.function with jit_compile=True", compiled=True),
}
DEVICES = ("cpu", "cuda")
SKELETON = '''"""TODO: the function in TensorFlow; `tf.square`, as `x ** 2` is a power."""

import tensorflow as tf


def objective(params, data):
    residual = tf.linalg.matvec(data["X"], params["w"]) - data["y"]
    return tf.reduce_sum(tf.square(tf.square(residual))) / 4
'''
accelerated = False  # set by `configure`; asking the framework at each wait would be timed

Function = Callable[..., Any]


def environment(threads: int, device: str, cache: str) -> dict[str, str]:
    hidden = {"CUDA_VISIBLE_DEVICES": ""} if device == "cpu" else {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}
    return {
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": str(threads),
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **hidden,
    }


def configure(threads: int, device: str) -> None:
    global tf, accelerated
    import tensorflow as tf

    accelerated = device == "cuda"
    if device == "cuda" and not tf.config.list_physical_devices("GPU"):
        raise Unavailable("TensorFlow sees no CUDA device here; gradmark doctor lists the devices")
    if tf.config.threading.get_intra_op_parallelism_threads() != threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


def place(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    return {name: tf.constant(array) for name, array in arrays.items()}


def tape_gradient(function: Function) -> Function:
    """(params, data) → the gradient, as a dict like params."""

    def gradient(params: dict, data: dict) -> dict:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(params)
            objective = function(params, data)
        slopes = tape.gradient(objective, params, unconnected_gradients="zero")
        return {name: tf.convert_to_tensor(slope) for name, slope in slopes.items()}

    return gradient


def tape_derivatives(function: Function) -> Function:
    """(params, data) → the gradient and the Hessian, as a dict and a dict of dicts."""
    gradient = tape_gradient(function)

    def derivatives(params: dict, data: dict) -> tuple[dict, dict]:
        with tf.GradientTape(watch_accessed_variables=False, persistent=len(params) > 1) as tape:
            tape.watch(params)
            slopes = gradient(params, data)
        return slopes, {name: tape.jacobian(slope, params, "zero") for name, slope in slopes.items()}

    return derivatives


def tape_diagonal(function: Function) -> Function:
    """(params, data) → ∇²f · 1, the diagonal of a Hessian that is diagonal, as a dict like params."""
    gradient = tape_gradient(function)
    return tape_gradient(lambda params, data: list(gradient(params, data).values()))


def runner(task: Task, function: Function, params: dict, data: dict) -> Call:
    """A call of `function` in the way of the task's variant."""
    if task.variant == "eager":
        return lambda: function(params, data)
    tensors = [*params.values(), *data.values()]

    def flat(*tensors: Any) -> Any:
        return function(dict(zip(params, tensors, strict=False)), dict(zip(data, tensors[len(params) :], strict=True)))

    compiled = tf.function(flat, jit_compile=task.variant == "xla", autograph=False)
    concrete = compiled.get_concrete_function(*tensors)
    return lambda: concrete(*tensors)


def value(task: Task, params: dict, data: dict) -> Call:
    return runner(task, task.objective, params, data)


def gradient(task: Task, params: dict, data: dict) -> Call:
    return runner(task, tape_gradient(task.objective), params, data)


def hessian(task: Task, params: dict, data: dict) -> Call:
    derivatives = tape_derivatives(task.objective)
    return runner(task, lambda params, data: derivatives(params, data)[1], params, data)


def gradient_descent(task: Task, params: dict, data: dict) -> Call:
    gradient, rate = tape_gradient(task.objective), task.options["rate"]

    def update(params: dict, data: dict) -> dict:
        slopes = gradient(params, data)
        return {name: weight - rate * slopes[name] for name, weight in params.items()}

    return runner(task, repeated(task, update), params, data)


def hessian_diagonal(task: Task, params: dict, data: dict) -> Call:
    return runner(task, tape_diagonal(task.objective), params, data)


def descent_history(task: Task, params: dict, data: dict) -> Call:
    """f(θ) after each step: (steps,). The value comes with the gradient of the next step, the last one by itself."""
    function, rate, steps = task.objective, task.options["rate"], task.options["steps"]

    def update(params: dict, data: dict) -> tuple[dict, Any]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(params)
            cost = function(params, data)
        slopes = tape.gradient(cost, params, unconnected_gradients="zero")
        return {name: weight - rate * slopes[name] for name, weight in params.items()}, cost

    def eager(params: dict, data: dict) -> Any:
        costs = []
        for _ in range(steps):
            params, cost = update(params, data)
            costs.append(cost)
        return tf.stack([*costs[1:], function(params, data)])

    def loop(params: dict, data: dict) -> Any:
        def body(i: Any, params: dict, costs: Any) -> tuple[Any, dict, Any]:
            params, cost = update(params, data)
            return i + 1, params, costs.write(i, cost)

        dtype = next(iter(params.values())).dtype
        state = (tf.constant(0), params, tf.TensorArray(dtype, steps + 1, element_shape=()))
        _, found, costs = tf.while_loop(lambda i, *_: i < steps, body, state, maximum_iterations=steps)
        return costs.write(steps, function(found, data)).stack()[1:]

    return runner(task, eager if task.variant == "eager" else loop, params, data)


def jacobian_reverse(task: Task, params: dict, data: dict) -> Call:
    def jacobian(params: dict, data: dict) -> dict:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(params)
            vector = task.objective(params, data)
        return tape.jacobian(vector, params, "zero")

    return runner(task, jacobian, params, data)


def jacobian_forward(task: Task, params: dict, data: dict) -> Call:
    def along(name: str, params: dict, data: dict) -> Function:
        """A tangent of one parameter → that of the vector."""

        def column(tangent: Any) -> Any:
            with tf.autodiff.ForwardAccumulator(params[name], tangent) as accumulator:
                vector = task.objective(params, data)
            return accumulator.jvp(vector, unconnected_gradients="zero")

        return column

    def jacobian(params: dict, data: dict) -> dict:
        found = {}
        for name, x in params.items():
            size = x.shape.num_elements()
            tangents = tf.reshape(tf.eye(size, dtype=x.dtype), (size, *x.shape))
            columns = tf.vectorized_map(along(name, params, data), tangents)
            found[name] = tf.reshape(tf.transpose(columns), (-1, *x.shape))
        return found

    return runner(task, jacobian, params, data)


def reciprocal(values: Any, cutoff: Any) -> Any:
    """1/v, and 0 where |v| ≤ cutoff."""
    bent = tf.abs(values) > cutoff
    return tf.where(bent, 1 / tf.where(bent, values, tf.ones_like(values)), tf.zeros_like(values))


def repeated(task: Task, step: Function) -> Function:
    """`step` (params, data) → params as often as the task's options say, in the way of its variant."""
    steps = task.options["steps"]

    def eager(params: dict, data: dict) -> dict:
        for _ in range(steps):
            params = step(params, data)
        return params

    def loop(params: dict, data: dict) -> dict:
        return tf.while_loop(
            lambda i, params: i < steps,
            lambda i, params: (i + 1, step(params, data)),
            (tf.constant(0), params),
            maximum_iterations=steps,
        )[1]

    return eager if task.variant == "eager" else loop


def diagonal_newton(task: Task, params: dict, data: dict) -> Call:
    """θᵢ ← θᵢ − gᵢ/hᵢ with h the diagonal of the Hessian; where hᵢ = 0, θᵢ stays."""
    gradient, diagonal = tape_gradient(task.objective), tape_diagonal(task.objective)

    def step(params: dict, data: dict) -> dict:
        slopes, curvatures = gradient(params, data), diagonal(params, data)
        return {name: x - slopes[name] * reciprocal(curvatures[name], 0) for name, x in params.items()}

    return runner(task, repeated(task, step), params, data)


def critical_point(task: Task, params: dict, data: dict) -> Call:
    """Newton's method on the gradient by ∇²f = VΛVᵀ, and the eigenvalues at its end; |λ| ≤ nε max|λ| gets no step."""
    layout, derivatives = Layout(task.shapes, tf.reshape, tf.concat), tape_derivatives(task.objective)

    def step(params: dict, data: dict) -> dict:
        slopes, curvature = derivatives(params, data)
        values, vectors = tf.linalg.eigh(layout.matrix(curvature))
        cutoff = values.shape[0] * np.finfo(values.dtype.as_numpy_dtype).eps * tf.reduce_max(tf.abs(values))
        along = tf.linalg.matvec(vectors, layout.vector(slopes), transpose_a=True)
        move = tf.linalg.matvec(vectors, reciprocal(values, cutoff) * along)
        return layout.tree(layout.vector(params) - move)

    search = repeated(task, step)

    def spectrum(params: dict, data: dict) -> dict:
        found = search(params, data)
        return {**found, "eigenvalues": tf.linalg.eigvalsh(layout.matrix(derivatives(found, data)[1]))}

    return runner(task, spectrum, params, data)


def newton(task: Task, params: dict, data: dict) -> Call:
    if task.options.get("diagonal"):
        return diagonal_newton(task, params, data)
    layout = Layout(task.shapes, tf.reshape, tf.concat)
    derivatives = tape_derivatives(task.objective)
    steps, tolerance = task.options["steps"], task.options.get("tolerance")

    def step(params: dict, data: dict) -> tuple[dict, Any]:
        """The next parameters, and the size of the gradient at these."""
        slopes, curvature = derivatives(params, data)
        slope = layout.vector(slopes)
        move = tf.linalg.solve(layout.matrix(curvature), slope[:, tf.newaxis])[:, 0]
        return layout.tree(layout.vector(params) - move), tf.norm(slope)

    def eager(params: dict, data: dict) -> dict:
        for _ in range(steps):
            moved, size = step(params, data)
            if tolerance is not None and size <= tolerance:
                break
            params = moved
        return params

    def loop(params: dict, data: dict) -> dict:
        def body(i: Any, params: dict, going: Any) -> tuple[Any, dict, Any]:
            moved, size = step(params, data)
            going = size > tolerance if tolerance is not None else tf.constant(True)
            return i + 1, {name: tf.where(going, moved[name], weight) for name, weight in params.items()}, going

        state = (tf.constant(0), params, tf.constant(True))
        return tf.while_loop(lambda i, _, going: going & (i < steps), body, state)[1]

    return runner(task, eager if task.variant == "eager" else loop, params, data)


OPERATIONS = {
    "value": value,
    "gradient": gradient,
    "hessian": hessian,
    "hessian_diagonal": hessian_diagonal,
    "gradient_descent": gradient_descent,
    "descent_history": descent_history,
    "newton": newton,
    "critical_point": critical_point,
    "jacobian_forward": jacobian_forward,
    "jacobian_reverse": jacobian_reverse,
}


def prepare(task: Task) -> Call:
    with tf.device("/GPU:0" if task.device == "cuda" else "/CPU:0"):
        return OPERATIONS[task.operation](task, place(task.params), task.arranged(place(task.data)))


def wait(result: Any) -> Any:
    if accelerated:
        tf.test.experimental.sync_devices()
    return result


def to_numpy(result: Any) -> Any:
    return map_leaves(lambda leaf: np.array(leaf.numpy()), result)


def effective_threads() -> int:
    return int(tf.config.threading.get_intra_op_parallelism_threads())


def peak_memory() -> int | None:
    return int(tf.config.experimental.get_memory_info("GPU:0")["peak"]) if accelerated else None
