"""x² + 3x + 5, w·x + b, x², sin²x, x³, x² sin x, x²/eˣ, 1/(1 + e⁻ˣ), x² + 2x + 1.

`tf.square`, as `x ** 2` is a power, 25 times slower in eager mode.
"""

import tensorflow as tf


def quadratic(params, data):
    x = params["x"]
    return tf.square(x) + 3 * x + 5


def square(params, data):
    x = params["x"]
    return tf.square(x)


def linear(params, data):
    return params["w"] * data["x"] + params["b"]


def sine_squared(params, data):
    sine = tf.sin(params["x"])
    return tf.square(sine)


def cube(params, data):
    x = params["x"]
    return tf.square(x) * x


def product(params, data):
    x = params["x"]
    return tf.square(x) * tf.sin(x)


def quotient(params, data):
    x = params["x"]
    return tf.square(x) / tf.exp(x)


def sigmoid(params, data):
    return tf.sigmoid(params["x"])


def shifted_square(params, data):
    x = params["x"]
    return tf.square(x) + 2 * x + 1
