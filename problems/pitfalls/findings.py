"""What was found at each trap of `pitfalls`: instance → pattern of cells → (status, why).

Measured with the versions of `constraints.txt`, every variant in both dtypes. `omitted` is always expected.
"""

from __future__ import annotations

Found = dict[str, dict[str, tuple[str, str]]]

FOUND: Found = {
    "cancellation": {
        "numpy_fd/central": (
            "wrong",
            "the rounding error of 1 − cos x is divided by x²: short steps see plateaus, long steps leave few digits",
        ),
        "numpy_fd/forward": (
            "wrong",
            "the rounding error of 1 − cos x is divided by x²: short steps see plateaus, long steps leave few digits",
        ),
        "numpy_fd/five_point": (
            "wrong",
            "the rounding error of 1 − cos x is divided by x²: short steps see plateaus, long steps leave few digits",
        ),
        "numpy_fd/scipy": (
            "wrong",
            "the rounding error of 1 − cos x is divided by x²: short steps see plateaus, long steps leave few digits",
        ),
        "numpy_hand/*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
        "sympy_symbolic/*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
        "autograd_grad/*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
        "torch_autograd/*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
        "tf_tape/*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
        "jax_grad/*": ("wrong", "cancellation: 1 − cos x has an error of ε, which is divided by x²"),
    },
    "softplus_naive_minus_40": {
        "numpy_fd/central": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so f is 0 at all steps"),
        "numpy_fd/forward": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so f is 0 at all steps"),
        "numpy_fd/five_point": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so f is 0 at all steps"),
        "numpy_fd/scipy": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so f is 0 at all steps"),
        "numpy_fd/numdifftools": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so f is 0 at all steps"),
    },
    "softplus_naive_1000": {
        "numpy_fd/complex_step": ("wrong", "eᶻ overflows for z > 709 (88 in float32), and the result is meaningless"),
        "*": ("wrong", "eᶻ overflows for z > 709 (88 in float32), and ∞/∞ is NaN"),
    },
    "softplus_stable_minus_40": {
        "numpy_fd/forward:gradient:float32": (
            "wrong",
            "the truncation error of a step of 0.1 is several per cent of e⁻⁴⁰",
        ),
        "numpy_hand/*": ("wrong", "1 + tanh(−20) is rounded to 0: no overflow, but a relative error of 1"),
        "sympy_symbolic/*": ("wrong", "1 + tanh(−20) is rounded to 0: no overflow, but a relative error of 1"),
    },
    "softplus_stable_1000": {
        "numpy_fd/scipy:gradient:float32": ("wrong", "f is 1000, so its rounding error ÷ h exceeds the tolerance"),
    },
    "where_sqrt": {
        "autograd_grad/eager:gradient:float64": (
            "wrong",
            "both branches of the mask are differentiated, and 0 · ∞ is NaN",
        ),
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.where uses float64 zeros, so the result is float64",
        ),
        "torch_autograd/*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
        "tf_tape/xla": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
        "jax_grad/*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "where_sqrt_masked": {
        "autograd_grad/eager:gradient:float64": (
            "wrong",
            "both branches of the mask are differentiated, and 0 · ∞ is NaN",
        ),
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.where uses float64 zeros, so the result is float64",
        ),
        "torch_autograd/*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
        "tf_tape/xla": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
        "jax_grad/*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
    "double_where_sqrt": {
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.where uses float64 zeros, so the result is float64",
        ),
    },
    "double_where_sqrt_masked": {
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.where uses float64 zeros, so the result is float64",
        ),
    },
    "norm_at_0": {
        "numpy_fd/forward": ("wrong", "‖(h, 0)‖/h = ‖(0, h)‖/h = 1, and (1, 1) is longer than any subgradient"),
        "numpy_hand/*": ("wrong", "x/‖x‖ is 0/0 at 0"),
        "sympy_symbolic/*": ("wrong", "x/‖x‖ is 0/0 at 0"),
        "autograd_grad/*": ("wrong", "x/‖x‖ is 0/0 at 0"),
        "tf_tape/*": ("wrong", "x/‖x‖ is 0/0 at 0"),
        "jax_grad/*": ("wrong", "x/‖x‖ is 0/0 at 0"),
    },
    "relu_at_0": {
        "sympy_symbolic/lambdify:gradient:float32": ("wrong", "the printed Heaviside function returns float64"),
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.maximum divides a mask by a number, so the result is float64",
        ),
    },
    "power_0_2": {
        "numpy_hand/*": ("wrong", "the derivative by y is 0² log 0"),
        "sympy_symbolic/*": ("wrong", "the derivative by y is 0² log 0"),
    },
    "power_0_1": {
        "numpy_hand/*": ("wrong", "the derivative by x is 1 · 0⁰, by y 0 log 0"),
        "sympy_symbolic/*": ("wrong", "the derivative by x is 1 · 0⁰, by y 0 log 0"),
    },
    "square_at_1e8": {
        "numpy_fd/scipy:gradient:float32": ("wrong", "a step suited to x ≈ 1 is below the rounding error of x²"),
    },
    "cube_at_1e_6": {
        "numpy_fd/scipy": ("wrong", "SciPy's first step is 0.5 for any x"),
    },
    "sine_at_1e6": {
        "numpy_fd/central:gradient:float32": (
            "wrong",
            "float32 numbers near 1e6 are 0.06 apart: short steps are impossible, long ones span periods",
        ),
        "numpy_fd/forward:gradient:float32": (
            "wrong",
            "float32 numbers near 1e6 are 0.06 apart: short steps are impossible, long ones span periods",
        ),
        "numpy_fd/scipy:gradient:float32": (
            "wrong",
            "float32 numbers near 1e6 are 0.06 apart: short steps are impossible, long ones span periods",
        ),
    },
    "logsumexp_naive": {
        "numpy_fd/complex_step": ("wrong", "eᶻ overflows for z > 709 (88 in float32), and the result is meaningless"),
        "*": ("wrong", "eᶻ overflows for z > 709 (88 in float32), and ∞/∞ is NaN"),
    },
    "logsumexp_stable": {
        "numpy_fd/central:gradient:float32": ("wrong", "f is 1000, so its rounding error ÷ h exceeds the tolerance"),
        "numpy_fd/forward": ("wrong", "f is 1000, so its rounding error ÷ h exceeds the tolerance"),
        "numpy_fd/five_point:gradient:float32": (
            "wrong",
            "f is 1000, so its rounding error ÷ h exceeds the tolerance",
        ),
        "numpy_fd/scipy:gradient:float32": ("wrong", "f is 1000, so its rounding error ÷ h exceeds the tolerance"),
    },
    "sigmoid_at_40": {
        "numpy_fd/central": ("wrong", "σ is rounded to 1 at all steps"),
        "numpy_fd/forward": ("wrong", "σ is rounded to 1 at all steps"),
        "numpy_fd/five_point": ("wrong", "σ is rounded to 1 at all steps"),
        "numpy_fd/scipy": ("wrong", "σ is rounded to 1 at all steps"),
        "numpy_fd/numdifftools": ("wrong", "σ is rounded to 1 at all steps"),
        "numpy_hand/*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
        "autograd_grad/*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
        "torch_autograd/*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
        "tf_tape/*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
        "jax_grad/*": ("wrong", "σ is rounded to 1, so 1 − σ is 0 instead of e⁻⁴⁰"),
    },
    "sigmoid_at_minus_40": {
        "numpy_fd/forward:gradient:float32": (
            "wrong",
            "the truncation error of a step of 0.1 is several per cent of e⁻⁴⁰",
        ),
    },
    "subnormal_float64": {
        "numpy_fd/complex_step": (
            "wrong",
            "the slope times a step of 2⁻²⁰⁰ (2⁻⁶⁰ in float32) underflows",
        ),
        "tf_tape/*": ("wrong", "the backend flushes subnormal numbers to zero"),
        "jax_grad/*": ("wrong", "the backend flushes subnormal numbers to zero"),
    },
    "subnormal_float32": {
        "numpy_fd/complex_step": (
            "wrong",
            "the slope times a step of 2⁻²⁰⁰ (2⁻⁶⁰ in float32) underflows",
        ),
        "tf_tape/*": ("wrong", "the backend flushes subnormal numbers to zero"),
        "jax_grad/*": ("wrong", "the backend flushes subnormal numbers to zero"),
    },
    "integer_data": {
        "numpy_hand/plain:gradient:float32": ("wrong", "an integer array determines the result type"),
        "autograd_grad/eager:gradient:float32": ("wrong", "an integer array determines the result type"),
        "tf_tape/*": ("error", "an integer array determines the result type"),
    },
    "float32_constant": {
        "numpy_fd/central:gradient:float64": (
            "wrong",
            "0.1 in float32 is off by 1.5e-8 and is converted silently",
        ),
        "numpy_fd/five_point:gradient:float64": (
            "wrong",
            "0.1 in float32 is off by 1.5e-8 and is converted silently",
        ),
        "numpy_fd/complex_step:gradient:float64": (
            "wrong",
            "0.1 in float32 is off by 1.5e-8 and is converted silently",
        ),
        "numpy_fd/scipy:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
        "numpy_fd/numdifftools": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
        "numpy_hand/plain:gradient:float64": (
            "wrong",
            "0.1 in float32 is off by 1.5e-8 and is converted silently",
        ),
        "sympy_symbolic/lambdify:gradient:float32": ("wrong", "a SymPy number becomes float64"),
        "autograd_grad/eager:gradient:float64": (
            "wrong",
            "0.1 in float32 is off by 1.5e-8 and is converted silently",
        ),
        "torch_autograd/eager:gradient:float64": (
            "wrong",
            "0.1 in float32 is off by 1.5e-8 and is converted silently",
        ),
        "torch_autograd/compile:gradient:float64": (
            "wrong",
            "0.1 in float32 is off by 1.5e-8 and is converted silently",
        ),
        "tf_tape/eager:gradient:float64": ("error", "TensorFlow refuses a product of float64 and float32"),
        "tf_tape/graph:gradient:float64": ("error", "TensorFlow refuses a product of float64 and float32"),
        "tf_tape/xla:gradient:float64": ("error", "TensorFlow refuses a product of float64 and float32"),
        "jax_grad/eager:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
        "jax_grad/jit:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8 and is converted silently"),
    },
    "in_place": {
        "autograd_grad/*": ("error", "a traced array cannot be assigned to"),
        "torch_autograd/*": ("error", "the derivative of exp needs the value that was overwritten"),
        "tf_tape/*": ("error", "the derivative of exp needs the value that was overwritten"),
        "jax_grad/*": ("error", "the derivative of exp needs the value that was overwritten"),
    },
    "no_elements": {
        "numpy_fd/scipy": ("error", "the library accepts no empty array"),
        "numpy_fd/numdifftools": ("error", "the library accepts no empty array"),
    },
    "nan_in_data": {
        "*": ("diverged", "right: the entry with NaN is NaN, and no other"),
    },
    "infinity_in_data": {
        "numpy_fd/complex_step": ("diverged", "right: the entry with infinity is infinite, and no other"),
        "numpy_fd/*": ("wrong", "∞ − ∞ is NaN, where the truth is infinite"),
        "*": ("diverged", "right: the entry with infinity is infinite, and no other"),
    },
    "nan_masked": {
        "sympy_symbolic/*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
        "autograd_grad/eager:gradient:float64": (
            "wrong",
            "both branches of the mask are differentiated, and 0 · ∞ is NaN",
        ),
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "autograd's derivative of np.where uses float64 zeros, so the result is float64",
        ),
        "torch_autograd/*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
        "tf_tape/*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
        "jax_grad/*": ("wrong", "both branches of the mask are differentiated, and 0 · ∞ is NaN"),
    },
}
