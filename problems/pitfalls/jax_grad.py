"""The traps as one would write them in JAX."""

import jax
import jax.numpy as jnp
import jax.scipy


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


def quotient(params, data):
    return data["a"] / params["x"]


def hypot(params, data):
    x = params["x"]
    return jnp.hypot(x[0], x[1])


def cumprod(params, data):
    return jnp.sum(jnp.cumprod(params["x"]))


def cumprod_weighted(params, data):
    return jnp.sum(jnp.array([1, 2, 3, 4]) * jnp.cumprod(params["x"]))


def mean_of_rows(params, data):
    return jnp.sum(jnp.mean(data["kelvin"], axis=0) * params["x"])


def logsumexp_weighted(params, data):
    return jax.nn.logsumexp(params["x"], b=data["w"][0])


def logsumexp_by_weights(params, data):
    return jax.nn.logsumexp(params["x"], b=params["w"])


def expm1(params, data):
    return jnp.expm1(params["x"])


def by_eigenvalues(params, data):
    x, u = params["x"], data["u"][0]
    values, vectors = jnp.linalg.eigh((x + x.T) / 2)
    return jnp.sum(values**3 * (u @ vectors) ** 2)


def mean_square(params, data):
    return jnp.mean((data["X"] @ params["x"] - data["y"]) ** 2)


def bessel(params, data):
    return jax.scipy.special.i0(3 * params["x"])


def sinc(params, data):
    return jnp.sinc(params["x"])


def gaussian(params, data):
    return jnp.exp(-(jnp.linalg.norm(params["x"]) ** 2))


# Measured with the versions of constraints.txt, in both dtypes.
EXPECT = {
    "cancellation": {
        "*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
    },
    "where_sqrt": {
        "*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "where_sqrt_masked": {
        "*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "norm_at_0": {
        "*": ("wrong", "x/‖x‖ is 0/0 at 0"),
    },
    "sigmoid_at_40": {
        "*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
    },
    "subnormal_float64": {
        "*": ("wrong", "the backend flushes subnormal numbers to zero"),
    },
    "subnormal_float32": {
        "*": ("wrong", "the backend flushes subnormal numbers to zero"),
    },
    "float32_constant": {
        "eager:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
        "jit:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
    },
    "in_place": {
        "*": ("error", "the derivative of exp needs the value that was overwritten"),
    },
    "nan_masked": {
        "*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "small_quotient_*": {
        "*": ("wrong", "x² underflows to 0, and a/0 is infinite"),
    },
    "small_hypot_*": {
        "*": ("wrong", "hypot is m √(1 + (n/m)²), and m² in the derivative of n/m underflows to 0"),
    },
    "large_hypot_*": {
        "*": (
            "wrong",
            "hypot is m √(1 + (n/m)²), and m² in the derivative of n/m overflows, which leaves √(1 + (n/m)²)",
        ),
    },
    "large_norm_*": {
        "*": ("wrong", "Σx² overflows, and x/∞ is 0"),
    },
    "by_zero_weight": {
        "*": ("wrong", "an entry with a weight of 0 is masked, and so is its derivative by the weight"),
    },
    "expm1_at_minus_40": {
        "*": ("wrong", "the derivative is expm1(x) + 1, which is rounded to 0"),
    },
    "double_eigenvalue": {
        "*": ("wrong", "1/(λᵢ − λⱼ) of a double eigenvalue is infinite, times 0"),
    },
    "column_minus_row": {
        "*": ("wrong", "(n, 1) − (n,) is (n, n): every prediction is compared with every target, without a word"),
    },
    "bessel_at_0": {
        "*": ("wrong", "i0 is e^|x| i0e(x), and |x| has the slope 1 at 0 here while that of i0e is 0"),
    },
    "gaussian_at_0": {
        "*": ("wrong", "the derivative of ‖x‖ at 0 is 0/0"),
    },
}
