"""The traps as one would write them in TensorFlow."""

import tensorflow as tf


def softplus_naive(params, data):
    return tf.math.log(1 + tf.exp(params["x"]))


def softplus_stable(params, data):
    return tf.nn.softplus(params["x"])


def cancellation(params, data):
    x = params["x"]
    return (1 - tf.cos(x)) / (x * x)


def where_sqrt(params, data):
    x = params["x"]
    return tf.reduce_sum(tf.where(x > 0, tf.sqrt(x), tf.zeros_like(x)))


def where_sqrt_safe(params, data):
    x = params["x"]
    safe = tf.where(x > 0, x, tf.ones_like(x))
    return tf.reduce_sum(tf.where(x > 0, tf.sqrt(safe), tf.zeros_like(x)))


def norm(params, data):
    return tf.norm(params["x"])


def absolute(params, data):
    return tf.abs(params["x"])


def relu(params, data):
    return tf.nn.relu(params["x"])


def power(params, data):
    return params["x"] ** params["y"]


def square(params, data):
    return params["x"] * params["x"]


def cube(params, data):
    x = params["x"]
    return x * x * x


def sine(params, data):
    return tf.sin(params["x"])


def logsumexp_naive(params, data):
    return tf.math.log(tf.reduce_sum(tf.exp(params["x"])))


def logsumexp_stable(params, data):
    return tf.reduce_logsumexp(params["x"])


def sigmoid(params, data):
    return tf.sigmoid(params["x"])


def scaled(params, data):
    x = params["x"]
    return data["c"] * x * x


def weighted(params, data):
    return tf.reduce_sum(data["n"] * params["x"])


def constant(params, data):
    return params["x"] * tf.constant(0.1, tf.float32)


def in_place(params, data):
    y = tf.exp(params["x"])
    y[:] = y * y
    return tf.reduce_sum(y)


def squares(params, data):
    x = params["x"]
    return tf.reduce_sum(x * x)


def masked(params, data):
    x, d = params["x"], data["d"]
    return tf.where(tf.math.is_nan(d), tf.zeros_like(x), d * x * x)


# Measured with the versions of constraints.txt, in both dtypes.
EXPECT = {
    "cancellation": {
        "*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
    },
    "where_sqrt": {
        "xla": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "where_sqrt_masked": {
        "xla": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "norm_at_0": {
        "*": ("wrong", "x/‖x‖ is 0/0 at 0"),
    },
    "sigmoid_at_40": {
        "*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
    },
    "subnormal_float64": {
        "*": ("wrong", "the backend flushes subnormal numbers to zero"),
    },
    "subnormal_float32": {
        "*": ("wrong", "the backend flushes subnormal numbers to zero"),
    },
    "integer_data": {
        "*": ("error", "an integer array determines the result type"),
    },
    "float32_constant": {
        "eager:gradient:float64": ("error", "TensorFlow refuses a product of float64 and float32"),
        "graph:gradient:float64": ("error", "TensorFlow refuses a product of float64 and float32"),
        "xla:gradient:float64": ("error", "TensorFlow refuses a product of float64 and float32"),
    },
    "in_place": {
        "*": ("error", "the derivative of exp needs the value that was overwritten"),
    },
    "nan_masked": {
        "*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
}
