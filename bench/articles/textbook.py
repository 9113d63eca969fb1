"""What the three articles say, example by example, and what computed values make of it.

Every verdict follows from values computed when it is asked for. Printed formulas that are wrong are evaluated as printed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

import backends
from problems import Arrays, load

from ..tables.costs import variant_of
from .claims import (
    Claim,
    Evidence,
    Judgement,
    Tree,
    all_entries,
    case_inputs,
    common_ratio,
    distance,
    formula_claim,
    misprint,
    number_claim,
    of_x,
    printed_number,
    verdict_of,
    written_numbers,
)


def textbook_methods() -> tuple[str, ...]:
    """One or two ways of running each backend; those that take XOR's 10 000 epochs in seconds."""
    return tuple(f"{name}/{variant}" for name in backends.names() for variant in backends.typical_variants(name))


THREE = "scalar_derivative:textbook_3_1:gradient"
HISTORY = "linear_regression:textbook_3_7:descent_history"
XOR = "xor_mlp:textbook:gradient_descent"
LINE = "gradient_descent:one_point:gradient"
LOGISTIC = "logistic_regression:textbook:gradient"
KINK = "svm:kink:gradient"

# Formulas that are wrong ------------------------------------------------------------------------


def half_the_gradient(params: Arrays, data: Arrays) -> Tree:
    """3.10 as printed: −1/n Σ x (y − (mx + b)) and −1/n Σ (y − (mx + b))."""
    error = data["y"] - (params["w"] * data["x"] + params["b"])
    return {"w": -np.mean(data["x"] * error), "b": -np.mean(error)}


def descent_direction_reversed(params: Arrays, data: Arrays) -> Tree:
    """3.11 as printed: +1/n Σ (y − σ(z)) x."""
    probability = 1 / (1 + np.exp(-data["X"] @ params["w"]))
    return {"w": (data["y"] - probability) @ data["X"] / len(data["y"])}


def clusters(params: Arrays, data: Arrays) -> np.ndarray:
    """The index of the nearest centroid of every point, the lowest of equals."""
    return np.argmin(((data["X"][:, None] - params["centroids"]) ** 2).sum(axis=2), axis=1)


def mean_residual(params: Arrays, data: Arrays) -> Tree:
    """3.12 as printed: 1/‖Cⱼ‖ Σ (x − μⱼ)."""
    label, centroids = clusters(params, data), params["centroids"]
    members = [data["X"][label == j] for j in range(len(centroids))]
    return {"centroids": np.array([(x - mu).sum(axis=0) / len(x) for x, mu in zip(members, centroids, strict=True)])}


def per_cluster(ratio: np.ndarray) -> str:
    """The ratios of 3.12, beside −1/(2‖Cⱼ‖)."""
    params, data = case_inputs("kmeans:textbook")
    sizes = np.bincount(clusters(params, data))
    each = ratio.reshape(len(sizes), -1).mean(axis=1)
    same = np.allclose(each, -1 / (2 * sizes), rtol=1e-6)
    what = f"{'' if same else 'not '}−1/(2‖Cⱼ‖) for {', '.join(map(str, sizes))} points"
    return f"sign and scale: {', '.join(f'{r:.4g}' for r in each)} times the gradient, {what}"


# Claims of other kinds --------------------------------------------------------------------------


def judge_differences(evidence: Evidence) -> Judgement:
    """3.1: which differences give the printed number."""
    said, case = 6.000000000039306, THREE
    values = {m: float(all_entries(v)[0]) for m, v in evidence.values[case].items()}
    gives = {m: f"{v:.16g}" for m, v in values.items()}
    central, forward = values.get("numpy_fd/central"), values.get("numpy_fd/forward")
    if central is None or forward is None:
        return gives, "not reproducible: no differences were computed"
    if forward == said:
        return gives, "reproduced"
    source = "central differences give the printed number" if abs(central - said) < 1e-13 else "no method gives it"
    return gives, f"wrong: forward differences give {forward:.16g}, off by {forward - 6:.3g}; {source}"


