"""The traps as one would write them in JAX."""

import jax
import jax.numpy as jnp


def softplus_naive(params, data):
    return jnp.log(1 + jnp.exp(params["x"]))


def softplus_stable(params, data):
    return jax.nn.softplus(params["x"])


def cancellation(params, data):
    x = params["x"]
    return (1 - jnp.cos(x)) / (x * x)


def where_sqrt(params, data):
    x = params["x"]
    return jnp.sum(jnp.where(x > 0, jnp.sqrt(x), 0.0))


def where_sqrt_safe(params, data):
    x = params["x"]
    safe = jnp.where(x > 0, x, 1.0)
    return jnp.sum(jnp.where(x > 0, jnp.sqrt(safe), 0.0))


def norm(params, data):
    return jnp.linalg.norm(params["x"])


def absolute(params, data):
    return jnp.abs(params["x"])


def relu(params, data):
    return jax.nn.relu(params["x"])


def power(params, data):
    return params["x"] ** params["y"]


def square(params, data):
    return params["x"] * params["x"]


def cube(params, data):
    x = params["x"]
    return x * x * x


def sine(params, data):
    return jnp.sin(params["x"])


def logsumexp_naive(params, data):
    return jnp.log(jnp.sum(jnp.exp(params["x"])))


def logsumexp_stable(params, data):
    return jax.nn.logsumexp(params["x"])


def sigmoid(params, data):
    return jax.nn.sigmoid(params["x"])


def scaled(params, data):
    x = params["x"]
    return data["c"] * x * x


def weighted(params, data):
    return jnp.sum(data["n"] * params["x"])


def constant(params, data):
    return params["x"] * jnp.float32(0.1)


def in_place(params, data):
    y = jnp.exp(params["x"])
    y[:] = y * y
    return jnp.sum(y)


def squares(params, data):
    x = params["x"]
    return jnp.sum(x * x)


def masked(params, data):
    x, d = params["x"], data["d"]
    return jnp.where(jnp.isnan(d), 0, d * x * x)


# Measured with the versions of constraints.txt, in both dtypes.
EXPECT = {
    "cancellation": {
        "*": ("wrong", "1 − cos x is known to ε, which is divided by x²"),
    },
    "where_sqrt": {
        "*": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
    },
    "where_sqrt_masked": {
        "*": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
    },
    "norm_at_0": {
        "*": ("wrong", "x/‖x‖ is 0/0 at 0"),
    },
    "sigmoid_at_40": {
        "*": ("wrong", "σ is rounded to 1, so that 1 − σ is 0 and not e⁻⁴⁰"),
    },
    "subnormal_float64": {
        "*": ("wrong", "a number below the least normal one is flushed to zero by some"),
    },
    "subnormal_float32": {
        "*": ("wrong", "a number below the least normal one is flushed to zero by some"),
    },
    "float32_constant": {
        "eager:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
        "jit:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
    },
    "in_place": {
        "*": ("error", "the derivative of exp needs the value that was overwritten"),
    },
    "nan_masked": {
        "*": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
    },
}
