"""The traps with the derivatives that the textbook gives, written down as they stand there.

log(1 + eᶻ)′ = eᶻ/(1 + eᶻ) = (1 + tanh z/2)/2; ((1 − cos x)/x²)′ = (sin x − 2(1 − cos x)/x)/x²; √x′ = 1/2√x; ‖x‖′ = x/‖x‖;
|x|′ = sign x; max(x, 0)′ = [x > 0]; ∂xʸ = (y xʸ⁻¹, xʸ log x); x²′ = 2x; x³′ = 3x²; sin′ = cos;
log Σ exp xᵢ has exp xᵢ / Σ exp xⱼ;
σ′ = σ(1 − σ); (c x²)′ = 2cx; (Σ n x)′ = n; (e^{2x})′ = 2e^{2x}; (a/x)′ = −a/x²; hypot as ‖x‖;
∂ Σₖ Pₖ/∂xᵢ = Σ_{k ≥ i} Pₖ/xᵢ with Pₖ = x₁ ⋯ xₖ; (eˣ − 1)′ = eˣ; mean (Xw − y)² has 2Xᵀ(Xw − y)/n;
f = log Σ w exp xᵢ has w exp(xᵢ − f) by x and exp(xᵢ − f) by w; with A = VΛVᵀ and c = Vᵀu, uᵀA³u has V (F ∘ ccᵀ) Vᵀ where
Fᵢⱼ = (λᵢ³ − λⱼ³)/(λᵢ − λⱼ) and Fᵢᵢ = 3λᵢ² (Daleckii and Krein);
I₀(3x)′ = 3I₁(z), I₀(3x)″ = 9(I₀(z) − I₁(z)/z) with z = 3x; sinc x = sin(πx)/πx has (cos πx − sinc x)/x and
−π² sinc x − 2(cos πx − sinc x)/x²; g = exp(−‖x‖²) has −2xg and (4xxᵀ − 2I) g.
"""

import numpy as np
from scipy import special


def softplus_naive(params, data):
    return np.log(1 + np.exp(params["x"]))


def softplus_naive_gradient(params, data):
    z = np.exp(params["x"])
    return {"x": z / (1 + z)}


def softplus_stable(params, data):
    return np.logaddexp(0, params["x"])


def softplus_stable_gradient(params, data):
    return {"x": 0.5 * (1 + np.tanh(0.5 * params["x"]))}


def cancellation(params, data):
    x = params["x"]
    return (1 - np.cos(x)) / (x * x)


def cancellation_gradient(params, data):
    x = params["x"]
    return {"x": (np.sin(x) - 2 * (1 - np.cos(x)) / x) / (x * x)}


def where_sqrt(params, data):
    x = params["x"]
    return np.sum(np.where(x > 0, np.sqrt(x), 0.0))


def where_sqrt_gradient(params, data):
    x = params["x"]
    return {"x": np.where(x > 0, 0.5 / np.sqrt(x), 0)}


def where_sqrt_safe(params, data):
    x = params["x"]
    safe = np.where(x > 0, x, 1.0)
    return np.sum(np.where(x > 0, np.sqrt(safe), 0.0))


def where_sqrt_safe_gradient(params, data):
    x = params["x"]
    safe = np.where(x > 0, x, 1)
    return {"x": np.where(x > 0, 0.5 / np.sqrt(safe), 0)}


def norm(params, data):
    return np.linalg.norm(params["x"])


def norm_gradient(params, data):
    x = params["x"]
    return {"x": x / np.linalg.norm(x)}


def absolute(params, data):
    return np.abs(params["x"])


def absolute_gradient(params, data):
    return {"x": np.sign(params["x"])}


def relu(params, data):
    return np.maximum(params["x"], 0)


def relu_gradient(params, data):
    x = params["x"]
    return {"x": np.where(x > 0, np.ones_like(x), np.zeros_like(x))}


def power(params, data):
    return params["x"] ** params["y"]


def power_gradient(params, data):
    x, y = params["x"], params["y"]
    return {"x": y * x ** (y - 1), "y": x**y * np.log(x)}


def square(params, data):
    return params["x"] * params["x"]


def square_gradient(params, data):
    return {"x": 2 * params["x"]}


def cube(params, data):
    x = params["x"]
    return x * x * x


