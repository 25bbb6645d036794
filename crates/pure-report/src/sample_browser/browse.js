// The samples: filters, and a page of what they let through. Only what is in sight becomes elements.

const WRONG = {
  wrong: "another answer",
  cut_off: "cut off",
  no_answer: "no answer",
  unparsable: "unparsable",
  undecided: "undecided",
  not_verified: "not verified",
};
const PER_PAGE = 20;

const { groups, reasons, samples } = data;
const problemOf = (sample) => groups[sample.at[0]].problems[sample.at[1]];
for (const sample of samples) sample.lowest = sample.rewards && sample.rewards.length ? Math.min(...sample.rewards) : null;
const areJudged = samples.some((sample) => sample.lowest !== null);
const areSeveral = samples.some((sample) => sample.at[2] > 0);

const filters = document.getElementById("filters");
const field = (label, control, into = filters) => {
  const made = element("label", "", label);
  made.append(control);
  into.append(made);
  return control;
};

// A choice among some; the first lets all through. There is none where there is nothing to choose from.
const choice = (label, all, options, of) => {
  const counts = new Map();
  for (const sample of samples) counts.set(of(sample), (counts.get(of(sample)) || 0) + 1);
  const there = options.filter(([value]) => counts.has(value));
  if (there.length < 2) return { value: "" };
  const select = document.createElement("select");
  select.append(new Option(all, ""));
  for (const [value, name] of there) select.append(new Option(`${name} (${counts.get(value)})`, value));
  return field(label, select);
};

const numbered = (names) => names.map((name, index) => [String(index), name]);
// In the order in which they come, numbers by their size.
const named = (of) => {
  const names = [...new Set(samples.map(of).filter((name) => name !== null))];
  if (names.every((name) => !Number.isNaN(Number(name)))) names.sort((a, b) => Number(a) - Number(b));
  return names.map((name) => [name, name]);
};
const levelOf = (sample) => problemOf(sample).level;
const subjectOf = (sample) => problemOf(sample).subject;

const verdict = document.createElement("select");
verdict.append(new Option("wrong", "wrong"));
for (const [kind, name] of Object.entries(WRONG)) {
  const count = samples.filter((sample) => sample.wrong === kind).length;
  if (count) verdict.append(new Option(`wrong: ${name} (${count})`, kind === "wrong" ? "another" : kind));
}
verdict.append(new Option("right", "right"), new Option("all", ""));
field("Verdict", verdict);
const isOf = {
  wrong: (sample) => sample.wrong !== undefined,
  another: (sample) => sample.wrong === "wrong",
  right: (sample) => sample.wrong === undefined,
};
const cut = choice("Length", "any", [["true", "cut off"], ["false", "ended"]], (sample) => String(Boolean(sample.cut)));
const reason = choice("Reason", "any", numbered(reasons), (sample) => String(sample.reason));
const group = choice(data.groupName, "all", numbered(groups.map((of) => of.name)), (sample) => String(sample.at[0]));
const level = choice("Level", "all", named(levelOf), levelOf);
const subject = choice("Subject", "all", named(subjectOf), subjectOf);

const range = element("div", "range");
filters.append(range);
const bound = (label, value) => {
  const input = document.createElement("input");
  Object.assign(input, { type: "number", min: -1, max: 1, step: 0.1, value });
  return areJudged ? field(label, input, range) : input;
};
const atLeast = bound("Lowest step reward from", -1);
const atMost = bound("to", 1);

const order = document.createElement("select");
order.append(new Option("of the file", ""));
if (areJudged) order.append(new Option("lowest step reward, low first", "low"), new Option("lowest step reward, high first", "high"));
order.append(new Option("longest first", "long"), new Option("shortest first", "short"));
field("Order", order);
const orders = {
  low: (a, b) => (a.lowest ?? 2) - (b.lowest ?? 2),
  high: (a, b) => (b.lowest ?? -2) - (a.lowest ?? -2),
  long: (a, b) => b.tokens - a.tokens,
  short: (a, b) => a.tokens - b.tokens,
};

const search = document.createElement("input");
Object.assign(search, { type: "search", placeholder: "in problems and answers" });
field("Text", search);

// What is searched in, made when it is needed first.
const texts = new Map();
const textOf = (sample) => {
  if (!texts.has(sample)) {
    const { id, prompt, answer } = problemOf(sample);
    texts.set(sample, [id, prompt, answer || "", sample.extracted || "", ...sample.steps].join("\n").toLowerCase());
  }
  return texts.get(sample);
};