def ten_steps(evidence: Evidence) -> Judgement:
    """2.4: where ten steps end, and the cost there."""
    end, history = "gradient_descent:textbook:gradient_descent", "gradient_descent:textbook:descent_history"
    gives, first = printed_number(end, {"x": 0.536870912}, 9)(evidence)
    costs = evidence.values[history]
    wrong = [m for m, c in costs.items() if abs(c[-1] - 0.28823037615171) > 1e-14 + evidence.slack[history][m]]
    return {m: f"{text}; f = {costs[m][-1]:.12g}" for m, text in gives.items()}, (
        first if first != "reproduced" else verdict_of(wrong, costs)
    )


def cost_history(evidence: Evidence) -> Judgement:
    """3.7: a cost that falls at every step, the same in all backends."""
    costs = evidence.values[HISTORY]
    slack, truth = evidence.slack[HISTORY], evidence.truths[HISTORY]
    falling = {m: bool(np.all(np.diff(np.asarray(c, float)) < 0)) for m, c in costs.items()}
    wrong = [m for m, falls in falling.items() if not falls or distance(costs[m], truth) > slack[m]]
    return {m: f"{c[0]:.9g} → {c[-1]:.9g}" for m, c in costs.items()}, verdict_of(wrong, costs)


def network(evidence: Evidence) -> Judgement:
    """3.9: no output is printed; what the network answers after 10 000 epochs."""
    problem, (_, data) = load("xor_mlp"), case_inputs(XOR)
    assert problem.observe
    answers = {m: problem.observe(v, data)["outputs"] for m, v in evidence.values[XOR].items()}
    truth = problem.observe({k: v.astype(float) for k, v in evidence.truths[XOR].items()}, data)["outputs"]
    right = np.array_equal(truth > 0.5, data["y"][:, 0] > 0.5)
    how = f"thresholded {'right' if right else 'wrong'}, off by up to {np.abs(truth - data['y'][:, 0]).max():.2g}"
    return (
        {m: ", ".join(f"{x:.4f}" for x in a) for m, a in answers.items()},
        f"not reproducible: the article shows no output; ours is {', '.join(f'{x:.4f}' for x in truth)}: {how}",
    )


def definiteness(cases: Mapping[str, str]) -> Callable[[Evidence], Judgement]:
    """Critical points, as case → what the article's rule says of it."""

    def judge(evidence: Evidence) -> Judgement:
        observe = load("critical_points").observe
        assert observe
        gives: dict[str, list[str]] = {}
        wrong = []
        for case, kind in cases.items():
            for method, value in evidence.values[case].items():
                found = str(observe(value, {})["kind"])
                place = [x for name, x in value.items() if name != "eigenvalues"]
                gives.setdefault(method, []).append(
                    f"{found} at ({written_numbers(np.round(all_entries(place[0]).astype(float), 6), 6)})"
                )
                wrong += [method] if found != kind and not method.startswith("numpy_fd") else []
        return {m: "; ".join(found) for m, found in gives.items()}, verdict_of(wrong, gives)

    return judge


def rates(evidence: Evidence) -> Judgement:
    """3.21: the loss at 0.1 falls, and rates of 1 and 10 overflow in float32."""
    cases = {rate: f"gradient_descent:rate_{rate}:gradient_descent:float32" for rate in ("0.1", "1", "10")}
    methods = evidence.values[cases["0.1"]]
    gives, wrong = {}, []
    for method in methods:
        ends = {rate: evidence.values[case][method] for rate, case in cases.items()}
        gives[method] = "; ".join(f"at {rate} {written_numbers(end, 7)}" for rate, end in ends.items())
        finite = [bool(np.isfinite(all_entries(end)).all()) for end in ends.values()]
        wrong += [method] if finite != [True, False, False] else []
    return gives, verdict_of(wrong, methods)


def subgradients(evidence: Evidence) -> Judgement:
    """3.23: there is no code; what each method takes at the kink of the hinge loss."""
    gives = {m: f"at the kink: {written_numbers(v, 4)}" for m, v in evidence.values[KINK].items()}
    return gives, "not reproducible: the article has no code; at the kink the methods take different subgradients"


SHAPES = ("n1_m1000", "n10_m100", "n32_m32", "n100_m10", "n1000_m1")
MODES = tuple(f"jacobian_modes:{shape}:jacobian_{mode}" for mode in ("forward", "reverse") for shape in SHAPES)


