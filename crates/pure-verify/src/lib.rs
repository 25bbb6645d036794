//! Is this mathematical answer right?
//!
//! [`verify`] extracts the answer from a response, parses it and the true answer as mathematics, and
//! decides by exact arithmetic whether they are equal. It is made for rewards, where the responses are
//! written by a policy that profits from every mistake: no text makes it panic, overflow the stack, run
//! long or take much memory; nothing in a text is executed; and what cannot be decided counts as wrong.
//!
//! ```
//! use pure_verify::{Mode, Reason, Rule, verify};
//!
//! let verdict = verify("Hence $x = \\boxed{\\frac{6}{4}}$.", "1.5", Mode::Sound);
//! assert!(verdict.correct);
//! assert_eq!(verdict.extracted.as_deref(), Some("\\frac{6}{4}"));
//! assert_eq!(verdict.rule, Some(Rule::Box));
//!
//! let verdict = verify("The answer is (1, 2].", "(1, 2)", Mode::Sound);
//! assert!(!verdict.correct);
//! assert_eq!(verdict.reason, Reason::DifferentEnds);
//! ```
//!
//! # How an answer is judged
//!
//! ```text
//! response -> extracted text -> tokens -> tree -> normal form -> equal, different or undecided
//! ```
//!
//! | folder | what it does |
//! | --- | --- |
//! | `extract` | finds the answer: the last box, `####`, "the answer is", the whole text, the last number |
//! | `parse` | strips what stands around an answer and parses it: choices, words, dates, mathematics |
//! | `expr` | the tree that parsing yields |
//! | `algebra` | normal forms of values, and proofs that two of them are equal or differ |
//! | `compare` | compares trees part by part: lists, intervals, matrices, equations, quantities with units |
//!
//! `budget` holds the limits of all of these: lengths, nesting, sizes, and the work that a verdict may
//! cost. `math_grader` is [`Mode::Math`], which compares cleaned-up text.
//!
//! # What counts as equal
//!
//! Numbers are equal if their values are, functions if they are equal everywhere: `\sqrt{3+2\sqrt{2}}` is
//! `1+\sqrt{2}`, and `3.14` is not pi. That algebraic numbers are equal is proven with a separation bound;
//! that numbers differ is proven by bounds that do not overlap. Functions that the normal form cannot
//! decide are compared at sample points, with proof at each of them. [`Decimals::Rounded`] lets a written
//! decimal equal every number that rounds to it.
//!
//! Where notation is ambiguous, these conventions hold:
//!
//! - A unit, a percent sign or a degree sign may be missing on one side; two units must agree. The word
//!   `units` names no unit and is ignored.
//! - `25\%` is `25` and also `0.25`. `5` is never `500`.
//! - `x = 5` is `5`; `x = 5` is not `y = 5`. A list has no order, a tuple has one.
//! - Leading zeros are ignored: AIME writes its answers as `033`.
//! - Two signs in front of a number, `--5`, are not read as mathematics. `-(-5)` is 5.
//! - In `(-1)^n`, `n` is a whole number.
//! - `5/16/2021` is a date, not two divisions.
//! - `1,234` is one number outside of brackets and two numbers inside.
//! - `(1, 2)` may be a point or an interval, so its brackets must agree with those of the other side.
//! - Digits in a base are equal only to the same digits in the same base.
//! - `e` and `i` are the constants; `\log` without a base is decimal; a mixed number is a sum.
//!
//! # What is promised
//!
//! For every pair of texts of any length, in both modes:
//!
//! - It is judged without a panic and within 256 KiB of stack (1 MiB where it is compiled
//!   without optimisation).
//! - It costs at most [`Verdict::MAX_WORK`], which takes a few milliseconds; a verdict that would cost more
//!   is [`Reason::OverBudget`]. Work is counted, not timed, so the same texts always get the same verdict.
//! - It holds a few MiB of memory at most, beside the texts themselves.
//! - An answer that is not empty equals itself, and equality does not depend on which of two answers is
//!   the prediction.
//!
//! Tests check these on long and deep texts and on random pairs; `tests/it/fuzz` tells how to try a
//! million of them.
//!
//! # Beside math-verify
//!
//! `tests/data/rewritten.py` writes values of 47 kinds in the ways in which models do: fractions, decimals, percentages,
//! units, LaTeX forms, intervals, sets, tuples, surds, scientific notation, currency, words; and values that are mistaken
//! for them. Which pairs are equal follows from how they are made. Of the recorded ones, with seed 20260:
//!
//! | | pairs | accepted here | by math-verify 0.9.0 |
//! | --- | --- | --- | --- |
//! | equal | 822 | 822 | 617 |
//! | not equal | 1,058 | 0 | 30 |
//!
//! When they were first tried it was 792 of the 822, and none of the others: memberships (`x \in \{1, 2\}`), `\colon`,
//! `\frac{7!}{3!\,4!}`, inches and `(1421)_7` are read since. Of math-verify's 30, 24 are the same number in another unit,
//! which it leaves out of account. A second of one core of an x86-64 server judges 30,000 of the pairs in `pure verify`,
//! files and all, and 57 in math-verify. `cargo bench --profile dev -p pure-verify -- rewritten_pairs` measures the verdicts
//! alone.
//!
//! # Dependencies
//!
//! - **num-bigint**, **num-integer**, **num-rational**, **num-traits** for exact numbers: pure Rust,
//!   maintained by one team for a decade, MIT or Apache-2.0. Faster ones bind to GMP or are under the LGPL.
//! - **serde**, so that a [`Verdict`] can be serialised.
//!
//! There are no errors to handle: a text that cannot be parsed is compared as text, and the
//! [`Reason`] of the verdict says so.

mod algebra;
mod budget;
mod compare;
mod expr;
mod extract;
mod math_grader;
mod parse;
mod verdict;
mod verifier;

pub use extract::Rule;
pub use verdict::{Decimals, Mode, Reason, Verdict};
pub use verifier::{Verifier, verify};
