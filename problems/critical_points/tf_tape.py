"""x³ − 3x² + 2 as (x − 3)x² + 2, and three functions of p = (x, y)."""

import tensorflow as tf


def cubic(params, data):
    x = params["x"]
    return (x - 3) * tf.square(x) + 2


def bowl(params, data):
    x, y = tf.unstack(params["p"])
    return (tf.square(x) + 1) * tf.square(x) + (x + y) * y - 3 * x


def saddle(params, data):
    x, y = tf.unstack(params["p"])
    return x * y + x * tf.square(x) / 3 - y


def monkey_saddle(params, data):
    x, y = tf.unstack(params["p"])
    return x * (tf.square(x) - 3 * tf.square(y))
