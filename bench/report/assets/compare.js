// The verdicts of `gradmark compare`, one table per pair of runs.

// Without an interval of 95 % two, as in the tables.
function digitsOf(row) {
  return row.low === null ? 2 : 3;
}

function verdictColumns(comparison) {
  const [a, b] = [DATA.runs[comparison.a].name, DATA.runs[comparison.b].name];
  return [
    ...["problem", "instance", "operation", "method", "dtype", "device"].map((name) => ({ name })),
    { name: "threads", numeric: true },
    { name: "a_s", label: a, numeric: true, text: (row) => duration(row.a_s, digitsOf(row)) },
    { name: "b_s", label: b, numeric: true, text: (row) => duration(row.b_s, digitsOf(row)) },
    { name: "ratio", numeric: true, text: (row) => ratio(row.ratio, digitsOf(row)) },
    { name: "low", label: "interval", numeric: true, text: (row) => (row.low === null ? "" : `${digits(row.low)} to ${digits(row.high)}`) },
    { name: "floor", label: "noise", numeric: true, text: (row) => (row.floor === null ? "" : `± ${(100 * row.floor).toFixed(1)} %`) },
    { name: "verdict" },
    { name: "why" },
  ];
}

const COMPARISONS = DATA.comparisons.map((each) => ({ ...each, rows: rowsOf(each, {}) }));

function drawComparisons() {
  COMPARISONS.forEach((each, place) => {
    const host = document.querySelector(`[data-comparison="${place}"]`);
    const rows = matcher(each.rows);
    const counts = new Map();
    for (const row of rows) counts.set(row.verdict, (counts.get(row.verdict) || 0) + 1);
    const caption = rows.length ? [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(", ") : "nothing matches these filters";
    sortedTable(host, `comparison-${place}`, verdictColumns(each), rows, caption);
  });
}
