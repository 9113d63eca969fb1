// What each plot shows: choices(cells) → options with their cells; draw(cells) → {traces, layout, head, rows, note}.

const DASHES = ["solid", "dash", "dot", "dashdot", "longdash"];
const LEAST_ERROR = 1e-17; // where an error of zero is drawn on a logarithmic axis
const MOST_POINTS = 3000;
const MOST_ROWS = 300; // of a table under a plot
const LADDER = ["problem", "operation", "ladder", "dtype", "device", "threads"];
const WITHOUT_THREADS = ["problem", "instance", "operation", "dtype", "device"];

function colourOf(method, dark) {
  const known = METHODS.get(method) || { colour: "#777777", colour_on_dark: "#777777" };
  return dark ? known.colour_on_dark : known.colour;
}

// Colour tells the backend, mark and dash the variant, as in the plots for papers, so that grey print still tells them apart.
function styleOf(method, dark) {
  const known = METHODS.get(method) || { variant: 0, symbol: "circle" };
  const color = colourOf(method, dark);
  return { line: { color, dash: DASHES[known.variant % DASHES.length], width: 2 }, marker: { color, symbol: known.symbol, size: 9, line: { width: 1.5, color } } };
}

function byMethod(cells) {
  const order = [...cells].sort((a, b) => METHODS.get(a.method).place - METHODS.get(b.method).place);
  return groupBy(order, ["method"]);
}

const SECONDS = { type: "log", words: (value) => duration(value, 2).replace(/\.0 /, " ") };
const ERRORS = { type: "log", words: (value) => errorText(value).replace(".0e", "e") };
const NUMBERS = { type: "log", words: (value) => (value >= 1e4 || value < 1e-2 ? value.toExponential(0).replace("+", "") : String(Number(value.toPrecision(3)))) };

function optionsOf(groups, label) {
  return [...groups].map(([key, cells]) => ({ key, label: label(cells[0]), cells }));
}

function caseOptions(cells) {
  const label = (cell) => `${cell.problem} · ${cell.operation} · ${cell.instance} · ${condition(cell)}`;
  return optionsOf(groupBy(cells.filter(isTimed), CASE), label).filter((option) => option.cells.length > 1);
}

function ladderOptions(cells) {
  const label = (cell) => `${cell.problem} · ${cell.operation} · ${cell.ladder} · ${condition(cell)}`;
  const groups = groupBy(cells.filter((cell) => isTimed(cell) && cell.ladder), LADDER);
  return optionsOf(groups, label).filter((option) => new Set(option.cells.map((cell) => cell.size)).size > 1);
}

function bySize(cells) {
  return [...cells].sort((a, b) => a.size - b.size);
}

function errorBars(cells) {
  const known = cells.some((cell) => cell.low_s !== null);
  const beyond = (value, from) => (value === null ? 0 : Math.abs(value - from));
  return known ? { type: "data", symmetric: false, array: cells.map((c) => beyond(c.high_s, c.median_s)), arrayminus: cells.map((c) => beyond(c.low_s, c.median_s)), thickness: 1, width: 3 } : undefined;
}

// Bars of rounds must not be taken for those of processes.
function barsNote(cells) {
  const some = cells.some((cell) => cell.low_s !== null && cell.repeats === 1);
  return some ? "Error bars: intervals over the rounds of one process; processes differ by more." : "";
}

// Time against size ----------------------------------------------------------------------------------

function drawTime(cells, dark) {
  const traces = [...byMethod(cells)].map(([method, found]) => {
    const points = bySize(found);
    return { type: "scatter", mode: "lines+markers", name: method, x: points.map((c) => c.size), y: points.map((c) => c.median_s), error_y: errorBars(points), ...styleOf(method, dark),
      hovertext: points.map((c) => `${method}, ${c.instance}: ${timeText(c)}<br>${intervalText(c)}`), hoverinfo: "text" };
  });
  const limits = bySize([...groupBy(cells.filter((c) => c.least_s !== null), ["size"]).values()].map((found) => found[0]));
  const known = limits.length > 0;
  if (known) {
    traces.push({ type: "scatter", mode: "lines", name: "machine limit", x: limits.map((c) => c.size), y: limits.map((c) => c.least_s), line: { color: "#888888", width: 4 },
      hovertext: limits.map((c) => `machine limit: ${duration(c.least_s)}`), hoverinfo: "text" });
  }
  return {
    traces,
    layout: { xaxis: { ...NUMBERS, title: { text: `${cells[0].letter} in ${cells[0].ladder}` } }, yaxis: { ...SECONDS, title: { text: "time per call" } } },
    head: ["method", "instance", "median", "interval"],
    rows: bySize(cells).map((c) => [c.method, c.instance, timeText(c), intervalText(c)]),
    note: [barsNote(cells), known ? "" : "No machine limit: it is unknown for this run (gradmark limits measures it), or the problem does not state its work."].filter(Boolean).join(" "),
  };
}

