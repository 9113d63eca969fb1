// Cases × methods. Colour is time over the row's fastest, by cividis, which colour-blind readers and grey printers can read.

const CIVIDIS = ["#fee838", "#e9d352", "#d2be60", "#bbab6a", "#a69970", "#918874", "#7c7876", "#696970", "#555b6c", "#3f4d6b", "#253f6e", "#00306f", "#00224e"];
const SLOWEST = 1000; // where the scale ends
const CASES = 120; // rows of a page
let matrixPage = 0;

function shade(slower) {
  const place = Math.min(1, Math.log10(slower) / Math.log10(SLOWEST)) * (CIVIDIS.length - 1);
  const low = Math.floor(place);
  const [a, b] = [CIVIDIS[low], CIVIDIS[Math.min(low + 1, CIVIDIS.length - 1)]].map(channels);
  return a.map((value, i) => Math.round(value + (b[i] - value) * (place - low)));
}

function channels(hex) {
  return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function matrixLegend() {
  byId("matrix-legend").replaceChildren(
    make("div", { class: "ramp" },
      make("div", { style: `background: linear-gradient(to right, ${CIVIDIS.join(", ")})` }),
      make("ol", {}, ...["fastest", "10×", "100×", "1000× and more"].map((text) => make("li", {}, text)))),
    make("span", {}, "★ fastest of its row"),
    make("span", {}, "≈ tied with the fastest (see the summary)"),
    make("span", {}, "hatched: no time; the word is the status"));
}

function drawMatrix() {
  const host = byId("matrix-body");
  const cases = [...groupBy(visible, CASE).values()];
  matrixPage = Math.min(matrixPage, Math.max(0, Math.ceil(cases.length / CASES) - 1));
  const methods = DATA.methods.map((method) => method.name).filter((name) => visible.some((cell) => cell.method === name));
  const several = new Set(visible.map(condition)).size > 1;
  const part = cases.slice(matrixPage * CASES, (matrixPage + 1) * CASES);
  const table = make("table", { class: "matrix", "aria-describedby": "matrix-heading" }, matrixHead(methods), ...matrixBodies(part, methods, several));
  table.addEventListener("keydown", moveInMatrix);
  const first = table.querySelector("td button");
  if (first) first.tabIndex = 0;
  const region = make("div", { class: "scroll", role: "region", "aria-label": "Matrix of times" }, table);
  host.replaceChildren(region, pager(matrixPage, cases.length, CASES, (to) => { matrixPage = to; drawMatrix(); }));
}

function matrixHead(methods) {
  const heads = methods.map((name) => {
    const [backend, variant] = name.split("/");
    return make("th", { scope: "col" }, backend, make("span", {}, `/${variant}`));
  });
  return make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "instance"), ...heads));
}

function matrixBodies(cases, methods, several) {
  const bodies = [];
  let group = "";
  for (const cells of cases) {
    const [one] = cells;
    const name = `${one.problem} · ${one.operation}${several ? ` · ${condition(one)}` : ""}`;
    if (name !== group) {
      group = name;
      bodies.push(make("tbody", {}, make("tr", {}, make("th", { scope: "rowgroup", colspan: methods.length + 1 }, name))));
    }
    const byMethod = new Map(cells.map((cell) => [cell.method, cell]));
    const head = make("th", { scope: "row" }, make("b", {}, one.instance));
    bodies[bodies.length - 1].append(make("tr", {}, head, ...methods.map((method) => make("td", {}, matrixCell(byMethod.get(method))))));
  }
  return bodies;
}

function matrixCell(cell) {
  if (!cell) return "";
  const what = `${cell.problem} ${cell.instance} ${cell.operation}, ${cell.method}, ${condition(cell)}`;
  const press = { type: "button", tabindex: "-1", "data-cell": cell.index, onclick: () => openDetail(cell) };
  if (!isTimed(cell)) {
    return make("button", { ...press, class: "absent", "aria-label": `${what}: ${cell.status}`, title: cell.reason }, cell.status === "ok" ? "not timed" : cell.status);
  }
  const rgb = shade(cell.slower);
  const ink = luminance(rgb) > 0.179 ? "#000" : "#fff";
  const style = `background: rgb(${rgb.join(", ")}); color: ${ink}`;
  const relative = cell.slower === 1 ? "fastest" : slowerText(cell) + (cell.tied ? ", tied with the fastest" : "");
  return make("button", { ...press, style, class: cell.slower === 1 ? "first" : null, "aria-label": `${what}: ${timeText(cell)}, ${relative}` },
    timeText(cell), make("small", {}, cell.slower === 1 ? "1×" : `${cell.tied ? "≈ " : ""}${slowerText(cell)}`));
}

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

// One cell of the matrix is in the order of the tab key; arrows reach the others.
function moveInMatrix(event) {
  const move = MOVES[event.key];
  if (!move || event.target.tagName !== "BUTTON") return;
  event.preventDefault();
  const rows = [...event.currentTarget.querySelectorAll("tbody tr")].filter((row) => row.querySelector("td button"));
  let row = rows.indexOf(event.target.closest("tr"));
  let column = event.target.closest("td").cellIndex;
  for (;;) {
    row += move[0];
    column += move[1];
    if (!rows[row] || column < 1 || column >= rows[row].cells.length) return;
    const next = rows[row].cells[column].querySelector("button");
    if (!next) continue;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    return;
  }
}
