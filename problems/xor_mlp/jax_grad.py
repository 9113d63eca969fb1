"""J = ½ Σ (y − out)²."""

import jax.numpy as jnp
from jax.nn import sigmoid


def objective(params, data):
    hidden = sigmoid(data["X"] @ params["weights_input_hidden"])
    output = sigmoid(hidden @ params["weights_hidden_output"])
    return 0.5 * jnp.sum(jnp.square(data["y"] - output))
