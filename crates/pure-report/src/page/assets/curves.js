// Curves over the axis: a faint line for training, a strong one with marks for evaluations, bands for seeds.

// The place on the axis that is pointed at, on all pictures at once; null for the last.
let pointed = null;
const readers = new Set();
const point = (place) => {
  pointed = place;
  for (const read of readers) read();
};

// Mouse, finger and keys move the pointed place over `places`, which rise.
const movable = (plot, places, placeAt) => {
  const nearest = (place) => places().reduce((best, p) => (Math.abs(p - place) < Math.abs(best - place) ? p : best));
  plot.addEventListener("pointermove", (event) => {
    if (places().length) point(nearest(placeAt(event.clientX - plot.getBoundingClientRect().left)));
  });
  plot.addEventListener("pointerleave", () => point(null));
  plot.addEventListener("blur", () => point(null));
  plot.addEventListener("keydown", (event) => {
    const all = places();
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
  plot.setAttribute("aria-label", `${label}; arrow keys move along the axis`);
  const readout = element("output", "readout");
  plot.addEventListener("focus", () => readout.setAttribute("aria-live", "polite"));
  plot.addEventListener("blur", () => readout.removeAttribute("aria-live"));
  figure.querySelector("figcaption").append(saver(plot, label, named));
  figure.append(plot, readout);
  return { plot, readout };
};

const curveChart = (figure, chart) => {
  const named = () => arms.map((_, index) => index).filter((arm) => curves().some((curve) => curve.arm === arm));
  const { plot, readout } = stage(figure, chart.title, named);
  const height = 220, right = 12, top = 24, bottom = 34;
  let across = () => 0, back = () => 0, places = [], svg, cursor;
  const curves = () => chart.curves.filter((curve) => shown(curve.arm));
  const measured = (all, arm) => all.some((curve) => curve.arm === arm && curve.split === "valid");

  const draw = () => {
    const width = plot.clientWidth;
    if (!width) return;
    svg = svgElement("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": true });
    const all = curves();
    for (const curve of all) curve.places = curve.steps.map((step) => reached(curve.arm, step));
    places = [...new Set(all.flatMap((curve) => curve.places))].sort((a, b) => a - b);
    const values = all.flatMap((curve) => [...curve.median, ...(curve.lowest || []), ...(curve.highest || [])]);
    let [low, high] = values.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
    if (low > 0 && (chart.unit !== "" || low < 0.5 * high)) low = 0;
    if (chart.unit === "%" && high > 0.3) high = Math.max(high, 1);
    const domain = widened(low, high, 4);
    const yTicks = ticks(...domain, 4);
    const left = leftFor(yTicks, chart.unit);
    const last = places.at(-1) || 1;
    const ends = [0, over === "step" ? Math.max(1, along(last)) : last];
    const onto = scale(ends, [left, width - right]), from = scale([left, width - right], ends);
    across = (place) => onto(along(place));
    back = (x) => stepAt(from(x));
    const y = scale(domain, [height - bottom, top]);
    const even = () => ticks(...ends, Math.min(8, width / 60)).filter((tick) => over !== "step" || Number.isInteger(tick));
    const xTicks = doublings ? places : even();
    frame(svg, { width, height, left, right, top, bottom, x: across, y, xTicks, yTicks, unit: chart.unit, xName: unitTitle });
    marks(top, height - bottom, width);
    for (const { arm, split, places, median, lowest, highest } of all) {
      const at = (values) => values.map((value, i) => `${across(places[i]).toFixed(1)},${y(value).toFixed(1)}`);
      const line = (values, name) =>
        svg.append(svgElement("polyline", { class: `${name} ${look(arm)}`, points: at(values).join(" ") }));
      const alone = split === "train" && !measured(all, arm);
      const smooth = split === "train" && smoothing > 0 && places.length > 2;
      const drawn = smooth ? smoothed : (values) => values;
      if (lowest && places.length > 1 && (split === "valid" || alone)) {
        const around = [...at(drawn(highest)), ...at(drawn(lowest)).reverse()];
        svg.append(svgElement("polygon", { class: `band ${look(arm)}`, points: around.join(" ") }));
      }
      if (smooth) line(median, "raw");
      line(drawn(median), `${split}${alone ? " alone" : ""}${smooth ? " smooth" : ""}`);
      if (split === "valid" || places.length === 1)
        places.forEach((place, i) => svg.append(mark(arm, across(place), y(median[i]))));
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
      for (const step of new Set(arm.collapse)) {
        const place = reached(index, step);
        falls.set(place, [...(falls.get(place) || []), index]);
      }
      for (const [step, text] of arm.notices) {
        const place = reached(index, step);
        const at = across(place);
        const below = stacked.get(place) || 0;
        stacked.set(place, below + 1);
        const shape = `M${at - 5} ${floor - 9 * below}h10l-5 -9z`;
        const triangle = svgElement("path", { class: `notice ${look(index)}`, d: shape });
        triangle.append(svgElement("title", {}, `${arm.name}, step ${step}: ${text}`));
        svg.append(triangle);
      }
    });
    let named = 0;
    for (const [place, fallen] of [...falls].sort(([a], [b]) => a - b)) {
      const at = across(place);
      // Arms that fall together take turns in colouring the dashes.
      fallen.forEach((index, turn) => {
        const dashes = svgElement("line", {
          class: `collapse ${look(index)}`, x1: at, x2: at, y1: top - 4, y2: floor,
          "stroke-dasharray": `4 ${4 * Math.max(1, 2 * fallen.length - 1)}`, "stroke-dashoffset": -8 * turn,
        });
        dashes.append(svgElement("title", {}, `${fallen.map((index) => arms[index].name).join(", ")}: collapse at ${placeInWords(place)}`));
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
    const place = pointed === null ? places.at(-1) : pointed;
    cursor.setAttribute("visibility", pointed === null ? "hidden" : "visible");
    if (pointed !== null) for (const end of ["x1", "x2"]) cursor.setAttribute(end, across(pointed));
    readout.replaceChildren(element("b", "", place === undefined ? "nothing shown" : placeInWords(place)));
    arms.forEach((arm, index) => {
      const parts = [];
      for (const split of ["valid", "train"]) {
        const curve = curves().find((curve) => curve.arm === index && curve.split === split);
        const at = curve ? lastAtOrBefore(curve.places, place) : -1;
        if (at < 0) continue;
        let text = inWords(curve.median[at], chart.unit);
        if (curve.lowest && curve.lowest[at] !== curve.highest[at])
          text += ` (${inWords(curve.lowest[at], chart.unit)} to ${inWords(curve.highest[at], chart.unit)})`;
        if (split === "train" && smoothing > 0)
          text += `, smoothed ${inWords(smoothed(curve.median.slice(0, at + 1)).at(-1), chart.unit)}`;
        if (curve.places[at] !== place) text += ` at ${over === "step" ? "" : "step "}${curve.steps[at]}`;
        parts.push(split === "train" ? `train ${text}` : text);
      }
      if (!parts.length) return;
      const item = element("span", `arm ${look(index)}`, `${arm.name} `);
      item.append(element("b", "", parts[0]));
      if (parts[1]) item.append(element("small", "", ` ${parts[1]}`));
      readout.append(item);
      // The mouse reads notices from their marks, the keyboard here.
      if (pointed === null || document.activeElement !== plot) return;
      for (const [step, text] of arm.notices)
        if (reached(index, step) === place) readout.append(element("span", "said", text));
    });
  };

  movable(plot, () => places, (x) => back(x));
  readers.add(read);
  return draw;
};
