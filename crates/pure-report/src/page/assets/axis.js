// What curves are drawn over: steps, the tokens that were read or sampled by then, or the time that it took.

// Units from small to large; that is taken in which the longest run is 2 or more.
const UNITS = {
  tokens: [[1, "tokens"], [1e3, "thousand tokens"], [1e6, "million tokens"], [1e9, "billion tokens"]],
  seconds: [[1, "seconds"], [60, "minutes"], [3600, "hours"]],
};
// An axis is there if every arm tells it.
const AXES = ["step", ...Object.keys(UNITS)].filter((name) => name === "step" || arms.every(({ reached = {} }) => (reached[name] || []).length));

const unitOf = (name) => {
  const longest = Math.max(...arms.map((arm) => arm.reached[name].at(-1)));
  return UNITS[name].filter(([size]) => longest >= 2 * size).at(-1) || UNITS[name][0];
};

let over, unitSize, unitTitle;
const drawOver = (name) => {
  over = name;
  [unitSize, unitTitle] = name === "step" ? [1, xName] : unitOf(name);
};
drawOver("step");

// The last of some rising numbers that is no larger than one; -1 if there is none.
const lastAtOrBefore = (numbers, number) => {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numbers[middle] <= number) from = middle + 1;
    else to = middle;
  }
  return from - 1;
};

// Where a step of an arm lies on the axis.
const reached = (arm, step) => {
  if (over === "step") return step;
  const { steps } = arms[arm].reached;
  const at = lastAtOrBefore(steps, step);
  return at < 0 ? 0 : arms[arm].reached[over][at] / unitSize;
};

const placeInWords = (place) => (over === "step" ? `${xName} ${place}` : `${plain(place)} ${unitTitle}`);

// How smooth the lines of training are: an exponential moving average without the bias of its beginning,
// s_t = b s_{t-1} + (1 - b) x_t, of which s_t / (1 - b^t) is drawn.
let smoothing = 0;
const smoothed = (values) => {
  let sum = 0, weight = 0;
  return values.map((value) => {
    sum = smoothing * sum + (1 - smoothing) * value;
    weight = smoothing * weight + (1 - smoothing);
    return sum / weight;
  });
};
