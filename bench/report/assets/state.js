// What the reader chose, kept in the page's address: `#problem=a,b&dtype=float64&run=0`.

const DIMENSIONS = ["problem", "operation", "dtype", "device", "status", "method", "threads"];
const state = new Map();
const listeners = [];

function readAddress() {
  const text = location.hash.slice(1);
  if (!text.includes("=")) return;
  state.clear();
  for (const [name, value] of new URLSearchParams(text)) state.set(name, value);
}

function writeAddress() {
  const text = new URLSearchParams([...state].filter(([, value]) => value !== "")).toString();
  history.replaceState(null, "", text ? `#${text}` : `#`);
}

function choose(name, value) {
  state.set(name, value);
  writeAddress();
  if (name !== "cell") changed(name);
}

function changed(name) {
  for (const listener of listeners) listener(name);
}

// Names never hold a comma; what is not known is ignored.
function chosen(name) {
  const value = state.get(name);
  return value ? value.split(",") : [];
}

function currentRun() {
  return RUNS[Number(state.get("run"))] || RUNS[0];
}

function matcher(rows) {
  const wanted = DIMENSIONS.map((name) => [name, new Set(chosen(name))]).filter(([, values]) => values.size);
  return rows.filter((row) => wanted.every(([name, values]) => row[name] === undefined || values.has(String(row[name]))));
}

let visible = [];
function refreshVisible() {
  visible = matcher(currentRun().cells);
}

window.addEventListener("hashchange", () => {
  if (!location.hash.slice(1).includes("=")) return;
  readAddress();
  changed("address");
});
