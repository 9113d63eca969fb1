"""x² + 3x + 5, x², sin²x. `tf.square`, as `x ** 2` is a power, 25 times slower in eager mode."""

import tensorflow as tf


def quadratic(params, data):
    x = params["x"]
    return tf.square(x) + 3 * x + 5


def square(params, data):
    return tf.square(params["x"])


def sine_squared(params, data):
    return tf.square(tf.sin(params["x"]))
