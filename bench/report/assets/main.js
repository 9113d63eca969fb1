// Everything together: the theme, the address, and what is drawn anew when a choice changes.

const systemTheme = matchMedia("(prefers-color-scheme: dark)");

function stored(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // a browser that stores nothing for files
  }
}

function store(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    /* the choice then lasts as long as the page */
  }
}

let themeChosen = stored("gradmark-theme");

function isDark() {
  return (themeChosen || (systemTheme.matches ? "dark" : "light")) === "dark";
}

function showTheme() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  byId("theme").textContent = isDark() ? "Light theme" : "Dark theme";
  redrawPlots();
}

byId("theme").addEventListener("click", () => {
  themeChosen = isDark() ? "light" : "dark";
  store("gradmark-theme", themeChosen);
  showTheme();
});
systemTheme.addEventListener("change", showTheme);

// The address holds the choices, so links within the page scroll without changing it.
for (const link of document.querySelectorAll('header a, a.skip')) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const heading = document.querySelector(`${link.getAttribute("href")} h2`);
    heading.scrollIntoView();
    heading.focus({ preventScroll: true });
  });
}

byId("csv").addEventListener("click", () => download("gradmark.csv", "text/csv;charset=utf-8", csv()));

function drawTable() {
  const known = COLUMNS.filter((column) => visible.some((cell) => cell[column.name] !== null && cell[column.name] !== ""));
  const columns = known.map((column) => (column.name === "instance" ? { ...column, press: openDetail } : column));
  sortedTable(byId("measurements-body"), "measurements", columns, visible, "Measurements, one row per cell");
}

function drawAll() {
  refreshVisible();
  showFilters();
  drawMatrix();
  drawTable();
  drawComparisons();
  drawPlots();
}

listeners.push((name) => {
  if (!name.startsWith("plot-")) drawAll();
});

readAddress();
buildFilters();
matrixLegend();
buildPlots();
showTheme();
drawAll();
openFromAddress();
