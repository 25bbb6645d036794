// Curves over steps: a faint line for training, a strong one with marks for evaluations, bands for seeds.

// The step that is pointed at, on all pictures at once; null for the last.
let pointed = null;
const readers = new Set();
const point = (step) => {
  pointed = step;
  for (const read of readers) read();
};

// Mouse, finger and keys move the pointed step over `steps`.
const movable = (plot, steps, stepAt) => {
  const nearest = (step) => steps().reduce((best, s) => (Math.abs(s - step) < Math.abs(best - step) ? s : best));
  plot.addEventListener("pointermove", (event) => {
    if (steps().length) point(nearest(stepAt(event.clientX - plot.getBoundingClientRect().left)));
  });
  plot.addEventListener("pointerleave", () => point(null));
  plot.addEventListener("blur", () => point(null));
  plot.addEventListener("keydown", (event) => {
    const all = steps();
    if (!all.length) return;
    const at = pointed === null ? all.length - 1 : all.indexOf(nearest(pointed));
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: all.length - 1, Escape: null }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    point(to === null ? null : all[Math.max(0, Math.min(all.length - 1, to))]);
  });
};

// A place to draw in and one to read from, inside a figure. What is saved names the arms of `named`.
const stage = (figure, label, named = () => []) => {
  const plot = element("div", "plot");
  plot.tabIndex = 0;
  plot.setAttribute("role", "group");
  plot.setAttribute("aria-label", `${label}; arrow keys move over every ${xName}`);
  const readout = element("output", "readout");
  plot.addEventListener("focus", () => readout.setAttribute("aria-live", "polite"));
  plot.addEventListener("blur", () => readout.removeAttribute("aria-live"));
  figure.querySelector("figcaption").append(saver(plot, label, named));
  figure.append(plot, readout);
  return { plot, readout };
};

const LAST_AT_OR_BEFORE = (steps, step) => {
  let found = -1;
  while (found + 1 < steps.length && steps[found + 1] <= step) found++;
  return found;
};

