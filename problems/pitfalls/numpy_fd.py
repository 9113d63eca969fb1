"""The traps as one would write them in NumPy. `np.float32(0.1)` is a constant that was rounded on its way."""

import numpy as np
from scipy import special


def softplus_naive(params, data):
    return np.log(1 + np.exp(params["x"]))


def softplus_stable(params, data):
    return np.logaddexp(0, params["x"])


def cancellation(params, data):
    x = params["x"]
    return (1 - np.cos(x)) / (x * x)


def where_sqrt(params, data):
    x = params["x"]
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0))


def where_sqrt_safe(params, data):
    x = params["x"]
    safe = np.where(x > 0, x, 1.0)
    return np.sum(np.where(x > 0, np.sqrt(safe), 0.0))


def norm(params, data):
    return np.linalg.norm(params["x"])


def absolute(params, data):
    return np.abs(params["x"])


def relu(params, data):
    return np.maximum(params["x"], 0)


def power(params, data):
    return params["x"] ** params["y"]


def square(params, data):
    return params["x"] * params["x"]


def cube(params, data):
    x = params["x"]
    return x * x * x


def sine(params, data):
    return np.sin(params["x"])


def logsumexp_naive(params, data):
    return np.log(np.sum(np.exp(params["x"])))


def logsumexp_stable(params, data):
    x = params["x"]
    top = x[np.argmax(x)]
    return top + np.log(np.sum(np.exp(x - top)))


def sigmoid(params, data):
    return 1 / (1 + np.exp(-params["x"]))


def scaled(params, data):
    x = params["x"]
    return data["c"] * x * x


def weighted(params, data):
    return np.sum(data["n"] * params["x"])


def constant(params, data):
    return params["x"] * np.float32(0.1)


def in_place(params, data):
    y = np.exp(params["x"])
    y *= y
    return np.sum(y)


def squares(params, data):
    x = params["x"]
    return np.sum(x * x)


def masked(params, data):
    x, d = params["x"], data["d"]
    return np.where(np.isnan(d), 0, d * x * x)


def quotient(params, data):
    return data["a"] / params["x"]


def hypot(params, data):
    x = params["x"]
    return np.hypot(x[0], x[1])


def cumprod(params, data):
    return np.sum(np.cumprod(params["x"]))


def cumprod_weighted(params, data):
    return np.sum(np.array([1, 2, 3, 4]) * np.cumprod(params["x"]))


def mean_of_rows(params, data):
    return np.sum(np.mean(data["kelvin"], axis=0) * params["x"])


def logsumexp_weighted(params, data):
    return special.logsumexp(params["x"], b=data["w"][0])


def logsumexp_by_weights(params, data):
    return special.logsumexp(params["x"], b=params["w"])


def expm1(params, data):
    return np.expm1(params["x"])


def by_eigenvalues(params, data):
    x, u = params["x"], data["u"][0]
    values, vectors = np.linalg.eigh((x + x.T) / 2)
    return np.sum(values**3 * (u @ vectors) ** 2)


def mean_square(params, data):
    return np.mean((data["X"] @ params["x"] - data["y"]) ** 2)


def bessel(params, data):
    return special.i0(3 * params["x"])


def sinc(params, data):
    return np.sinc(params["x"])


def gaussian(params, data):
    return np.exp(-(np.linalg.norm(params["x"]) ** 2))


OMIT = {
    "sinc_at_0": {
        "complex_step:hessian": "near 0 the complex sin(z)/z cancels: its error of 1e-8 is that of the tolerance"
    }
}

