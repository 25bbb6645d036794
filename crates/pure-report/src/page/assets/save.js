// A picture as a file: the styles go with it, its title stands above and the arms that it shows below.

const picture = (svg, title, named) => {
  const [width, height] = ["width", "height"].map((side) => Number(svg.getAttribute(side)));
  const above = 28, row = 20;
  const legend = [];
  let x = 12, y = height + row / 2;
  for (const index of named) {
    const name = withSeeds(arms[index]);
    const long = 30 + 7 * name.length;
    if (x > 12 && x + long > width) [x, y] = [12, y + row];
    legend.push(mark(index, x, y, 4.5), svgElement("text", { x: x + 11, y: y + 4 }, name));
    x += long;
  }
  const tall = above + (legend.length ? y + row : height);
  const box = { x: 0, y: -above, width, height: tall };
  const file = svgElement("svg", { width, height: tall, viewBox: `0 ${-above} ${width} ${tall}` });
  file.append(
    svgElement("style", {}, document.querySelector("style").textContent),
    svgElement("rect", { ...box, style: "fill: var(--ground)" }),
    svgElement("text", { x: 12, y: 18 - above, style: "font-weight: 600; fill: var(--text)" }, title),
    ...svg.cloneNode(true).childNodes,
    ...legend,
  );
  // What is for a pointer means nothing in a file.
  for (const part of file.querySelectorAll(".cursor, title")) part.remove();
  return new XMLSerializer().serializeToString(file);
};

// A link that saves what is drawn in `plot` when it is followed.
const saver = (plot, title, named) => {
  const link = element("a", "save", "save");
  link.href = "#";
  link.download = `${title.toLowerCase().replace(/[^a-z0-9]+/g, "-")}.svg`;
  link.setAttribute("aria-label", `Save the picture: ${title}`);
  link.addEventListener("click", () => {
    const text = picture(plot.querySelector("svg"), title, named());
    link.href = `data:image/svg+xml,${encodeURIComponent(text)}`;
  });
  return link;
};
