"""What was found at each trap of `pitfalls`: instance → pattern of cells → (status, why).

Measured with the versions of `constraints.txt`, every variant in both dtypes. `omitted` is always expected.
"""

from __future__ import annotations

Found = dict[str, dict[str, tuple[str, str]]]

FOUND: Found = {
    "cancellation": {
        "numpy_fd/central": (
            "wrong",
            "the rounding of 1 − cos x is divided by x²: short steps show the slope of a plateau, long ones few digits",
        ),
        "numpy_fd/forward": (
            "wrong",
            "the rounding of 1 − cos x is divided by x²: short steps show the slope of a plateau, long ones few digits",
        ),
        "numpy_fd/five_point": (
            "wrong",
            "the rounding of 1 − cos x is divided by x²: short steps show the slope of a plateau, long ones few digits",
        ),
        "numpy_fd/scipy": (
            "wrong",
            "the rounding of 1 − cos x is divided by x²: short steps show the slope of a plateau, long ones few digits",
        ),
        "numpy_hand/*": ("wrong", "1 − cos x is known to ε, which is divided by x²"),
        "sympy_symbolic/*": ("wrong", "1 − cos x is known to ε, which is divided by x²"),
        "autograd_grad/*": ("wrong", "1 − cos x is known to ε, which is divided by x²"),
        "torch_autograd/*": ("wrong", "1 − cos x is known to ε, which is divided by x²"),
        "tf_tape/*": ("wrong", "1 − cos x is known to ε, which is divided by x²"),
        "jax_grad/*": ("wrong", "1 − cos x is known to ε, which is divided by x²"),
    },
    "softplus_naive_minus_40": {
        "numpy_fd/central": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so that f is 0 all around"),
        "numpy_fd/forward": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so that f is 0 all around"),
        "numpy_fd/five_point": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so that f is 0 all around"),
        "numpy_fd/scipy": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so that f is 0 all around"),
        "numpy_fd/numdifftools": ("wrong", "1 + e⁻⁴⁰ is rounded to 1, so that f is 0 all around"),
    },
    "softplus_naive_1000": {
        "numpy_fd/complex_step": ("wrong", "eᶻ overflows for z > 709 (88 in float32), and the rest is rubbish"),
        "*": ("wrong", "eᶻ overflows for z > 709 (88 in float32), and ∞/∞ is NaN"),
    },
    "softplus_stable_minus_40": {
        "numpy_fd/forward:gradient:float32": (
            "wrong",
            "a step of 0.1 is long beside e⁻⁴⁰, which changes as fast as anywhere",
        ),
        "numpy_hand/*": ("wrong", "1 + tanh(−20) is rounded to 0: stable, and wrong by all of it"),
        "sympy_symbolic/*": ("wrong", "1 + tanh(−20) is rounded to 0: stable, and wrong by all of it"),
    },
    "softplus_stable_1000": {
        "numpy_fd/scipy:gradient:float32": ("wrong", "f is 1000, and its rounding too much for what a step leaves"),
    },
    "where_sqrt": {
        "autograd_grad/eager:gradient:float64": (
            "wrong",
            "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late",
        ),
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "the derivative of np.where fills up with zeros of float64, and answers in it",
        ),
        "torch_autograd/*": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
        "tf_tape/xla": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
        "jax_grad/*": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
    },
    "where_sqrt_masked": {
        "autograd_grad/eager:gradient:float64": (
            "wrong",
            "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late",
        ),
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "the derivative of np.where fills up with zeros of float64, and answers in it",
        ),
        "torch_autograd/*": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
        "tf_tape/xla": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
        "jax_grad/*": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
    },
    "double_where_sqrt": {
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "the derivative of np.where fills up with zeros of float64, and answers in it",
        ),
    },
    "double_where_sqrt_masked": {
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "the derivative of np.where fills up with zeros of float64, and answers in it",
        ),
    },
    "norm_at_0": {
        "numpy_fd/forward": ("wrong", "‖(h, 0)‖/h is 1, and so the other: (1, 1) is longer than any subgradient"),
        "numpy_hand/*": ("wrong", "x/‖x‖ is 0/0 at 0"),
        "sympy_symbolic/*": ("wrong", "x/‖x‖ is 0/0 at 0"),
        "autograd_grad/*": ("wrong", "x/‖x‖ is 0/0 at 0"),
        "tf_tape/*": ("wrong", "x/‖x‖ is 0/0 at 0"),
        "jax_grad/*": ("wrong", "x/‖x‖ is 0/0 at 0"),
    },
    "relu_at_0": {
        "sympy_symbolic/lambdify:gradient:float32": ("wrong", "the printed Heaviside function answers in float64"),
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "the derivative of np.maximum divides a mask by a number, and answers in float64",
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
        "numpy_fd/scipy:gradient:float32": ("wrong", "a step that is right for x ~ 1 is lost in the rounding of x²"),
    },
    "cube_at_1e_6": {
        "numpy_fd/scipy": ("wrong", "SciPy's first step is 0.5 whatever x is"),
    },
    "sine_at_1e6": {
        "numpy_fd/central:gradient:float32": (
            "wrong",
            "neighbours of 1e6 are 0.06 apart in float32: short steps cannot be tried, long ones span periods",
        ),
        "numpy_fd/forward:gradient:float32": (
            "wrong",
            "neighbours of 1e6 are 0.06 apart in float32: short steps cannot be tried, long ones span periods",
        ),
        "numpy_fd/scipy:gradient:float32": (
            "wrong",
            "neighbours of 1e6 are 0.06 apart in float32: short steps cannot be tried, long ones span periods",
        ),
    },
    "logsumexp_naive": {
        "numpy_fd/complex_step": ("wrong", "eᶻ overflows for z > 709 (88 in float32), and the rest is rubbish"),
        "*": ("wrong", "eᶻ overflows for z > 709 (88 in float32), and ∞/∞ is NaN"),
    },
    "logsumexp_stable": {
        "numpy_fd/central:gradient:float32": ("wrong", "f is 1000, and its rounding too much for what a step leaves"),
        "numpy_fd/forward": ("wrong", "f is 1000, and its rounding too much for what a step leaves"),
        "numpy_fd/five_point:gradient:float32": (
            "wrong",
            "f is 1000, and its rounding too much for what a step leaves",
        ),
        "numpy_fd/scipy:gradient:float32": ("wrong", "f is 1000, and its rounding too much for what a step leaves"),
    },
    "sigmoid_at_40": {
        "numpy_fd/central": ("wrong", "σ is rounded to 1 all around"),
        "numpy_fd/forward": ("wrong", "σ is rounded to 1 all around"),
        "numpy_fd/five_point": ("wrong", "σ is rounded to 1 all around"),
        "numpy_fd/scipy": ("wrong", "σ is rounded to 1 all around"),
        "numpy_fd/numdifftools": ("wrong", "σ is rounded to 1 all around"),
        "numpy_hand/*": ("wrong", "σ is rounded to 1, so that 1 − σ is 0 and not e⁻⁴⁰"),
        "autograd_grad/*": ("wrong", "σ is rounded to 1, so that 1 − σ is 0 and not e⁻⁴⁰"),
        "torch_autograd/*": ("wrong", "σ is rounded to 1, so that 1 − σ is 0 and not e⁻⁴⁰"),
        "tf_tape/*": ("wrong", "σ is rounded to 1, so that 1 − σ is 0 and not e⁻⁴⁰"),
        "jax_grad/*": ("wrong", "σ is rounded to 1, so that 1 − σ is 0 and not e⁻⁴⁰"),
    },
    "sigmoid_at_minus_40": {
        "numpy_fd/forward:gradient:float32": (
            "wrong",
            "a step of 0.1 is long beside e⁻⁴⁰, which changes as fast as anywhere",
        ),
    },
    "subnormal_float64": {
        "numpy_fd/complex_step": (
            "wrong",
            "the slope times a step of 2⁻²⁰⁰ (2⁻⁶⁰ in float32) is below the least number",
        ),
        "tf_tape/*": ("wrong", "a number below the least normal one is flushed to zero by some"),
        "jax_grad/*": ("wrong", "a number below the least normal one is flushed to zero by some"),
    },
    "subnormal_float32": {
        "numpy_fd/complex_step": (
            "wrong",
            "the slope times a step of 2⁻²⁰⁰ (2⁻⁶⁰ in float32) is below the least number",
        ),
        "tf_tape/*": ("wrong", "a number below the least normal one is flushed to zero by some"),
        "jax_grad/*": ("wrong", "a number below the least normal one is flushed to zero by some"),
    },
    "integer_data": {
        "numpy_hand/plain:gradient:float32": ("wrong", "an integer array decides the type"),
        "autograd_grad/eager:gradient:float32": ("wrong", "an integer array decides the type"),
        "tf_tape/*": ("error", "an integer array decides the type"),
    },
    "float32_constant": {
        "numpy_fd/central:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
        "numpy_fd/five_point:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
        "numpy_fd/complex_step:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
        "numpy_fd/scipy:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
        "numpy_fd/numdifftools": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
        "numpy_hand/plain:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
        "sympy_symbolic/lambdify:gradient:float32": ("wrong", "a number of SymPy answers in float64"),
        "autograd_grad/eager:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
        "torch_autograd/eager:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
        "torch_autograd/compile:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
        "tf_tape/eager:gradient:float64": ("error", "a product of float64 and float32 is refused"),
        "tf_tape/graph:gradient:float64": ("error", "a product of float64 and float32 is refused"),
        "tf_tape/xla:gradient:float64": ("error", "a product of float64 and float32 is refused"),
        "jax_grad/eager:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
        "jax_grad/jit:gradient:float64": ("wrong", "0.1 in float32 is off by 1.5e-8, and silently converted"),
    },
    "in_place": {
        "autograd_grad/*": ("error", "a traced array takes no assignment"),
        "torch_autograd/*": ("error", "the derivative of exp needs the value that was overwritten"),
        "tf_tape/*": ("error", "the derivative of exp needs the value that was overwritten"),
        "jax_grad/*": ("error", "the derivative of exp needs the value that was overwritten"),
    },
    "no_elements": {
        "numpy_fd/scipy": ("error", "the library takes no empty array"),
        "numpy_fd/numdifftools": ("error", "the library takes no empty array"),
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
        "sympy_symbolic/*": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
        "autograd_grad/eager:gradient:float64": (
            "wrong",
            "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late",
        ),
        "autograd_grad/eager:gradient:float32": (
            "wrong",
            "the derivative of np.where fills up with zeros of float64, and answers in it",
        ),
        "torch_autograd/*": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
        "tf_tape/*": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
        "jax_grad/*": ("wrong", "both branches are differentiated, and 0 · ∞ is NaN: the mask comes too late"),
    },
}