// Accuracy against time ------------------------------------------------------------------------------

function isDominated(cell, cells) {
  return cells.some((other) => other.median_s <= cell.median_s && other.error_relative <= cell.error_relative && (other.median_s < cell.median_s || other.error_relative < cell.error_relative));
}

function drawAccuracy(cells, dark) {
  const known = cells.filter((c) => c.error_relative !== null);
  const height = (c) => Math.max(c.error_relative, LEAST_ERROR);
  const best = known.filter((c) => !isDominated(c, known)).sort((a, b) => a.median_s - b.median_s);
  const traces = [{ type: "scatter", mode: "lines+markers", name: "Pareto front", x: best.map((c) => c.median_s), y: best.map(height), hoverinfo: "skip",
    line: { color: dark ? "#aaaaaa" : "#666666", width: 1, dash: "dot", shape: "hv" }, marker: { symbol: "circle-open", size: 20, color: dark ? "#dddddd" : "#444444" } }];
  for (const c of [...byMethod(known).values()].flat()) {
    traces.push({ type: "scatter", mode: "markers", name: c.method, x: [c.median_s], y: [height(c)], marker: { ...styleOf(c.method, dark).marker, size: 11 },
      hovertext: [`${c.method}: ${timeText(c)}, relative error ${errorText(c.error_relative)}`], hoverinfo: "text" });
  }
  const zero = known.some((c) => c.error_relative === 0);
  return {
    traces,
    layout: { xaxis: { ...SECONDS, title: { text: "time per call" } }, yaxis: { ...ERRORS, title: { text: "relative error" } } },
    head: ["method", "median", "relative error", "dominated"],
    rows: known.map((c) => [c.method, timeText(c), errorText(c.error_relative), isDominated(c, known) ? "yes" : "no"]),
    note: `Pareto front: no other method is both faster and more accurate${zero ? "; an error of zero is drawn at 10⁻¹⁷" : ""}.`,
  };
}

// First call and compiling ---------------------------------------------------------------------------

function drawFirst(cells, dark) {
  const known = cells.filter((c) => c.first_call_s !== null);
  const ends = [Math.min(...known.map((c) => c.median_s)), Math.max(...known.map((c) => c.first_call_s))];
  const traces = [{ type: "scatter", mode: "lines", name: "first call = later calls", x: ends, y: ends, hoverinfo: "skip", line: { color: "#888888", dash: "dot", width: 1 } }];
  for (const c of [...byMethod(known).values()].flat()) {
    traces.push({ type: "scatter", mode: "markers", name: c.method, x: [c.median_s], y: [c.first_call_s], marker: { ...styleOf(c.method, dark).marker, size: 11 },
      hovertext: [`${c.method}: first call ${duration(c.first_call_s)}, later ${timeText(c)} (${ratio(c.first_call_s / c.median_s, c.digits)})`], hoverinfo: "text" });
  }
  return {
    traces,
    layout: { xaxis: { ...SECONDS, title: { text: "time per later call" } }, yaxis: { ...SECONDS, title: { text: "time of the first call" } } },
    head: ["method", "import", "prepare", "first call", "later"],
    rows: known.map((c) => [c.method, duration(c.import_s), duration(c.prepare_s), duration(c.first_call_s), timeText(c)]),
  };
}

const CALLS = Array.from({ length: 25 }, (_, i) => Math.round(10 ** (i / 4)));

function drawPayoff(cells, dark) {
  const known = cells.filter((c) => c.first_call_s !== null);
  const total = (c, n) => (c.prepare_s || 0) + c.first_call_s + (n - 1) * c.median_s;
  const traces = [];
  for (const c of [...byMethod(known).values()].flat()) {
    const { line } = styleOf(c.method, dark);
    traces.push({ type: "scatter", mode: "lines", name: c.method, legendgroup: c.method, x: CALLS, y: CALLS.map((n) => total(c, n)), line,
      hovertext: CALLS.map((n) => `${c.method}, ${plural(n, "call")}: ${duration(total(c, n))}`), hoverinfo: "text" });
    if (c.pays > 1) {
      traces.push({ type: "scatter", mode: "markers", name: `${c.method} pays off`, legendgroup: c.method, showlegend: false, x: [c.pays], y: [total(c, c.pays)], marker: { symbol: "star", size: 13, color: line.color },
        hovertext: [`${c.method} pays off ${paysText(c)} against its eager variant`], hoverinfo: "text" });
    }
  }
  return {
    traces,
    layout: { xaxis: { ...NUMBERS, title: { text: "calls" } }, yaxis: { ...SECONDS, title: { text: "total time: prepare and calls" } } },
    head: ["method", "prepare", "first call", "later", "pays off"],
    rows: known.map((c) => [c.method, duration(c.prepare_s), duration(c.first_call_s), timeText(c), paysText(c)]),
    note: "Star: from here on compilation has cost less in total than the same backend’s eager variant.",
  };
}