const curveChart = (figure, chart) => {
  const named = () => arms.map((_, index) => index).filter((arm) => curves().some((curve) => curve.arm === arm));
  const { plot, readout } = stage(figure, chart.title, named);
  const height = 220, right = 12, top = 24, bottom = 34;
  let across = () => 0, back = () => 0, steps = [], svg, cursor;
  const curves = () => chart.curves.filter((curve) => shown(curve.arm));

  const draw = () => {
    const width = plot.clientWidth;
    if (!width) return;
    svg = svgElement("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": true });
    const all = curves();
    steps = [...new Set(all.flatMap((curve) => curve.steps))].sort((a, b) => a - b);
    const values = all.flatMap((curve) => [...curve.median, ...(curve.lowest || []), ...(curve.highest || [])]);
    let [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
    if (low > 0 && (chart.unit !== "" || low < 0.5 * high)) low = 0;
    if (chart.unit === "%" && high > 0.3) high = Math.max(high, 1);
    const domain = widened(low, high, 4);
    const yTicks = ticks(...domain, 4);
    const left = leftFor(yTicks, chart.unit);
    const ends = [0, Math.max(1, along(steps.at(-1) || 1))];
    const onto = scale(ends, [left, width - right]), from = scale([left, width - right], ends);
    across = (step) => onto(along(step));
    back = (x) => stepAt(from(x));
    const y = scale(domain, [height - bottom, top]);
    const xTicks = doublings ? steps : ticks(...ends, Math.min(8, width / 60)).filter(Number.isInteger);
    frame(svg, { width, height, left, right, top, bottom, x: across, y, xTicks, yTicks, unit: chart.unit });
    marks(top, height - bottom, width);
    const place = (step, value) => `${across(step).toFixed(1)},${y(value).toFixed(1)}`;
    for (const { arm, split, steps, median, lowest, highest } of all) {
      if (lowest && steps.length > 1) {
        const there = steps.map((step, i) => place(step, highest[i]));
        const andBack = steps.map((step, i) => place(step, lowest[i])).reverse();
        if (split === "valid" || !all.some((other) => other.arm === arm && other.split === "valid"))
          svg.append(svgElement("polygon", { class: `band ${look(arm)}`, points: [...there, ...andBack].join(" ") }));
      }
      const alone = !all.some((other) => other.arm === arm && other.split === "valid") ? " alone" : "";
      svg.append(
        svgElement("polyline", {
          class: `${split}${alone} ${look(arm)}`,
          points: steps.map((step, i) => place(step, median[i])).join(" "),
        }),
      );
      if (split === "valid" || steps.length === 1)
        steps.forEach((step, i) => svg.append(mark(arm, across(step), y(median[i]))));
    }
    cursor = svgElement("line", { class: "cursor", y1: top, y2: height - bottom, visibility: "hidden" });
    svg.append(cursor);
    plot.replaceChildren(svg);
    read();
  };

  // Collapses and notices; only the first chart has room to name them.
  const marks = (top, floor, width) => {
    const falls = new Map();
    const stacked = new Map();
    arms.forEach((arm, index) => {
      if (!curves().some((curve) => curve.arm === index)) return;
      for (const step of new Set(arm.collapse)) falls.set(step, [...(falls.get(step) || []), index]);
      for (const [step, text] of arm.notices) {
        const at = across(step);
        const below = stacked.get(step) || 0;
        stacked.set(step, below + 1);
        const shape = `M${at - 5} ${floor - 9 * below}h10l-5 -9z`;
        const triangle = svgElement("path", { class: `notice ${look(index)}`, d: shape });
        triangle.append(svgElement("title", {}, `${arm.name}, step ${step}: ${text}`));
        svg.append(triangle);
      }
    });
    let named = 0;
    for (const [step, fallen] of [...falls].sort(([a], [b]) => a - b)) {
      const at = across(step);
      // Arms that fall together take turns in colouring the dashes.
      fallen.forEach((index, turn) => {
        const dashes = svgElement("line", {
          class: `collapse ${look(index)}`, x1: at, x2: at, y1: top - 4, y2: floor,
          "stroke-dasharray": `4 ${4 * Math.max(1, 2 * fallen.length - 1)}`, "stroke-dashoffset": -8 * turn,
        });
        dashes.append(svgElement("title", {}, `${fallen.map((index) => arms[index].name).join(", ")}: collapse at ${step}`));
        svg.append(dashes);
      });
      if (figure.dataset.chart !== "0") continue;
      // Names that have no room are counted; what would cover the one before is left to the mouse.
      const length = (names) => 7 * `collapse of ${names}`.length;
      const room = Math.max(at, width - at);
      let names = fallen.map((index) => arms[index].name).join(", ");
      const counts = length(names) > room;
      if (counts) names = fallen.length > 1 ? `${fallen.length} arms` : "1 arm";
      const from = at > width / 2 ? at - length(names) : at;
      if (from < named) continue;
      named = from + length(names) + 6;
      const name = svgElement("text", { x: at, y: top - 9, "text-anchor": from < at ? "end" : "start" }, "collapse of ");
      if (counts) name.append(names);
      else fallen.forEach((index, turn) => {
        name.append(svgElement("tspan", { class: `collapse-name ${look(index)}` }, (turn ? ", " : "") + arms[index].name));
      });
      svg.append(name);
    }
  };

  const read = () => {
    if (!svg) return;
    const step = pointed === null ? steps.at(-1) : pointed;
    cursor.setAttribute("visibility", pointed === null ? "hidden" : "visible");
    if (pointed !== null) for (const end of ["x1", "x2"]) cursor.setAttribute(end, across(pointed));
    readout.replaceChildren(element("b", "", step === undefined ? "nothing shown" : `${xName} ${step}`));
    arms.forEach((arm, index) => {
      const parts = [];
      for (const split of ["valid", "train"]) {
        const curve = curves().find((curve) => curve.arm === index && curve.split === split);
        const at = curve ? LAST_AT_OR_BEFORE(curve.steps, step) : -1;
        if (at < 0) continue;
        let text = inWords(curve.median[at], chart.unit);
        if (curve.lowest && curve.lowest[at] !== curve.highest[at])
          text += ` (${inWords(curve.lowest[at], chart.unit)} to ${inWords(curve.highest[at], chart.unit)})`;
        if (curve.steps[at] !== step) text += ` at ${curve.steps[at]}`;
        parts.push(split === "train" ? `train ${text}` : text);
      }
      if (!parts.length) return;
      const item = element("span", `arm ${look(index)}`, `${arm.name} `);
      item.append(element("b", "", parts[0]));
      if (parts[1]) item.append(element("small", "", ` ${parts[1]}`));
      readout.append(item);
      // The mouse reads notices from their marks, the keyboard here.
      if (pointed === null || document.activeElement !== plot) return;
      for (const [at, text] of arm.notices) if (at === step) readout.append(element("span", "said", text));
    });
  };

  movable(plot, () => steps, (x) => back(x));
  readers.add(read);
  return draw;
};
