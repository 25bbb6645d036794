// Process reward against accuracy: a point an evaluation, a panel an arm.

const pointsPanel = (figure, arm) => {
  const runs = data.points[arm].filter((run) => run.length);
  if (!runs.length) {
    figure.append(element("p", "note", "Process reward and accuracy were not both measured."));
    return () => {};
  }
  const { plot, readout } = stage(figure, `Process reward against accuracy of ${arms[arm].name}`);
  const height = 230, right = 14, top = 24, bottom = 36;
  const steps = () => [...new Set(runs.flat().map(([step]) => step))].sort((a, b) => a - b);
  const along = () => steps().map((step) => reached(arm, step));
  let places = [], svg;

  const draw = () => {
    const width = plot.clientWidth;
    if (!width) return;
    // Arms of one form of credit share a scale, whether they are shown or not.
    const alike = data.points.filter((_, other) => arms[other].credit === arms[arm].credit).flat(2);
    const rewards = alike.map(([, reward]) => reward);
    const domain = widened(Math.min(...rewards), Math.max(...rewards), 3);
    const left = 46;
    const x = scale(domain, [left, width - right]);
    const y = scale([0, 1], [height - bottom, top]);
    svg = svgElement("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": true });
    const xTicks = ticks(...domain, 3);
    const xName = `process reward under ${arms[arm].credit}`;
    frame(svg, { width, height, left, right, top, bottom, x, y, xTicks, yTicks: [0, 0.25, 0.5, 0.75, 1], unit: "%", xName });
    svg.append(svgElement("text", { x: left, y: top - 8 }, "accuracy"));
    places = [];
    for (const run of runs) {
      const line = run.map(([, reward, accuracy]) => `${x(reward).toFixed(1)},${y(accuracy).toFixed(1)}`);
      svg.append(svgElement("polyline", { class: `train ${look(arm)}`, points: line.join(" ") }));
      run.forEach(([step, reward, accuracy], index) => {
        const last = index === run.length - 1;
        const made = mark(arm, x(reward), y(accuracy), last ? 5.5 : 3.5, index === 0 && !last ? "hollow" : "");
        svg.append(made);
        places.push({ step, reward, accuracy, made, x: x(reward), y: y(accuracy) });
      });
    }
    plot.replaceChildren(svg);
    read();
  };

  const read = () => {
    if (!svg) return;
    const all = steps();
    const step = pointed === null ? all.at(-1) : all[Math.max(0, lastAtOrBefore(along(), pointed))];
    for (const place of places) place.made.classList.toggle("here", pointed !== null && place.step === step);
    const here = places.filter((place) => place.step === step);
    const said = here.map(({ reward, accuracy }) => `process ${plain(reward)}, accuracy ${inWords(accuracy, "%")}`);
    readout.replaceChildren(element("b", "", `step ${step}`), ...said.map((text) => element("span", "", text)));
  };

  // The nearest point, not the nearest step: points lie anywhere.
  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect();
    const far = (place) => Math.hypot(place.x - (event.clientX - box.left), place.y - (event.clientY - box.top));
    const nearest = places.reduce((best, place) => (far(place) < far(best) ? place : best));
    event.stopImmediatePropagation();
    point(reached(arm, nearest.step));
  });
  movable(plot, along, () => 0);
  readers.add(read);
  return draw;
};
