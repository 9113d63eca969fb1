"""log(1 + exp z) is `tf.nn.softplus`. X is stored d × n: the CPU kernel's product then runs along contiguous rows."""

import tensorflow as tf


def arrange(data):
    return {**data, "X": tf.transpose(data["X"])}


def objective(params, data):
    w = params["w"]
    z = tf.linalg.matvec(data["X"], w, transpose_a=True)
    return tf.reduce_mean(tf.nn.softplus(z) - data["y"] * z) + 0.5 * data["penalty"] * tf.reduce_sum(tf.square(w))


def plain(params, data):
    w = params["w"]
    z = tf.linalg.matvec(data["X"], w)
    return tf.reduce_mean(tf.nn.softplus(z) - data["y"] * z) + 0.5 * data["penalty"] * tf.reduce_sum(tf.square(w))
