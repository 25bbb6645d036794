// The page of a run that goes on: loaded again and again, with what was opened, chosen and in sight as it was.

const KEY = `live:${location.pathname}`;
const fields = () => [...document.querySelectorAll("#filters select, #filters input, #controls input")];
const folds = () => [...document.querySelectorAll("details")];

addEventListener("DOMContentLoaded", () => {
  const kept = JSON.parse(sessionStorage.getItem(KEY) || "null");
  if (kept) {
    folds().forEach((fold, index) => (fold.open = kept.open[index] ?? fold.open));
    fields().forEach((field, index) => {
      const [value, checked] = kept.fields[index] || [field.value, field.checked];
      if (field.value === value && field.checked === checked) return;
      if (field.type === "radio" || field.type === "checkbox") field.checked = checked;
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    scrollTo(0, kept.scroll);
  }
  setInterval(() => {
    // Not under the hands of somebody who types.
    if (document.hidden || document.activeElement?.type === "search") return;
    const open = folds().map((fold) => fold.open);
    const state = { scroll: scrollY, open, fields: fields().map((field) => [field.value, field.checked]) };
    sessionStorage.setItem(KEY, JSON.stringify(state));
    location.reload();
  }, 1000 * SECONDS);
});