let found = [], page = 0;
const filter = () => {
  const is = isOf[verdict.value] || ((sample) => !verdict.value || sample.wrong === verdict.value);
  const [from, to] = [atLeast, atMost].map((input) => (input.value === "" ? null : Number(input.value)));
  const inRange = ({ lowest }) => (from === null || from <= -1 || lowest >= from) && (to === null || to >= 1 || (lowest !== null && lowest <= to));
  const words = search.value.trim().toLowerCase();
  found = samples.filter(
    (sample) =>
      is(sample) &&
      (!cut.value || String(Boolean(sample.cut)) === cut.value) &&
      (!reason.value || String(sample.reason) === reason.value) &&
      (!group.value || String(sample.at[0]) === group.value) &&
      (!level.value || levelOf(sample) === level.value) &&
      (!subject.value || subjectOf(sample) === subject.value) &&
      inRange(sample) &&
      (!words || textOf(sample).includes(words)),
  );
  if (order.value) found = found.sort(orders[order.value]);
  page = 0;
  list();
};

const shade = (reward) => `rgb(var(--${reward > 0 ? "good" : "bad"}) / ${(0.7 * Math.min(1, Math.abs(reward))).toFixed(2)})`;
const signed = (reward) => (reward < 0 ? "−" : "+") + Math.abs(reward).toFixed(2);

const stepsOf = (sample) => {
  const list = element("ol", "said");
  const { steps, rewards } = sample;
  const apart = rewards && rewards.length === steps.length;
  steps.forEach((text, index) => {
    const item = element("li");
    if (apart) {
      const reward = element("b", "reward", signed(rewards[index]));
      reward.style.background = shade(rewards[index]);
      item.append(reward);
      if (rewards.length > 1 && rewards[index] === sample.lowest) item.classList.add("lowest");
    }
    item.append(element("pre", "", text));
    list.append(item);
  });
  if (apart || !rewards) return [list];
  // Rewards of steps that are not told apart in the text.
  const strip = element("p", "note", rewards.length ? "Rewards of its steps: " : "The reward model could not read it.");
  for (const reward of rewards) {
    const cell = element("b", "reward", signed(reward));
    cell.style.background = shade(reward);
    strip.append(cell, " ");
  }
  return [strip, list];
};

const fact = (facts, name, text, className) => facts.append(element("dt", "", name), element("dd", className, text));

const card = (sample) => {
  const problem = problemOf(sample);
  const made = element("article", sample.wrong === undefined ? "right" : "wrong");
  const title = element("h3", "", problem.id);
  const about = [
    groups.length > 1 ? groups[sample.at[0]].name : null,
    problem.level === null ? null : `level ${problem.level}`,
    problem.subject,
    areSeveral ? `sample ${sample.at[2] + 1}` : null,
    `${sample.tokens} tokens`,
    sample.cut ? "cut off at the generation limit" : null,
  ];
  const facts = document.createElement("dl");
  fact(facts, "Verdict", sample.wrong === undefined ? "right" : `wrong: ${WRONG[sample.wrong]}`, "verdict");
  if (sample.reason !== undefined) fact(facts, "Reason", reasons[sample.reason]);
  if (problem.answer !== null) fact(facts, "Reference", problem.answer, "code");
  if (sample.extracted !== undefined) fact(facts, "Extracted", sample.extracted === null ? "–" : sample.extracted, "code");
  made.append(title, element("p", "note", about.filter((part) => part).join(", ")), element("pre", "prompt", problem.prompt), facts, ...stepsOf(sample));
  return made;
};

const pages = document.getElementById("pages");
const turn = (label, to) => {
  const button = element("button", "", label);
  button.type = "button";
  button.disabled = to < 0 || to * PER_PAGE >= found.length || to === page;
  button.addEventListener("click", () => {
    page = to;
    list();
    document.getElementById("samples").scrollIntoView();
  });
  return button;
};

const list = () => {
  const first = page * PER_PAGE, shown = found.slice(first, first + PER_PAGE);
  const last = Math.max(0, Math.ceil(found.length / PER_PAGE) - 1);
  const place = found.length ? `${first + 1} to ${first + shown.length} of ${found.length} samples` : "No sample is so";
  const leftOut = data.leftOut ? `; ${data.leftOut} of them are not in this page` : "";
  document.getElementById("count").textContent = `${place}, of ${samples.length + data.leftOut} in all${leftOut}.`;
  document.getElementById("listed").replaceChildren(...shown.map(card));
  pages.replaceChildren(turn("First", 0), turn("Previous", page - 1), element("span", "", `page ${page + 1} of ${last + 1}`), turn("Next", page + 1), turn("Last", last));
};

// A key pressed soon after another waits for it.
let soon;
filters.addEventListener("input", (event) => {
  clearTimeout(soon);
  soon = setTimeout(filter, event.target === search ? 150 : 0);
});
filters.addEventListener("submit", (event) => event.preventDefault());
filter();
