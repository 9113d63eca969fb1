"""Σⱼ xⱼ tʲ as a product with powers of t that double."""

import tensorflow as tf


def powers(t, m):
    """tʲ: (m, n); each step doubles their number."""
    found, top, count = tf.ones_like(t)[tf.newaxis], t, 1
    while count < m:
        found, top, count = tf.concat([found, found * top], axis=0), top * top, 2 * count
    return found[:m]


def objective(params, data):
    x, t = params["x"], data["t"]
    fitted = tf.linalg.matvec(powers(t, x.shape[0]), x, transpose_a=True)
    return 0.5 * tf.reduce_sum(tf.square(fitted - data["s"]))
