"""The hinge is `tf.maximum`, whose derivative at the kink belongs to its first argument: 1. X is stored d × n."""

import tensorflow as tf


def arrange(data):
    return {**data, "X": tf.transpose(data["X"])}


def objective(params, data):
    w = params["w"]
    excess = 1 - data["y"] * tf.linalg.matvec(data["X"], w, transpose_a=True)
    return tf.reduce_mean(tf.maximum(excess, 0)) + 0.5 * data["penalty"] * tf.reduce_sum(tf.square(w))
