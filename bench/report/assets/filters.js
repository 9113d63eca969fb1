// A drop-down of checkboxes per dimension; choosing nothing means everything.

const ALWAYS = 5; // the first dimensions are offered even where they have one value
const MANY_VALUES = 20;

function buildFilters() {
  const row = byId("filter-row");
  row.replaceChildren();
  if (RUNS.length > 1) row.append(runChooser());
  DIMENSIONS.forEach((name, place) => {
    const values = new Set();
    for (const run of RUNS) for (const cell of run.cells) values.add(String(cell[name]));
    if (place < ALWAYS || values.size > 1) row.append(filter(name, [...values]));
  });
  row.append(make("button", { type: "button", id: "clear", onclick: clearFilters }, "Clear filters"));
}

function runChooser() {
  const select = make("select", { id: "run", onchange: () => choose("run", select.value) });
  RUNS.forEach((run, place) => select.append(make("option", { value: place, selected: run === currentRun() }, run.name)));
  return make("label", {}, "Run ", select);
}

function filter(name, values) {
  const marked = new Set(chosen(name));
  const fieldset = make("fieldset", {}, make("legend", {}, name));
  for (const value of values) {
    const box = make("input", { type: "checkbox", name, value, onchange: () => choose(name, checkedValues(fieldset)) });
    box.checked = marked.has(value);
    fieldset.append(make("label", {}, box, ` ${value}`));
  }
  const search = values.length > MANY_VALUES ? make("input", { type: "search", "aria-label": `Find ${name}`, placeholder: "find", oninput: () => narrow(fieldset, search.value) }) : null;
  return make("details", { class: "filter", "data-filter": name }, make("summary", {}), search, fieldset);
}

function checkedValues(fieldset) {
  return [...fieldset.querySelectorAll("input:checked")].map((box) => box.value).join(",");
}

function narrow(fieldset, text) {
  for (const label of fieldset.querySelectorAll("label")) label.hidden = !label.textContent.includes(text.trim());
}

function clearFilters() {
  for (const name of DIMENSIONS) state.delete(name);
  writeAddress();
  changed("address");
}

// What is chosen, in the summaries of the drop-downs and in the line below them.
function showFilters() {
  for (const details of document.querySelectorAll("[data-filter]")) {
    const values = chosen(details.dataset.filter);
    details.classList.toggle("active", values.length > 0);
    const text = !values.length ? "all" : values.length <= 2 ? values.join(", ") : `${values.length} chosen`;
    details.querySelector("summary").textContent = `${details.dataset.filter}: ${text}`;
    const marked = new Set(values);
    for (const box of details.querySelectorAll("fieldset input")) box.checked = marked.has(box.value);
  }
  if (byId("run")) byId("run").value = RUNS.indexOf(currentRun());
  byId("shown").textContent = `${visible.length} of ${plural(currentRun().cells.length, "cell")} shown${RUNS.length > 1 ? ` of ${currentRun().name}` : ""}.`;
}

// An open drop-down closes when the reader goes elsewhere, or presses Escape.
document.addEventListener("click", (event) => {
  for (const details of document.querySelectorAll("details.filter[open]")) if (!details.contains(event.target)) details.open = false;
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details.filter[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
