// The cells: objects whose members are read from the columns of the embedded data.

const DATA = JSON.parse(byId("data").textContent);
const NEVER = -1;
const CASE = ["problem", "instance", "operation", "dtype", "device", "threads"];

// Objects with one getter per column; a table of 100 000 cells costs little more than its columns.
function rowsOf(table, extra) {
  class Row {
    constructor(index) {
      this.index = index;
    }
  }
  for (const [name, column] of Object.entries(table.texts)) {
    Object.defineProperty(Row.prototype, name, { get() { return column.texts[column.codes[this.index]]; } });
  }
  for (const [name, column] of Object.entries(table.numbers)) {
    Object.defineProperty(Row.prototype, name, { get() { return column.length ? column[this.index] : null; } });
  }
  Object.assign(Row.prototype, extra);
  return Array.from({ length: table.count }, (_, index) => new Row(index));
}

const RUNS = DATA.runs.map((run) => ({ ...run, cells: rowsOf(run, { run: run.name }) }));
const METHODS = new Map(DATA.methods.map((method, place) => [method.name, { ...method, place }]));

function keyOf(cell, names) {
  return names.map((name) => cell[name]).join(":");
}

function groupBy(cells, names) {
  const groups = new Map();
  for (const cell of cells) {
    const key = keyOf(cell, names);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(cell);
  }
  return groups;
}

function isTimed(cell) {
  return cell.median_s !== null && (cell.status === "ok" || cell.status === "diverged");
}

function condition(cell) {
  return `${cell.dtype} · ${cell.device} · ${plural(cell.threads, "thread")}`;
}

function intervalText(cell) {
  if (cell.low_s === null || !cell.interval_of) return "unknown: a single call";
  return `${duration(cell.low_s)} to ${duration(cell.high_s)} (${(100 * cell.coverage).toFixed(0)} %, ${cell.interval_of})`;
}

// The median with the digits that the tables give it: two where there is no interval of 95 % over processes.
function timeText(cell) {
  return duration(cell.median_s, cell.digits);
}

function slowerText(cell) {
  return ratio(cell.slower, cell.slower_digits);
}

function overText(cell) {
  return ratio(cell.over, cell.digits);
}

function paysText(cell) {
  if (cell.pays === null) return "";
  if (cell.pays === NEVER) return "never";
  return cell.pays <= 1 ? "at once" : `after ${digits(cell.pays).replace(/\.\d+$/, "")} calls`;
}

function limitText(cell) {
  return cell.least_s === null || !isTimed(cell) ? "" : `${((100 * cell.least_s) / cell.median_s).toFixed(0)} %`;
}

// Everything about a cell, for the table, the download and the details.
const COLUMNS = [
  { name: "problem" }, { name: "instance" }, { name: "operation" }, { name: "method" }, { name: "dtype" }, { name: "device" },
  { name: "threads", numeric: true },
  { name: "status" },
  { name: "median_s", label: "median", numeric: true, text: timeText },
  { name: "low_s", label: "interval from", numeric: true, text: (cell) => duration(cell.low_s) },
  { name: "high_s", label: "to", numeric: true, text: (cell) => duration(cell.high_s) },
  { name: "interval_of", label: "interval of" },
  { name: "coverage", label: "coverage", numeric: true, text: (cell) => (cell.coverage ? `${(100 * cell.coverage).toFixed(0)} %` : "") },
  { name: "slower", label: "ratio to fastest", numeric: true, text: slowerText },
  { name: "rounds", numeric: true },
  { name: "repeats", label: "processes", numeric: true },
  { name: "import_s", label: "import", numeric: true, text: (cell) => duration(cell.import_s) },
  { name: "prepare_s", label: "prepare", numeric: true, text: (cell) => duration(cell.prepare_s) },
  { name: "first_call_s", label: "first call", numeric: true, text: (cell) => duration(cell.first_call_s) },
  { name: "pays", label: "pays off", numeric: true, text: paysText },
  { name: "over", label: "ratio to function", numeric: true, text: overText },
  { name: "least_s", label: "of machine limit", numeric: true, text: limitText, order: (cell) => (cell.least_s === null || !cell.median_s ? null : cell.least_s / cell.median_s) },
  { name: "peak_memory_bytes", label: "memory", numeric: true, text: (cell) => bytes(cell.peak_memory_bytes) },
  { name: "error_relative", label: "relative error", numeric: true, text: (cell) => errorText(cell.error_relative) },
  { name: "error_ulp", label: "error in ulp", numeric: true, text: (cell) => (cell.error_ulp === null ? "" : digits(cell.error_ulp)) },
  { name: "warnings", label: "warnings", text: (cell) => cell.warnings.split("\n").join("; ") },
  { name: "reason" },
];

// Like `gradmark table --format csv`: a leading apostrophe keeps a spreadsheet from taking a text for a formula.
function csvField(value) {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^\s*[=+\-@＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function csv() {
  const names = ["run", ...COLUMNS.map((column) => column.name), "min_s", "q1_s", "q3_s", "cpu_s", "iterations", "objective", "bound", "ladder", "size"];
  const value = (cell, name) => (name === "warnings" ? cell.warnings.split("\n").join("; ") : name === "pays" && cell.pays === NEVER ? "never" : cell[name]);
  const lines = [names.join(",")];
  for (const run of RUNS) for (const cell of run.cells) lines.push(names.map((name) => csvField(value(cell, name))).join(","));
  return lines.join("\r\n") + "\r\n";
}