def cube_gradient(params, data):
    x = params["x"]
    return {"x": 3 * x * x}


def sine(params, data):
    return np.sin(params["x"])


def sine_gradient(params, data):
    return {"x": np.cos(params["x"])}


def logsumexp_naive(params, data):
    return np.log(np.sum(np.exp(params["x"])))


def logsumexp_naive_gradient(params, data):
    weights = np.exp(params["x"])
    return {"x": weights / np.sum(weights)}


def logsumexp_stable(params, data):
    x = params["x"]
    top = x[np.argmax(x)]
    return top + np.log(np.sum(np.exp(x - top)))


def logsumexp_stable_gradient(params, data):
    x = params["x"]
    weights = np.exp(x - np.max(x))
    return {"x": weights / np.sum(weights)}


def sigmoid(params, data):
    return 1 / (1 + np.exp(-params["x"]))


def sigmoid_gradient(params, data):
    s = sigmoid(params, data)
    return {"x": s * (1 - s)}


def scaled(params, data):
    x = params["x"]
    return data["c"] * x * x


def scaled_gradient(params, data):
    return {"x": 2 * data["c"] * params["x"]}


def weighted(params, data):
    return np.sum(data["n"] * params["x"])


def weighted_gradient(params, data):
    return {"x": data["n"][0] * np.ones_like(params["x"])}


def constant(params, data):
    return params["x"] * np.float32(0.1)


def constant_gradient(params, data):
    return {"x": np.float32(0.1) * np.ones_like(params["x"])}


def in_place(params, data):
    y = np.exp(params["x"])
    y *= y
    return np.sum(y)


def in_place_gradient(params, data):
    y = np.exp(params["x"])
    y *= y
    return {"x": 2 * y}


def squares(params, data):
    x = params["x"]
    return np.sum(x * x)


def squares_gradient(params, data):
    return {"x": 2 * params["x"]}


def masked(params, data):
    x, d = params["x"], data["d"]
    return np.where(np.isnan(d), 0, d * x * x)


def masked_gradient(params, data):
    x, d = params["x"], data["d"]
    return {"x": np.where(np.isnan(d), 0, 2 * d * x)}


def quotient(params, data):
    return data["a"] / params["x"]


def quotient_gradient(params, data):
    x = params["x"]
    return {"x": -data["a"] / (x * x)}


def hypot(params, data):
    x = params["x"]
    return np.hypot(x[0], x[1])


def hypot_gradient(params, data):
    x = params["x"]
    return {"x": x / np.sqrt(np.sum(x * x))}


def cumprod(params, data):
    return np.sum(np.cumprod(params["x"]))


def cumprod_gradient(params, data):
    x = params["x"]
    return {"x": np.cumsum(np.cumprod(x)[::-1])[::-1] / x}


def cumprod_weighted(params, data):
    return np.sum(np.array([1, 2, 3, 4]) * np.cumprod(params["x"]))


def cumprod_weighted_gradient(params, data):
    x = params["x"]
    products = np.array([1, 2, 3, 4], x.dtype) * np.cumprod(x)
    return {"x": np.cumsum(products[::-1])[::-1] / x}


def mean_of_rows(params, data):
    return np.sum(np.mean(data["kelvin"], axis=0) * params["x"])


def mean_of_rows_gradient(params, data):
    return {"x": np.mean(data["kelvin"], axis=0)}


def logsumexp_weighted(params, data):
    return special.logsumexp(params["x"], b=data["w"][0])


def logsumexp_weighted_gradient(params, data):
    return {"x": data["w"][0] * np.exp(params["x"] - logsumexp_weighted(params, data))}


def logsumexp_by_weights(params, data):
    return special.logsumexp(params["x"], b=params["w"])


def logsumexp_by_weights_gradient(params, data):
    slopes = np.exp(params["x"] - logsumexp_by_weights(params, data))
    return {"x": params["w"] * slopes, "w": slopes}


def expm1(params, data):
    return np.expm1(params["x"])


def expm1_gradient(params, data):
    return {"x": np.exp(params["x"])}


def by_eigenvalues(params, data):
    x, u = params["x"], data["u"][0]
    values, vectors = np.linalg.eigh((x + x.T) / 2)
    return np.sum(values**3 * (u @ vectors) ** 2)


