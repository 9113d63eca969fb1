"""J = Σ r² / 2m with r = Xθ − y. X is stored d × m: the CPU kernel's product then runs along contiguous rows."""

import tensorflow as tf


def arrange(data):
    return {**data, "X": tf.transpose(data["X"])}


def objective(params, data):
    residual = tf.linalg.matvec(data["X"], params["theta"], transpose_a=True) - data["y"]
    return tf.reduce_sum(tf.square(residual)) / (2 * residual.shape[0])


def plain(params, data):
    residual = tf.linalg.matvec(data["X"], params["theta"]) - data["y"]
    return tf.reduce_sum(tf.square(residual)) / (2 * residual.shape[0])
