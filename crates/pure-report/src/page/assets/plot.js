// What all pictures share: elements, marks, scales, numbers in words.

const data = JSON.parse(document.getElementById("data").textContent);
const arms = data.arms;
for (const chart of data.charts) for (const curve of chart.curves) curve.steps = data.steps[curve.steps];
const hidden = new Set(data.hidden);
// What the x axis counts, and whether it is drawn by doublings.
const { xName = "step", doublings = false } = data;
const along = doublings ? Math.log2 : (step) => step;
const stepAt = doublings ? (place) => 2 ** place : (place) => place;
const shown = (arm) => !hidden.has(arm);

const svgElement = (name, attributes = {}, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

const element = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const withSeeds = (arm) => (arm.runs > 1 ? `${arm.name} (${arm.runs} seeds)` : arm.name);

// The classes that give an arm its colour and, before its name, its mark.
const look = (arm) => `c${arm % 8} s${arm % 6}`;

// The marks: as many as the styles know.
const SHAPES = [
  (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  (r) => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  (r) => `M0 ${-1.3 * r}L${1.25 * r} ${r}H${-1.25 * r}z`,
  (r) => `M0 ${-1.4 * r}L${1.4 * r} 0L0 ${1.4 * r}L${-1.4 * r} 0z`,
  (r) => `M0 ${1.3 * r}L${1.25 * r} ${-r}H${-1.25 * r}z`,
  (r) => `M${-r / 2} ${-1.3 * r}h${r}v${r * 0.8}h${r * 0.8}v${r}h${-r * 0.8}v${r * 0.8}h${-r}v${-r * 0.8}h${-r * 0.8}v${-r}h${r * 0.8}z`,
];
const mark = (arm, x, y, radius = 3.5, more = "") =>
  svgElement("path", {
    d: SHAPES[arm % SHAPES.length](radius),
    transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
    class: `mark ${look(arm)} ${more}`,
  });

// 1, 2 or 5 times a power of ten, so that about `count` ticks lie between `low` and `high`.
const tickStep = (low, high, count) => {
  const rough = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= rough * 0.999);
};
const ticks = (low, high, count) => {
  const step = tickStep(low, high, count);
  const made = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n++) made.push(n * step);
  return made;
};

// From what is to where it is drawn.
const scale = ([low, high], [from, to]) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

// A domain that ends at ticks, so that the outermost are named.
const widened = (low, high, count) => {
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) * 0.5, high + Math.abs(high) * 0.5];
  // A wider domain may have wider steps.
  for (let step = 0; step !== tickStep(low, high, count); ) {
    step = tickStep(low, high, count);
    [low, high] = [Math.floor(low / step + 1e-6) * step, Math.ceil(high / step - 1e-6) * step];
  }
  return [low, high];
};

const plain = (value) => {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(1).replace("e+", "e").replace(".0e", "e");
  if (size >= 1000) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
};
const inWords = (value, unit) => (unit === "%" ? `${Number((100 * value).toPrecision(3))} %` : plain(value));
const unitName = (unit) => (unit === "%" ? "" : unit);

// The frame of a picture: lines across, names of ticks, and what the x axis counts.
const frame = (svg, { width, height, left, right, top, bottom, x, y, xTicks, yTicks, unit, xName: counted = xName }) => {
  for (const value of yTicks) {
    const at = y(value);
    svg.append(
      svgElement("line", { class: "grid", x1: left, x2: width - right, y1: at, y2: at }),
      svgElement("text", { x: left - 6, y: at + 4, "text-anchor": "end" }, inWords(value, unit)),
    );
  }
  const floor = height - bottom;
  svg.append(svgElement("line", { class: "axis", x1: left, x2: width - right, y1: floor, y2: floor }));
  for (const value of xTicks) {
    // The last name may have no room to stand in the middle.
    const crosses = x(value) + 3.5 * plain(value).length > width;
    const place = crosses ? { x: width, "text-anchor": "end" } : { x: x(value), "text-anchor": "middle" };
    svg.append(svgElement("text", { y: floor + 16, ...place }, plain(value)));
  }
  svg.append(svgElement("text", { x: width - right, y: height - 2, "text-anchor": "end" }, counted));
  if (unitName(unit)) svg.append(svgElement("text", { x: left, y: top - 8 }, unitName(unit)));
};

// Room for the widest name of a tick.
const leftFor = (values, unit) => 12 + 7 * Math.max(...values.map((value) => inWords(value, unit).length));