// Derivative over function ---------------------------------------------------------------------------

function overOptions(cells) {
  const known = cells.filter((c) => c.over !== null && isTimed(c));
  return optionsOf(groupBy(known, ["operation", "dtype", "device", "threads"]), (cell) => `${cell.operation} over ${DATA.over[cell.operation]} · ${condition(cell)}`);
}

function drawOver(cells, dark) {
  const shown = thinned(cells);
  const names = [...byMethod(cells).keys()].reverse();
  const traces = [...byMethod(shown)].map(([method, found]) => ({ type: "scatter", mode: "markers", name: method, x: found.map((c) => c.over), y: found.map(() => method), marker: { ...styleOf(method, dark).marker, opacity: 0.8 },
    hovertext: found.map((c) => `${c.problem} ${c.instance}, ${method}: ${overText(c)}${c.bound === null ? "" : `; theoretical bound ${ratio(c.bound)}`}`), hoverinfo: "text" }));
  const bounded = shown.filter((c) => c.bound !== null);
  if (bounded.length) {
    traces.push({ type: "scatter", mode: "markers", name: "theoretical bound", x: bounded.map((c) => c.bound), y: bounded.map((c) => c.method), marker: { symbol: "line-ns-open", size: 16, color: "#888888", line: { width: 2 } },
      hovertext: bounded.map((c) => `${c.problem} ${c.instance}, ${c.method}: theoretical bound ${ratio(c.bound)}`), hoverinfo: "text" });
  }
  const reverse = names.some((name) => METHODS.get(name).bounds.length);
  return {
    traces,
    layout: { xaxis: { ...NUMBERS, title: { text: `${cells[0].operation} time over ${DATA.over[cells[0].operation]} time` } }, yaxis: { type: "category", categoryarray: names, categoryorder: "array", automargin: true } },
    head: ["method", "problem", "instance", "ratio", "theoretical bound"],
    rows: shown.slice(0, MOST_ROWS).map((c) => [c.method, c.problem, c.instance, overText(c), ratio(c.bound)]),
    note: [reverse && !bounded.length ? "Theoretical bound: 4 to 5 for a gradient in reverse mode, n + 1 or 2n for finite differences in n variables; this run does not store the number of variables." : "", thinnedNote(shown, cells), shown.length > MOST_ROWS ? `The table below has the first ${MOST_ROWS} of ${shown.length} points; use the filters to see others.` : ""].filter(Boolean).join(" "),
  };
}

function thinned(cells) {
  const every = Math.ceil(cells.length / MOST_POINTS);
  return every > 1 ? cells.filter((_, i) => i % every === 0) : cells;
}

function thinnedNote(shown, cells) {
  return shown.length < cells.length ? `${shown.length} of ${cells.length} points are drawn, evenly chosen; use the filters to see others.` : "";
}

// Error against step size ----------------------------------------------------------------------------

function stepOptions() {
  const curves = currentRun().steps;
  return optionsOf(groupBy(curves, ["problem", "instance", "dtype"]), (curve) => `${curve.problem} · ${curve.instance} · ${curve.dtype}`);
}

function drawSteps(curves, dark) {
  const traces = [];
  for (const curve of curves) {
    const style = styleOf(curve.method, dark);
    traces.push({ type: "scatter", mode: "lines+markers", name: curve.method, x: curve.h, y: curve.error.map((e) => (e === null ? null : Math.max(e, LEAST_ERROR))), ...style, marker: { ...style.marker, size: 5 },
      hovertext: curve.h.map((h, i) => `${curve.method}, h = ${h.toExponential(1)}: ${errorText(curve.error[i])}`), hoverinfo: "text" });
    if (curve.predicted) traces.push({ type: "scatter", mode: "lines", name: `${curve.method}, predicted best step`, x: [curve.predicted, curve.predicted], y: [LEAST_ERROR, 1], line: { ...style.line, width: 1 }, hoverinfo: "name" });
  }
  return {
    traces,
    layout: { xaxis: { ...ERRORS, title: { text: "step h" } }, yaxis: { ...ERRORS, title: { text: "relative error" } } },
    head: ["method", "best step", "error there", "predicted best step"],
    rows: curves.map((curve) => {
      const known = curve.error.filter((e) => e !== null);
      const best = known.length ? curve.error.indexOf(Math.min(...known)) : -1;
      return [curve.method, best < 0 ? "" : curve.h[best].toExponential(1), best < 0 ? "" : errorText(curve.error[best]), curve.predicted ? curve.predicted.toExponential(1) : ""];
    }),
  };
}