def by_eigenvalues_gradient(params, data):
    x, u = params["x"], data["u"][0]
    values, vectors = np.linalg.eigh((x + x.T) / 2)
    quotients = (values[:, None] ** 3 - values**3) / (values[:, None] - values)
    np.fill_diagonal(quotients, 3 * values**2)
    along = u @ vectors
    return {"x": vectors @ (quotients * np.outer(along, along)) @ vectors.T}


def mean_square(params, data):
    return np.mean((data["X"] @ params["x"] - data["y"]) ** 2)


def mean_square_gradient(params, data):
    residual = data["X"] @ params["x"] - data["y"]
    return {"x": 2 * data["X"].T @ residual / len(data["y"])}


def bessel(params, data):
    return special.i0(3 * params["x"])


def bessel_gradient(params, data):
    return {"x": 3 * special.i1(3 * params["x"])}


def bessel_hessian(params, data):
    z = 3 * params["x"]
    return {"x": {"x": 9 * (special.i0(z) - special.i1(z) / z)}}


def sinc(params, data):
    return np.sinc(params["x"])


def sinc_gradient(params, data):
    x, z = params["x"], np.pi * params["x"]
    return {"x": (np.cos(z) - np.sinc(x)) / x}


def sinc_hessian(params, data):
    x, z = params["x"], np.pi * params["x"]
    return {"x": {"x": -(np.pi**2) * np.sinc(x) - 2 * (np.cos(z) - np.sinc(x)) / (x * x)}}


def gaussian(params, data):
    return np.exp(-(np.linalg.norm(params["x"]) ** 2))


def gaussian_gradient(params, data):
    return {"x": -2 * params["x"] * gaussian(params, data)}


def gaussian_hessian(params, data):
    x = params["x"]
    return {"x": {"x": gaussian(params, data) * (4 * np.outer(x, x) - 2 * np.eye(len(x), dtype=x.dtype))}}


# Measured with the versions of constraints.txt, in both dtypes.
EXPECT = {
    "cancellation": {
        "*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
    },
    "softplus_stable_minus_40": {
        "*": ("wrong", "1 + tanh(−20) is rounded to 0: no overflow, but a relative error of 1"),
    },
    "norm_at_0": {
        "*": ("wrong", "x/‖x‖ is 0/0 at 0"),
    },
    "power_0_2": {
        "*": ("wrong", "the derivative by y is 0² log 0"),
    },
    "power_0_1": {
        "*": ("wrong", "the derivative by x is 1 · 0⁰, by y 0 log 0"),
    },
    "sigmoid_at_40": {
        "*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
    },
    "integer_data": {
        "plain:gradient:float32": ("wrong", "an integer array determines the result type"),
    },
    "float32_constant": {
        "plain:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
    },
    "small_quotient_*": {
        "*": ("wrong", "x² underflows to 0, and a/0 is infinite"),
    },
    "small_hypot_*": {
        "*": ("wrong", "the square root of Σx² is 0, as squares underflow"),
    },
    "large_hypot_*": {
        "*": ("wrong", "Σx² overflows, and x/∞ is 0"),
    },
    "large_norm_*": {
        "*": ("wrong", "Σx² overflows, and x/∞ is 0"),
    },
    "cumprod_*": {
        "*": ("wrong", "the products are divided by xᵢ, and 0/0 is NaN"),
    },
    "mean_of_a_million": {
        "plain:gradient:float32": (
            "wrong",
            "a sum of 10⁶ numbers row by row in float32: each addition rounds to 16 or 32",
        ),
    },
    "zero_weight_of_largest": {
        "*": ("wrong", "the weight is 0 where eˣ overflows, and 0 · ∞ is NaN"),
    },
    "double_eigenvalue": {
        "*": ("wrong", "(λᵢ³ − λⱼ³)/(λᵢ − λⱼ) is 0/0 for a double eigenvalue"),
    },
    "column_minus_row": {
        "*": ("wrong", "(n, 1) − (n,) is (n, n), and so the gradient has the shape (2, n)"),
    },
    "bessel_at_0": {
        "*:hessian": ("wrong", "I₁(z)/z is 0/0 at 0"),
    },
    "sinc_at_0": {
        "*": ("wrong", "the formula of the derivative is 0/0 at 0"),
    },
}
