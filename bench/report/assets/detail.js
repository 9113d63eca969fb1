// The details of a cell in a dialogue: its numbers, its source beside its siblings, the decisions of its adapter.

const IDENTITY = ["problem", "instance", "operation", "method", "dtype", "device", "threads"];

function detailFacts(cell) {
  const call = cell.rounds ? `${plural(cell.rounds, "round")} of ${plural(cell.iterations, "call")}, in ${plural(cell.repeats, "process").replace("processs", "processes")}` : "";
  const bound = cell.bound !== null ? `; theoretical bound ${ratio(cell.bound)}` : "";
  return [
    ["Status", cell.status], ["Reason", cell.reason],
    ["Median time per call", timeText(cell)], ["Confidence interval", isTimed(cell) ? intervalText(cell) : ""],
    ["Ratio to the fastest", slowerText(cell) + (cell.tied ? ", tied with it" : "")], ["Fastest round; quartiles of the rounds", cell.min_s === null ? "" : `${duration(cell.min_s)}; ${duration(cell.q1_s)} to ${duration(cell.q3_s)}`],
    ["Rounds", call], ["First call", duration(cell.first_call_s)], ["Prepare", duration(cell.prepare_s)],
    ["Import", duration(cell.import_s) || "not stored in this run"], ["Compilation pays off against the eager variant", paysText(cell)],
    ["Peak memory", bytes(cell.peak_memory_bytes) || "not measured in this run"],
    ["Relative error", errorText(cell.error_relative)], ["Largest error of an entry, in ulp", cell.error_ulp === null ? "" : digits(cell.error_ulp)],
    ["Error that input rounding may cause", errorText(cell.error_explained)],
    ["Function value at the result", cell.objective === null ? "" : String(cell.objective)],
    [`Time over ${DATA.over[cell.operation] || "function"}`, cell.over === null ? "" : overText(cell) + bound],
    ["Fraction of the machine limit", limitText(cell)], ["Warnings", cell.warnings.split("\n").join("; ")],
  ].filter(([, value]) => value !== "");
}

function detailSources(cell) {
  const run = RUNS.find((each) => each.name === cell.run);
  const backend = cell.method.split("/")[0];
  const folder = `problems/${cell.problem}/`;
  const names = Object.keys(run.sources).filter((path) => path.startsWith(folder));
  if (!names.length) return [make("p", {}, "This run folder stores no sources of this problem.")];
  const rank = (path) => (path === `${folder}${backend}.py` ? 0 : path.endsWith("/oracle.py") ? 2 : path.endsWith("/__init__.py") ? 3 : 1);
  names.sort((a, b) => rank(a) - rank(b));
  const articles = names.map((path) => make("article", { class: rank(path) === 0 ? "own" : null },
    make("h4", {}, path.slice(folder.length) + (rank(path) === 0 ? " (this cell)" : "")), make("pre", { tabindex: "0" }, run.sources[path])));
  const adapter = run.sources[`backends/${backend}.py`];
  return [
    make("div", { class: "sources", tabindex: "0", role: "region", "aria-label": "Sources side by side" }, ...articles),
    adapter ? make("details", {}, make("summary", {}, `The whole adapter, backends/${backend}.py`), make("pre", { tabindex: "0" }, adapter)) : null,
  ];
}

function detailDecisions(cell) {
  const backend = cell.method.split("/")[0];
  const text = RUNS.find((each) => each.name === cell.run).decisions[backend];
  return make("pre", { class: "wrap" }, text || "This run folder does not store the decisions of the adapter.");
}

function openDetail(cell) {
  const dialog = byId("detail");
  const list = make("dl", {}, ...detailFacts(cell).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  dialog.replaceChildren(
    make("div", { class: "top" },
      make("h2", { id: "detail-heading" }, `${cell.problem} · ${cell.instance} · ${cell.operation} · ${cell.method} · ${condition(cell)}`),
      make("button", { type: "button", onclick: () => dialog.close() }, "Close")),
    list,
    make("h3", {}, "Source, side by side with the other backends"), ...detailSources(cell).filter(Boolean),
    make("h3", {}, `Decisions of the adapter ${cell.method.split("/")[0]}`), detailDecisions(cell));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  choose("cell", keyOf(cell, IDENTITY));
}

byId("detail").addEventListener("close", () => {
  state.delete("cell");
  writeAddress();
});

// A press beside the dialogue closes it.
byId("detail").addEventListener("click", (event) => {
  if (event.target === byId("detail")) byId("detail").close();
});

function openFromAddress() {
  const key = state.get("cell");
  const cell = key && currentRun().cells.find((each) => keyOf(each, IDENTITY) === key);
  if (cell) openDetail(cell);
}