// Scaling --------------------------------------------------------------------------------------------

function exponentOptions() {
  const label = (e) => `${e.problem} · ${e.operation} · ${e.ladder} · ${condition(e)}`;
  return optionsOf(groupBy(matcher(currentRun().exponents), LADDER), label);
}

function drawExponents(found, dark) {
  const names = [...byMethod(found).keys()].reverse();
  const text = (e) => `${e.clear ? "" : "~"}${e.exponent.toFixed(2)} ± ${e.half.toFixed(2)}`;
  const traces = [...byMethod(found)].map(([method, [e]]) => ({ type: "scatter", mode: "markers", name: method, x: [e.exponent], y: [method], marker: { ...styleOf(method, dark).marker, size: 11 },
    error_x: { type: "data", array: [e.half], thickness: 1.5 }, hovertext: [`${method}: ${text(e)}, from size ${e.from}`], hoverinfo: "text" }));
  return {
    traces,
    layout: { xaxis: { title: { text: "exponent of time in size" }, range: [-0.5, 2.5] }, yaxis: { type: "category", categoryarray: names, categoryorder: "array" } },
    head: ["method", "exponent", "from size"],
    rows: found.map((e) => [e.method, text(e), String(e.from)]),
    note: "Exponent k of time ∝ sizeᵏ: least squares on logarithms, with 95 % confidence interval, over the sizes that take at least ten times as long as the fastest. ~: fewer than three do, so the three largest are used. The table also has exponents outside the plot." + (currentRun().ladders_left_out ? ` Not fitted: ${plural(currentRun().ladders_left_out, "more ladder")}.` : ""),
  };
}

function threadOptions(cells) {
  const label = (cell) => `${cell.problem} · ${cell.operation} · ${cell.instance} · ${cell.dtype} · ${cell.device}`;
  return optionsOf(groupBy(cells.filter(isTimed), WITHOUT_THREADS), label).filter((option) => new Set(option.cells.map((c) => c.threads)).size > 1);
}

function drawThreads(cells, dark) {
  const counts = [...new Set(cells.map((c) => c.threads))].sort((a, b) => a - b);
  const rows = [];
  const traces = [{ type: "scatter", mode: "lines", name: "ideal", x: counts, y: counts.map((n) => n / counts[0]), line: { color: "#888888", dash: "dot" }, hoverinfo: "skip" }];
  for (const [method, found] of byMethod(cells)) {
    const points = [...found].sort((a, b) => a.threads - b.threads);
    if (points[0].threads !== counts[0]) continue; // nothing to relate the others to
    const gain = (c) => points[0].median_s / c.median_s;
    const gainText = (c) => ratio(gain(c), Math.min(points[0].digits, c.digits));
    traces.push({ type: "scatter", mode: "lines+markers", name: method, x: points.map((c) => c.threads), y: points.map(gain), ...styleOf(method, dark),
      hovertext: points.map((c) => `${method}, ${plural(c.threads, "thread")}: ${timeText(c)}, ${gainText(c)}`), hoverinfo: "text" });
    for (const c of points) rows.push([method, String(c.threads), timeText(c), gainText(c), `${((100 * gain(c) * counts[0]) / c.threads).toFixed(0)} %`]);
  }
  return {
    traces,
    layout: { xaxis: { title: { text: "threads" }, tickvals: counts }, yaxis: { title: { text: "speed-up over the fewest threads" }, rangemode: "tozero" } },
    head: ["method", "threads", "median", "speed-up", "efficiency"],
    rows,
  };
}

const FIGURES = [
  { id: "time", title: "Time against size", options: ladderOptions, draw: drawTime, none: "No timed instances differ in size only. gradmark scale PROBLEM measures a ladder of sizes." },
  { id: "accuracy", title: "Accuracy against time", options: caseOptions, draw: drawAccuracy, none: "No case has two timed methods to compare." },
  { id: "first", title: "First call against later calls", options: caseOptions, draw: drawFirst, none: "No case has two timed methods to compare." },
  { id: "payoff", title: "When compiling pays off", options: caseOptions, draw: drawPayoff, none: "No case has two timed methods to compare." },
  { id: "over", title: "Time of a derivative relative to its function", options: overOptions, draw: drawOver, none: "No cell has times of both a derivative and its function." },
  { id: "steps", title: "Error against step size", options: stepOptions, draw: drawSteps, none: "This run holds no sweep over step sizes; gradmark steps PROBLEM makes one." },
  { id: "exponents", title: "Scaling exponents", options: exponentOptions, draw: drawExponents, none: "No method was timed at three sizes of one ladder; gradmark scale PROBLEM measures a ladder." },
  { id: "threads", title: "Thread scaling", options: threadOptions, draw: drawThreads, none: "This run has one thread count per case; gradmark run --threads 1 --threads 2 measures two." },
];
