"""tanh(Ax)."""

import tensorflow as tf


def objective(params, data):
    return tf.tanh(tf.linalg.matvec(data["A"], params["x"]))
