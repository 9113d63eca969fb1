// One figure per kind of plot: a choice of what it shows, the chart, its download and its numbers as a table.

const MOST_OPTIONS = 400;
const SVG_WIDTH = 900;
const inView = new Set();

function buildPlots() {
  const host = byId("plot-list");
  for (const figure of FIGURES) {
    const select = make("select", { id: `choice-${figure.id}`, onchange: () => { choose(`plot-${figure.id}`, select.value); drawPlot(figure); } });
    host.append(make("figure", { id: `plot-${figure.id}`, "aria-labelledby": `title-${figure.id}` },
      make("h3", { id: `title-${figure.id}` }, figure.title),
      make("div", { class: "tools" },
        make("label", {}, make("span", { class: "hint" }, "Of "), select),
        make("button", { type: "button", class: "svg", onclick: () => downloadPlot(figure) }, "Download SVG")),
      make("div", { class: "chart", role: "img", "aria-labelledby": `title-${figure.id}` }),
      make("p", { class: "hint note" }),
      make("details", { class: "numbers" }, make("summary", {}, "The numbers as a table"), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Numbers of: ${figure.title}` }))));
  }
  // Drawing waits until the reader scrolls there; printing wants everything.
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const figure = FIGURES.find((each) => `plot-${each.id}` === entry.target.id);
      if (!entry.isIntersecting || inView.has(figure)) continue;
      inView.add(figure);
      drawPlot(figure);
    }
  }, { rootMargin: "600px" });
  for (const figure of FIGURES) observer.observe(byId(`plot-${figure.id}`));
  window.addEventListener("beforeprint", () => { for (const figure of FIGURES) { inView.add(figure); drawPlot(figure); } });
}

function drawPlots() {
  for (const figure of FIGURES) {
    const options = figure.options(visible);
    const select = byId(`choice-${figure.id}`);
    select.replaceChildren(...options.slice(0, MOST_OPTIONS).map((option) => make("option", { value: option.key }, option.label)));
    const wanted = state.get(`plot-${figure.id}`);
    const usual = options.slice(0, MOST_OPTIONS).find((option) => option.key.includes(":gradient:") && option.key.includes(":float64:"));
    if (options.some((option) => option.key === wanted)) select.value = wanted;
    else if (usual) select.value = usual.key;
    select.parentElement.hidden = options.length < 2;
    figure.found = options;
  }
  redrawPlots();
}

function redrawPlots() {
  for (const figure of FIGURES) if (inView.has(figure)) drawPlot(figure);
}

function optionOf(figure) {
  const found = figure.found || [];
  const key = byId(`choice-${figure.id}`).value;
  return found.find((option) => option.key === key) || found[0];
}

function drawPlot(figure) {
  const host = byId(`plot-${figure.id}`);
  const chart = host.querySelector(".chart");
  const option = optionOf(figure);
  host.classList.toggle("empty", !option); // those with data come first
  host.querySelector(".svg").hidden = !option;
  host.querySelector("details").hidden = !option;
  if (!option) {
    Plotly.purge(chart);
    chart.hidden = true;
    host.querySelector(".note").textContent = figure.none;
    return;
  }
  const drawn = figure.draw(option.cells, isDark());
  chart.hidden = false;
  Plotly.react(chart, drawn.traces, layoutOf(drawn, isDark(), chart.clientWidth), { displaylogo: false, responsive: true, showTips: false, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"], toImageButtonOptions: { format: "svg", filename: `gradmark-${figure.id}` } });
  const many = figure.found.length > MOST_OPTIONS ? `The first ${MOST_OPTIONS} of ${figure.found.length} are listed; use the filters to see others.` : "";
  host.querySelector(".note").textContent = [option.label, drawn.note, many].filter(Boolean).join(". ").replaceAll("..", ".");
  const head = make("tr", {}, ...drawn.head.map((name) => make("th", { scope: "col" }, name)));
  const rows = drawn.rows.map((row) => make("tr", {}, ...row.map((text) => make("td", {}, text))));
  host.querySelector(".numbers .scroll").replaceChildren(make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
}

const PLOT_HEIGHT = 330; // pixels without the legend
const ENTRY = 185; // of a name in the legend, which holds as many in a row as fit
const ENTRY_HEIGHT = 21;
const AXIS = 110; // what the labels of the vertical axis leave the legend less of

function layoutOf(drawn, dark, width) {
  const [text, grid, page] = dark ? ["#e8ebef", "#3a424c", "#14171b"] : ["#16191d", "#dde1e6", "#ffffff"];
  const axis = { gridcolor: grid, linecolor: text, zerolinecolor: grid, ticks: "outside", automargin: true };
  const names = drawn.traces.filter((trace) => trace.showlegend !== false);
  const columns = Math.max(1, Math.floor((width - AXIS) / ENTRY));
  const below = Math.ceil(names.length / columns) * ENTRY_HEIGHT + 10;
  const { xaxis, yaxis, ...own } = drawn.layout;
  return {
    font: { family: "system-ui, Liberation Sans, Arial, sans-serif", size: 13, color: text },
    paper_bgcolor: page, plot_bgcolor: page, margin: { l: 70, r: 15, t: 10, b: 55 + below }, height: PLOT_HEIGHT + below, hovermode: "closest",
    showlegend: true,
    legend: { orientation: "h", xref: "container", x: 0, yref: "container", y: 0, yanchor: "bottom", entrywidth: ENTRY - 45, entrywidthmode: "pixels", font: { size: 12 } },
    ...own, xaxis: { ...axis, ...decades(xaxis, drawn.traces, "x"), ...plain(xaxis) }, yaxis: { ...axis, ...decades(yaxis, drawn.traces, "y"), ...plain(yaxis) },
  };
}

// An axis without what only `decades` reads.
function plain({ words, ...axis }) {
  return axis;
}

// Ticks of logarithmic axes at powers of ten, or closer where there are few; in the words of the tables.
function decades({ type, words }, traces, name) {
  if (type !== "log") return {};
  const values = traces.flatMap((trace) => [...trace[name], ...barEnds(trace, name)]).filter((value) => value > 0);
  const [low, high] = [Math.log10(Math.min(...values)), Math.log10(Math.max(...values))];
  const every = Math.max(1, Math.ceil((high - low) / 8));
  const steps = high - low > 2.2 ? [1] : high - low > 1 ? [1, 3] : [1, 1.5, 2, 3, 5, 7];
  const tickvals = [];
  for (let power = Math.floor(low) - 1; power <= high + 1; power += every) tickvals.push(...steps.map((step) => step * 10 ** power));
  const room = Math.max(0.06 * (high - low), 0.05);
  return { tickvals, ticktext: tickvals.map(words), range: [low - room, high + room] };
}

// The ends of error bars, so that they lie within the picture.
function barEnds(trace, name) {
  const bars = trace[`error_${name}`];
  return bars ? trace[name].flatMap((value, i) => [value + bars.array[i], value - bars.arrayminus[i]]) : [];
}

// The file is always light, as it is meant for paper.
function downloadPlot(figure) {
  const drawn = figure.draw(optionOf(figure).cells, false);
  Plotly.downloadImage({ data: drawn.traces, layout: layoutOf(drawn, false, SVG_WIDTH) }, { format: "svg", filename: `gradmark-${figure.id}`, width: SVG_WIDTH, height: 600 });
}
