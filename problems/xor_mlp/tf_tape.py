"""J = ½ Σ (y − out)²."""

import tensorflow as tf


def objective(params, data):
    hidden = tf.sigmoid(data["X"] @ params["weights_input_hidden"])
    output = tf.sigmoid(hidden @ params["weights_hidden_output"])
    return 0.5 * tf.reduce_sum(tf.square(data["y"] - output))
