"""x²y + y³, w₁² + 2w₂², x² + 3xy + y², and Rosenbrock's function on two slices."""

import tensorflow as tf


def cubic(params, data):
    x, y = params["x"], params["y"]
    return tf.square(x) * y + y * y * y


def bowl(params, data):
    first, second = tf.unstack(params["w"])
    return tf.square(first) + 2 * tf.square(second)


def mixed(params, data):
    x, y = params["x"], params["y"]
    return tf.square(x) + 3 * x * y + tf.square(y)


def rosenbrock(params, data):
    here, after = params["x"][:-1], params["x"][1:]
    return tf.reduce_sum(100 * tf.square(after - tf.square(here)) + tf.square(1 - here))
