// The legend, how curves are drawn, and when: what is folded waits until it is opened.

const drawers = new Map();
const add = (selector, make) => {
  for (const figure of document.querySelectorAll(selector)) drawers.set(figure, make(figure));
};
add("[data-chart]", (figure) => curveChart(figure, data.charts[Number(figure.dataset.chart)]));
add("[data-points]", (figure) => pointsPanel(figure, Number(figure.dataset.points)));
add("[data-lengths]", (figure) => lengthsPanel(figure, Number(figure.dataset.lengths)));

const legend = document.getElementById("legend");
arms.forEach((arm, index) => {
  const button = element("button", look(index));
  button.type = "button";
  button.setAttribute("aria-pressed", String(shown(index)));
  const sign = svgElement("svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": true });
  sign.append(mark(index, 0, 0, 4.5));
  button.append(sign, withSeeds(arm));
  button.addEventListener("click", () => {
    if (!hidden.delete(index)) hidden.add(index);
    button.setAttribute("aria-pressed", String(shown(index)));
    for (const part of document.querySelectorAll(`[data-arm="${index}"]`)) part.classList.toggle("off", !shown(index));
    for (const draw of drawers.values()) draw();
  });
  legend.append(button);
});

// Only runs are drawn over more than one axis.
const controls = document.getElementById("controls");
if (controls) {
  for (const choice of controls.elements.over) choice.disabled = !AXES.includes(choice.value);
  if (AXES.length < 2) controls.querySelector("fieldset").hidden = true;
  const drawAnew = () => {
    const chosen = controls.elements.over.value;
    drawOver(AXES.includes(chosen) ? chosen : "step");
    smoothing = Number(controls.elements.smoothing.value);
    controls.querySelector("output").textContent = smoothing;
    point(null);
    for (const draw of drawers.values()) draw();
  };
  controls.addEventListener("input", drawAnew);
  // A page that is loaded again may remember what was chosen.
  drawAnew();
}

// Also fires once for each figure that is in sight, and for those in a part that is opened.
const widths = new Map();
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const width = target.clientWidth;
    if (!width || widths.get(target) === width) continue;
    widths.set(target, width);
    drawers.get(target)();
  }
});
for (const figure of drawers.keys()) observer.observe(figure);
