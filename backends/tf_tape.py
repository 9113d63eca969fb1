"""TensorFlow's GradientTape, eager, as one graph, and compiled by XLA.

Decisions
- graph and xla call the concrete function, half the dispatch of calling the `tf.function`. Arrays are its arguments:
  small tensors that a function merely captures are folded into it as constants.
- Descent is a `tf.while_loop` inside one function.
- CPU calls return when the work is done; on an accelerator the wait is `sync_devices`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from . import Call, Task, Unavailable, Variant, map_leaves

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

Function = Callable[..., Any]


def environment(threads: int, device: str) -> dict[str, str]:
    hidden = {"CUDA_VISIBLE_DEVICES": ""} if device == "cpu" else {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}
    return {
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": str(threads),
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **hidden,
    }


def configure(threads: int, device: str) -> None:
    global tf
    import tensorflow as tf

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
        return tape.gradient(objective, params)

    return gradient


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


OPERATIONS = {"value": value, "gradient": gradient, "gradient_descent": gradient_descent}


def prepare(task: Task) -> Call:
    with tf.device("/GPU:0" if task.device == "cuda" else "/CPU:0"):
        return OPERATIONS[task.operation](task, place(task.params), task.arranged(place(task.data)))


def wait(result: Any) -> Any:
    if tf.config.list_logical_devices("GPU"):
        tf.test.experimental.sync_devices()
    return result


def to_numpy(result: Any) -> Any:
    return map_leaves(lambda leaf: np.array(leaf.numpy()), result)


def effective_threads() -> int:
    return int(tf.config.threading.get_intra_op_parallelism_threads())


def peak_memory() -> int | None:
    if not tf.config.list_logical_devices("GPU"):
        return None
    return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])
