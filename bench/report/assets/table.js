// A table in pages whose columns can be sorted: {name, label, numeric, text(row), order(row), press(row)}.

const PAGE = 100;
const LONG = 30; // characters of a text that needs room

function sortedTable(host, id, columns, rows, caption) {
  let [by, direction] = (state.get(`sort-${id}`) || "").split(".");
  let page = 0;

  function ordered() {
    const column = columns.find((each) => each.name === by);
    if (!column) return rows;
    const order = column.order || ((row) => row[column.name]);
    const sign = direction === "descending" ? -1 : 1;
    return rows.slice().sort((a, b) => compareValues(order(a), order(b), sign));
  }

  function sortBy(column) {
    direction = by === column.name && direction === "ascending" ? "descending" : "ascending";
    by = column.name;
    page = 0;
    state.set(`sort-${id}`, `${by}.${direction}`);
    writeAddress();
    draw();
    host.querySelector(`th[data-name="${CSS.escape(by)}"] button`).focus();
  }

  function draw() {
    const found = ordered();
    const part = found.slice(page * PAGE, (page + 1) * PAGE);
    const heads = columns.map((column) =>
      make("th", { scope: "col", class: column.numeric ? "number" : null, "data-name": column.name, "aria-sort": column.name === by ? direction : "none" },
        make("button", { type: "button", onclick: () => sortBy(column) }, column.label || column.name)));
    const body = part.map((row) => make("tr", {}, ...columns.map((column) => cellOf(column, row))));
    const table = make("table", {}, make("caption", {}, caption), make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...body));
    const region = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, table);
    host.replaceChildren(region, pager(page, found.length, PAGE, (to) => { page = to; draw(); }));
  }

  draw();
}

function cellOf(column, row) {
  const value = column.text ? column.text(row) : row[column.name];
  const text = value === null || value === undefined ? "" : String(value);
  const content = column.press ? make("button", { type: "button", onclick: () => column.press(row) }, text) : text;
  return make("td", { class: column.numeric ? "number" : text.length > LONG ? "long" : null }, content);
}

// What is not known comes last, whichever way the rest is sorted.
function compareValues(a, b, sign) {
  const absent = (value) => value === null || value === undefined || value === "" || value === NEVER;
  if (absent(a) || absent(b)) return absent(a) - absent(b);
  return sign * (typeof a === "number" ? a - b : String(a).localeCompare(String(b), "en", { numeric: true }));
}

function pager(page, count, size, go) {
  const last = Math.max(0, Math.ceil(count / size) - 1);
  const text = count ? `${page * size + 1} to ${Math.min(count, (page + 1) * size)} of ${count}` : "nothing matches these filters";
  if (!last) return make("div", { class: "pager" }, text);
  return make("div", { class: "pager" },
    make("button", { type: "button", disabled: page === 0, onclick: () => go(page - 1) }, "Previous"),
    text,
    make("button", { type: "button", disabled: page === last, onclick: () => go(page + 1) }, "Next"));
}
