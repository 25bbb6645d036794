// Histograms of tokens per answer over time: a column an evaluation, a cell a bin, dark where many answers are.

const lengthsPanel = (figure, arm) => {
  const { width: bin, bins } = data.lengths;
  const evaluations = data.lengths.arms[arm];
  if (!evaluations.length) {
    figure.append(element("p", "note", "No answers were kept."));
    return () => {};
  }
  const { plot, readout } = stage(figure, `Length of answers of ${arms[arm].name}`);
  const height = 230, right = 12, top = 24, bottom = 36;
  let svg, cursor, column = 0, left = 0;

  const draw = () => {
    const width = plot.clientWidth;
    if (!width) return;
    svg = svgElement("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": true });
    const yTicks = ticks(0, bins * bin, 4);
    left = leftFor(yTicks, "tokens");
    column = (width - left - right) / evaluations.length;
    const y = scale([0, bins * bin], [height - bottom, top]);
    const middle = (index) => left + (index + 0.5) * column;
    const every = Math.ceil(32 / column);
    frame(svg, { width, height, left, right, top, bottom, x: middle, y, xTicks: [], yTicks, unit: "tokens" });
    evaluations.forEach(({ step, median, shares }, index) => {
      const x = left + index * column;
      if (index % every === 0)
        svg.append(svgElement("text", { x: middle(index), y: height - bottom + 16, "text-anchor": "middle" }, step));
      shares.forEach((share, at) => {
        if (!share) return;
        const cell = svgElement("rect", {
          class: `heat ${look(arm)}`,
          x: x + 0.5, width: Math.max(1, column - 1), y: y((at + 1) * bin) + 0.5, height: y(0) - y(bin) - 1,
          "fill-opacity": Math.max(0.06, Math.sqrt(share / 1000)).toFixed(2),
        });
        cell.append(svgElement("title", {}, `step ${step}: ${share / 10} % have ${at * bin} to ${(at + 1) * bin - 1} tokens`));
        svg.append(cell);
      });
      svg.append(svgElement("line", { class: "middle", x1: x + 1, x2: x + column - 1, y1: y(median), y2: y(median) }));
    });
    cursor = svgElement("rect", { fill: "none", class: "cursor", y: top, height: height - bottom - top, width: column, visibility: "hidden" });
    svg.append(cursor);
    plot.replaceChildren(svg);
    read();
  };

  const along = () => evaluations.map(({ step }) => reached(arm, step));
  const read = () => {
    if (!svg) return;
    const at = pointed === null ? evaluations.length - 1 : Math.max(0, lastAtOrBefore(along(), pointed));
    cursor.setAttribute("visibility", pointed === null ? "hidden" : "visible");
    cursor.setAttribute("x", left + at * column);
    const { step, median, longest, answers } = evaluations[at];
    const said = `median ${median}, longest ${longest}, of ${answers} answers`;
    readout.replaceChildren(element("b", "", `step ${step}`), element("span", "", said));
  };

  movable(plot, along, (x) => along()[Math.max(0, Math.min(evaluations.length - 1, Math.floor((x - left) / column)))]);
  readers.add(read);
  return draw;
};