# Measured with the versions of constraints.txt, in both dtypes.
EXPECT = {
    "cancellation": {
        "central": (
            "wrong",
            "the rounding error of 1 − cos x is divided by x²: short steps see plateaus, long steps leave few digits",
        ),
        "forward": (
            "wrong",
            "the rounding error of 1 − cos x is divided by x²: short steps see plateaus, long steps leave few digits",
        ),
        "five_point": (
            "wrong",
            "the rounding error of 1 − cos x is divided by x²: short steps see plateaus, long steps leave few digits",
        ),
        "scipy": (
            "wrong",
            "the rounding error of 1 − cos x is divided by x²: short steps see plateaus, long steps leave few digits",
        ),
    },
    "softplus_naive_minus_40": {
        "central": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so f is 0 at all steps"),
        "forward": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so f is 0 at all steps"),
        "five_point": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so f is 0 at all steps"),
        "scipy": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so f is 0 at all steps"),
        "numdifftools": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so f is 0 at all steps"),
    },
    "softplus_naive_1000": {
        "complex_step": ("wrong", "eᶻ overflows for z > 709 (88 in float32), and the result is meaningless"),
    },
    "softplus_stable_minus_40": {
        "forward:gradient:float32": ("wrong", "the truncation error of a step of 0.1 is several per cent of e⁻⁴⁰"),
    },
    "softplus_stable_1000": {
        "scipy:gradient:float32": ("wrong", "f is 1000, so its rounding error ÷ h exceeds the tolerance"),
    },
    "norm_at_0": {
        "forward": ("wrong", "‖(h, 0)‖/h = ‖(0, h)‖/h = 1, and (1, 1) is longer than any subgradient"),
    },
    "square_at_1e8": {
        "scipy:gradient:float32": ("wrong", "a step suited to x ≈ 1 is below the rounding error of x²"),
    },
    "cube_at_1e_6": {
        "scipy": ("wrong", "SciPy's first step is 0.5 for any x"),
    },
    "sine_at_1e6": {
        "central:gradient:float32": (
            "wrong",
            "float32 numbers near 1e6 are 0.06 apart: short steps are impossible, long ones span periods",
        ),
        "forward:gradient:float32": (
            "wrong",
            "float32 numbers near 1e6 are 0.06 apart: short steps are impossible, long ones span periods",
        ),
        "scipy:gradient:float32": (
            "wrong",
            "float32 numbers near 1e6 are 0.06 apart: short steps are impossible, long ones span periods",
        ),
    },
    "logsumexp_naive": {
        "complex_step": ("wrong", "eᶻ overflows for z > 709 (88 in float32), and the result is meaningless"),
    },
    "logsumexp_stable": {
        "central:gradient:float32": ("wrong", "f is 1000, so its rounding error ÷ h exceeds the tolerance"),
        "forward": ("wrong", "f is 1000, so its rounding error ÷ h exceeds the tolerance"),
        "five_point:gradient:float32": ("wrong", "f is 1000, so its rounding error ÷ h exceeds the tolerance"),
        "scipy:gradient:float32": ("wrong", "f is 1000, so its rounding error ÷ h exceeds the tolerance"),
    },
    "sigmoid_at_40": {
        "central": ("wrong", "σ is rounded to 1 at all steps"),
        "forward": ("wrong", "σ is rounded to 1 at all steps"),
        "five_point": ("wrong", "σ is rounded to 1 at all steps"),
        "scipy": ("wrong", "σ is rounded to 1 at all steps"),
        "numdifftools": ("wrong", "σ is rounded to 1 at all steps"),
    },
    "sigmoid_at_minus_40": {
        "forward:gradient:float32": ("wrong", "the truncation error of a step of 0.1 is several per cent of e⁻⁴⁰"),
    },
    "subnormal_float64": {
        "complex_step": ("wrong", "the slope times a step of 2⁻²⁰⁰ (2⁻⁶⁰ in float32) underflows"),
    },
    "subnormal_float32": {
        "complex_step": ("wrong", "the slope times a step of 2⁻²⁰⁰ (2⁻⁶⁰ in float32) underflows"),
    },
    "float32_constant": {
        "central:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
        "five_point:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
        "complex_step:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
        "scipy:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
        "numdifftools": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
    },
    "no_elements": {
        "scipy": ("error", "the library accepts no empty array"),
        "numdifftools": ("error", "the library accepts no empty array"),
    },
    "infinity_in_data": {
        "complex_step": ("diverged", "right: the entry with infinity is infinite, and no other"),
        "*": ("wrong", "∞ − ∞ is NaN, where the truth is infinite"),
    },
    "small_quotient_*": {
        "*": ("wrong", "the step is chosen for x ≈ 1: beside it x is 0"),
    },
    "small_hypot_*": {
        "central": ("wrong", "the step is chosen for x ≈ 1: beside it x is 0, and √(h² + 0²) has a kink"),
        "forward": ("wrong", "the step is chosen for x ≈ 1: beside it x is 0, and √(h² + 0²) has a kink"),
        "five_point": ("wrong", "the step is chosen for x ≈ 1: beside it x is 0, and √(h² + 0²) has a kink"),
        "scipy": ("wrong", "the step is chosen for x ≈ 1: beside it x is 0, and √(h² + 0²) has a kink"),
        "numdifftools": ("wrong", "the step is chosen for x ≈ 1: beside it x is 0, and √(h² + 0²) has a kink"),
    },
    "large_hypot_float64": {
        "numdifftools": ("wrong", "the step is chosen for x ≈ 1: it is nothing beside x"),
    },
    "large_norm_*": {
        "central": ("wrong", "Σx² overflows at all steps, and ∞ − ∞ is NaN"),
        "forward": ("wrong", "Σx² overflows at all steps, and ∞ − ∞ is NaN"),
        "five_point": ("wrong", "Σx² overflows at all steps, and ∞ − ∞ is NaN"),
        "numdifftools": ("wrong", "Σx² overflows at all steps, and ∞ − ∞ is NaN"),
        "complex_step": ("wrong", "Σ|x|² overflows at all steps: a dropped imaginary part looks like a constant's"),
    },
    "mean_of_a_million": {
        "complex_step:gradient:float32": (
            "wrong",
            "a sum of 10⁶ numbers row by row in float32: each addition rounds to 16 or 32",
        ),
    },
    "expm1_at_minus_40": {
        "central": ("wrong", "eˣ − 1 is rounded to −1 at all steps"),
        "forward": ("wrong", "eˣ − 1 is rounded to −1 at all steps"),
        "five_point": ("wrong", "eˣ − 1 is rounded to −1 at all steps"),
        "scipy": ("wrong", "eˣ − 1 is rounded to −1 at all steps"),
        "numdifftools": ("wrong", "eˣ − 1 is rounded to −1 at all steps"),
    },
    "column_minus_row": {
        "*": ("wrong", "(n, 1) − (n,) is (n, n): every prediction is compared with every target, without a word"),
    },
}