def modes(evidence: Evidence) -> Judgement:
    """3.20: the time of forward mode relative to that of reverse mode, from few inputs to many."""
    ratios: dict[str, list[float]] = {}
    for shape in SHAPES:
        forward, reverse = (evidence.seconds[f"jacobian_modes:{shape}:jacobian_{m}"] for m in ("forward", "reverse"))
        for method in forward:
            variant = variant_of(method)
            if method in reverse and variant and variant.modes:
                ratios.setdefault(method, []).append(forward[method] / reverse[method])
    gives = {m: f"forward ÷ reverse: {', '.join(f'{r:.3g}' for r in each)}" for m, each in ratios.items()}
    complete = [each for each in ratios.values() if len(each) == len(SHAPES)]
    if not complete:
        return gives, "not reproducible: no backend gave times of both modes"
    few_inputs, *_, many_inputs = np.exp(np.mean(np.log(complete), axis=0))
    times = f"forward takes {few_inputs:.2g} × reverse for 1 → 1000, {many_inputs:.2g} × for 1000 → 1"
    if few_inputs < 1 < many_inputs:
        return gives, f"wrong: the opposite holds: {times}"
    return gives, f"{'reproduced' if many_inputs < 1 < few_inputs else 'not reproducible'}: {times}"


# The articles -----------------------------------------------------------------------------------

S, C = "scalar_derivative:textbook_", "critical_points:"
MINIMUM, MAXIMUM = f"{C}textbook:critical_point", f"{C}textbook_maximum:critical_point"
KINDS = {f"{C}bowl:critical_point": "minimum", f"{C}saddle:critical_point": "saddle", MAXIMUM: "maximum"} | {
    f"{C}monkey_saddle:critical_point": "undecided"
}

