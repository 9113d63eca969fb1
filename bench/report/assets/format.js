// Numbers as bench/units.py prints them, and elements. Texts only ever become text nodes.

const UNITS = [["s", 1], ["ms", 1e-3], ["µs", 1e-6], ["ns", 1e-9]];

function digits(value, significant = 3) {
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(significant));
  return rounded.toFixed(Math.max(0, significant - 1 - magnitude(rounded)));
}

function magnitude(value) {
  return Math.floor(Math.log10(Math.abs(value)));
}

function duration(seconds, significant = 3) {
  if (seconds === null) return "";
  const rounded = Number(seconds.toPrecision(significant));
  const [unit, size] = UNITS.find((each) => rounded >= each[1]) || UNITS[UNITS.length - 1];
  return `${digits(seconds / size, significant)} ${unit}`;
}

function exponent(text) {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

function ratio(value, significant = 3) {
  return value === null ? "" : `${digits(value, significant)}×`;
}

function errorText(value) {
  if (value === null) return "";
  return value === 0 ? "0" : exponent(value.toExponential(1));
}

function bytes(value) {
  if (value === null) return "";
  const [unit, size] = [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10], ["B", 1]].find((each) => Math.abs(value) >= each[1]) || ["B", 1];
  return `${digits(value / size)} ${unit}`;
}

function plural(count, what) {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

// An element with attributes and children; texts among the children are text, never markup.
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function byId(id) {
  return document.getElementById(id);
}

function download(name, type, text) {
  const link = make("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
