"""TensorFlow's GradientTape, eager, as one graph, and compiled by XLA.

Decisions
- graph and xla call the concrete function, half the dispatch of calling the `tf.function`. Arrays are its arguments:
  small tensors that a function merely captures are folded into it as constants.
- Descent and Newton's method are a `tf.while_loop` inside one function.
- Hessians are `tape.jacobian` of the inner tape's gradient, vectorised by `pfor`.
- CPU calls return when the work is done; on an accelerator the wait is `sync_devices`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import Call, Layout, Task, Unavailable, Variant, map_leaves

if TYPE_CHECKING:
    import tensorflow as tf

REQUIRES = "tensorflow"
EXTRA = "tensorflow"
VARIANTS = {
    "eager": Variant("GradientTape, operation by operation"),
    "graph": Variant("GradientTape in a tf.function", compiled=True),
    "xla": Variant("GradientTape in a tf.function with jit_compile=True", compiled=True),
}
DEVICES = ("cpu", "cuda")
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
        return tape.gradient(objective, params, unconnected_gradients="zero")

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
    gradient = tape_gradient(task.objective)
    rate, steps = task.options["rate"], task.options["steps"]

    def update(params: dict, data: dict) -> dict:
        slopes = gradient(params, data)
        return {name: weight - rate * slopes[name] for name, weight in params.items()}

    def eager(params: dict, data: dict) -> dict:
        for _ in range(steps):
            params = update(params, data)
        return params

    def loop(params: dict, data: dict) -> dict:
        _, found = tf.while_loop(
            lambda i, params: i < steps,
            lambda i, params: (i + 1, update(params, data)),
            (tf.constant(0), params),
            maximum_iterations=steps,
        )
        return found

    return runner(task, eager if task.variant == "eager" else loop, params, data)


def newton(task: Task, params: dict, data: dict) -> Call:
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
    "gradient_descent": gradient_descent,
    "newton": newton,
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