CLAIMS = (
    number_claim(
        "1.1",
        "partial derivatives of x²y + y³ by forward differences, h = 1e-7, at (2, 1)",
        "4.00, 7.00",
        "multivariate_gradient:textbook:gradient",
        {"x": 4, "y": 7},
        2,
    ),
    formula_claim(
        "2.1", "x² by central differences, h = 1e-5, at −3 … 3", "2x", of_x(f"{S}2_1:gradient", lambda x: 2 * x)
    ),
    formula_claim(
        "2.2",
        "w·x + b",
        "x by w, 1 by b",
        (f"{S}2_2:gradient", lambda params, data: {"w": data["x"], "b": np.ones(())}),
    ),
    number_claim(
        "2.3",
        "w₁² + 2w₂² by central differences at (1, −2)",
        "2, −8",
        "multivariate_gradient:textbook_2_3:gradient",
        {"w": np.array([2.0, -8.0])},
        2,
    ),
    Claim(
        "2.4",
        "descent on x² from 5, rate 0.1, 10 steps",
        "0.536870912, f = 0.28823037615171",
        ten_steps,
        ("gradient_descent:textbook:gradient_descent", "gradient_descent:textbook:descent_history"),
    ),
    Claim("3.1", "x² at 3 by forward differences, h = 1e-5", "6.000000000039306", judge_differences, (THREE,), "wrong"),
    formula_claim("3.2", "x² on [−5, 5] (picture)", "2x", of_x(f"{S}3_2:gradient", lambda x: 2 * x)),
    formula_claim(
        "3.3",
        "product rule: x² sin x on [0, 2π]",
        "x² cos x + 2x sin x",
        of_x(f"{S}3_3:gradient", lambda x: x**2 * np.cos(x) + 2 * x * np.sin(x)),
    ),
    formula_claim(
        "3.4",
        "quotient rule: x²/eˣ",
        "2x e⁻ˣ − x² e⁻ˣ",
        of_x(f"{S}3_4:gradient", lambda x: 2 * x * np.exp(-x) - x**2 * np.exp(-x)),
    ),
    formula_claim(
        "3.5", "chain rule: sin² x", "2 sin x cos x", of_x(f"{S}3_5:gradient", lambda x: 2 * np.sin(x) * np.cos(x))
    ),
    number_claim(
        "3.6",
        "linear regression from (0, 0), rate 0.01, 1000 steps",
        "0.11071521, 0.95129619",
        "linear_regression:textbook:gradient_descent",
        {"theta": np.array([0.11071521, 0.95129619])},
        8,
    ),
    Claim("3.7", "its cost history from (½, ½) (picture)", "falls at every step", cost_history, (HISTORY,)),
    formula_claim(
        "3.8",
        "sigmoid on [−10, 10] (picture)",
        "σ(1 − σ)",
        of_x(f"{S}3_8:gradient", lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
    ),
    Claim("3.9", "XOR network, 10 000 epochs at rate 0.1", "no output shown", network, (XOR,), "not reproducible"),
    Claim(
        "3.10",
        "mean squared error of mx + b, by m and b",
        "−1/n Σ x (y − (mx + b)), −1/n Σ (y − (mx + b))",
        misprint(
            LINE, half_the_gradient, lambda ratio: f"{common_ratio(ratio)} times the gradient; the factor is −2/n"
        ),
        (LINE,),
        "wrong",
    ),
    Claim(
        "3.11",
        "cross-entropy of logistic regression, by m",
        "+1/n Σ (y − σ(z)) x",
        misprint(
            LOGISTIC, descent_direction_reversed, lambda ratio: f"{common_ratio(ratio)} times the gradient: wrong sign"
        ),
        (LOGISTIC,),
        "wrong",
    ),
    Claim(
        "3.12",
        "k-means cost by a centroid",
        "1/‖Cⱼ‖ Σ (x − μⱼ)",
        misprint("kmeans:textbook:gradient", mean_residual, per_cluster),
        ("kmeans:textbook:gradient",),
        "wrong",
    ),
    number_claim(
        "3.13",
        "Lloyd's k-means, k = 3, 100 iterations (Newton's method with the diagonal Hessian)",
        "(0.76167338, 0.40765364), (0.27223715, 0.21097997), (0.35217863, 0.78488734)",
        "kmeans:textbook:newton",
        {"centroids": np.array([[0.76167338, 0.40765364], [0.27223715, 0.21097997], [0.35217863, 0.78488734]])},
        8,
    ),
    formula_claim(
        "3.14",
        "x³, first and second derivative",
        "3x², 6x",
        of_x(f"{S}3_14:gradient", lambda x: 3 * x**2),
        of_x(f"{S}3_14:hessian_diagonal", lambda x: 6 * x),
    ),
    Claim(
        "3.15",
        "a Hessian's definiteness at a critical point (bowl, saddle, x³ − 3x² + 2, monkey saddle)",
        "minimum, saddle, maximum; semidefinite decides nothing",
        definiteness(KINDS),
        tuple(KINDS),
    ),
    number_claim("3.16", "Newton's method on w² − 4w + 4 from 0", "2.0", "newton:textbook:newton", {"w": 2.0}, 5),
    formula_claim(
        "3.17", "x² + 2x + 1 and its tangents (picture)", "2x + 2", of_x(f"{S}3_17:gradient", lambda x: 2 * x + 2)
    ),
    formula_claim(
        "3.18",
        "x² + 3xy + y²",
        "2x + 3y, 3x + 2y",
        (
            "multivariate_gradient:textbook_3_18:gradient",
            lambda p, data: {"x": 2 * p["x"] + 3 * p["y"], "y": 3 * p["x"] + 2 * p["y"]},
        ),
    ),
    number_claim("3.19", "x² + 3x + 5 at 2", "7", "scalar_derivative:textbook:gradient", {"x": 7.0}, 6),
    Claim(
        "3.20",
        "forward and reverse mode (tanh(Ax), 1 → 1000 … 1000 → 1, measured now)",
        "forward mode for few outputs and many inputs, reverse mode for many outputs and few inputs",
        modes,
        (),
        "wrong",
        timed=MODES,
    ),
    Claim(
        "3.21",
        "learning rates 0.1, 1, 10 on a linear model in float32, from (0, 0)",
        "a high rate diverges",
        rates,
        tuple(f"gradient_descent:rate_{rate}:gradient_descent:float32" for rate in ("0.1", "1", "10")),
    ),
    Claim(
        "3.22",
        "critical points of x³ − 3x² + 2",
        "x = 0 local maximum, x = 2 local minimum",
        definiteness({MAXIMUM: "maximum", MINIMUM: "minimum"}),
        (MAXIMUM, MINIMUM),
    ),
    Claim("3.23", "support vector machines", "named, no code", subgradients, (KINK,), "not reproducible"),
)
"""Every number of the articles, in order."""
