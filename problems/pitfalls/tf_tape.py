"""The traps as one would write them in TensorFlow."""

import tensorflow as tf
import tensorflow.experimental.numpy as tnp


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


def quotient(params, data):
    return data["a"] / params["x"]


def hypot(params, data):
    x = params["x"]
    return tnp.hypot(x[0], x[1])


def cumprod(params, data):
    return tf.reduce_sum(tf.math.cumprod(params["x"]))


def cumprod_weighted(params, data):
    x = params["x"]
    return tf.reduce_sum(tf.constant([1, 2, 3, 4], x.dtype) * tf.math.cumprod(x))


def mean_of_rows(params, data):
    return tf.reduce_sum(tf.reduce_mean(data["kelvin"], axis=0) * params["x"])


def logsumexp_weighted(params, data):
    return tf.reduce_logsumexp(params["x"] + tf.math.log(data["w"][0]))


def logsumexp_by_weights(params, data):
    return tf.reduce_logsumexp(params["x"] + tf.math.log(params["w"]))


def expm1(params, data):
    return tf.math.expm1(params["x"])


def by_eigenvalues(params, data):
    x, u = params["x"], data["u"]
    values, vectors = tf.linalg.eigh((x + tf.transpose(x)) / 2)
    return tf.reduce_sum(values**3 * tf.square(u @ vectors)[0])


def mean_square(params, data):
    return tf.reduce_mean(tf.square(data["X"] @ params["x"] - data["y"]))


def bessel(params, data):
    return tf.math.bessel_i0(3 * params["x"])


def sinc(params, data):
    return tnp.sinc(params["x"])


def gaussian(params, data):
    return tf.exp(-tf.square(tf.norm(params["x"])))


OMIT = {"bessel_at_0": {"xla": "TensorFlow's Bessel functions do not compile with XLA"}}

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
    "small_quotient_*": {
        "xla": ("wrong", "x² underflows to 0, and a/0 is infinite"),
    },
    "small_hypot_*": {
        "*": ("wrong", "the square root of Σx² is 0, as squares underflow"),
    },
    "large_hypot_*": {
        "*": ("wrong", "Σx² overflows, and x/∞ is 0"),
    },
    "large_norm_*": {
        "*": ("wrong", "Σx² overflows, and x/∞ is 0"),
    },
    "cumprod_*": {
        "*": ("wrong", "the products are divided by xᵢ, and what is divided by 0 counts as 0"),
    },
    "mean_of_a_million": {
        "eager:gradient:float32": (
            "wrong",
            "a sum of 10⁶ numbers row by row in float32: each addition rounds to 16 or 32",
        ),
        "graph:gradient:float32": (
            "wrong",
            "a sum of 10⁶ numbers row by row in float32: each addition rounds to 16 or 32",
        ),
    },
    "by_zero_weight": {
        "*": ("wrong", "the logarithm of a weight of 0 has the slope 1/0, times e^{−∞} = 0"),
    },
    "double_eigenvalue": {
        "*": ("wrong", "1/(λᵢ − λⱼ) of a double eigenvalue counts as 0, and its part of the slope is lost"),
    },
    "column_minus_row": {
        "*": ("wrong", "(n, 1) − (n,) is (n, n): every prediction is compared with every target, without a word"),
    },
    "bessel_at_0": {
        "*:hessian": ("wrong", "TensorFlow states the derivative of I₁ at 0 as 1, where it is ½"),
    },
    "sinc_at_0": {
        "*": ("wrong", "the formula of the derivative is 0/0 at 0"),
    },
    "gaussian_at_0": {
        "xla": ("wrong", "the derivative of ‖x‖ at 0 is 0/0"),
        "*:hessian": ("wrong", "the derivative of ‖x‖ at 0 is 0/0"),
    },
}
