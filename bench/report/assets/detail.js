// The details of a cell in a dialogue: its numbers, its source beside its siblings, the decisions of its adapter.

const IDENTITY = ["problem", "instance", "operation", "method", "dtype", "device", "threads"];

function detailFacts(cell) {
  const call = cell.rounds ? `${plural(cell.rounds, "round")} of ${plural(cell.iterations, "call")}, in ${plural(cell.repeats, "process").replace("processs", "processes")}` : "";
  const bound = cell.bound !== null ? `; theory allows ${ratio(cell.bound)}` : "";
  return [
    ["Status", cell.status], ["Reason", cell.reason],
    ["Median of a call", timeText(cell)], ["Interval", isTimed(cell) ? intervalText(cell) : ""],
    ["Over the fastest", slowerText(cell) + (cell.tied ? ", not told apart from it" : "")], ["Fastest round; middle half of the rounds", cell.min_s === null ? "" : `${duration(cell.min_s)}; ${duration(cell.q1_s)} to ${duration(cell.q3_s)}`],
    ["Rounds", call], ["First call", duration(cell.first_call_s)], ["Prepare", duration(cell.prepare_s)],
    ["Import", duration(cell.import_s) || "not stored in this run"], ["Compiling pays off against the eager variant", paysText(cell)],
    ["Peak memory", bytes(cell.peak_memory_bytes) || "not measured in this run"],
    ["Relative error", errorText(cell.error_relative)], ["Worst entry, in units in the last place", cell.error_ulp === null ? "" : digits(cell.error_ulp)],
    ["Error that rounding of the inputs explains", errorText(cell.error_explained)],
    ["Function value at the result", cell.objective === null ? "" : String(cell.objective)],
    [`Time over ${DATA.over[cell.operation] || "function"}`, cell.over === null ? "" : overText(cell) + bound],
    ["Of the machine's limit", limitText(cell)], ["Warnings", cell.warnings.split("\n").join("; ")],
  ].filter(([, value]) => value !== "");
}

function detailSources(cell) {
  const run = RUNS.find((each) => each.name === cell.run);
  const backend = cell.method.split("/")[0];
  const folder = `problems/${cell.problem}/`;
  const names = Object.keys(run.sources).filter((path) => path.startsWith(folder));
  if (!names.length) return [make("p", {}, "This run folder holds no sources of this problem.")];
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
  return make("pre", { class: "wrap" }, text || "This run folder does not say what the adapter decided.");
}

function openDetail(cell) {
  const dialog = byId("detail");
  const list = make("dl", {}, ...detailFacts(cell).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  dialog.replaceChildren(
    make("div", { class: "top" },
      make("h2", { id: "detail-heading" }, `${cell.problem} · ${cell.instance} · ${cell.operation} · ${cell.method} · ${condition(cell)}`),
      make("button", { type: "button", onclick: () => dialog.close() }, "Close")),
    list,
    make("h3", {}, "Source, beside its siblings"), ...detailSources(cell).filter(Boolean),
    make("h3", {}, `What the adapter of ${cell.method.split("/")[0]} decides`), detailDecisions(cell));
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
