//! Is this mathematical answer right?
//!
//! [`verify`] finds the answer in a response, reads it and the true answer as mathematics, and decides
//! by exact arithmetic whether they are the same. Every call ends within milliseconds, whatever the
//! texts are; nothing of them is executed; what cannot be decided counts as wrong.
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
//! # The way of an answer
//!
//! ```text
//! response -> extracted text -> tokens -> tree -> normal form -> equal, different or unknown
//! ```
//!
//! | step | in | what it does |
//! | --- | --- | --- |
//! | extraction | `extract`, `boxes` | last box, `####`, "the answer is", the whole text, the last number |
//! | wrappings | `answer`, `wrappings`, `clean` | marks, spacing and words around an answer, typography |
//! | words | `words`, `choice`, `calendar` | words, the letter of a choice, times and dates |
//! | tokens | `lexer`, `commands`, `arguments`, `digits`, `names`, `units`, `measures` | LaTeX and plain notation, cut up |
//! | tree | `parser`, `terms`, `mixed`, `factor`, `calls`, `groups`, `brackets` | what an answer says |
//! | normal form | `normal`, `form`, `reduce`, `poly`, `power`, `primes`, `transcendental`, `trigonometry` | quotients of polynomials over roots, pi, sines, variables |
//! | decision | `decide`, `separation`, `points`, `evaluate`, `interval`, `elementary` | exact zero tests, bounds at rising precision, random points |
//! | comparison | `compare`, `relations`, `quantities`, `rounding`, `values` | lists, intervals, matrices, equations, units, part by part |
//! | limits | `budget` | lengths, nesting, sizes and a budget of work, charged before it is done |
//!
//! # What counts as equal
//!
//! Numbers by value, functions by value everywhere: `\sqrt{3+2\sqrt{2}}` is `1+\sqrt{2}`, and `3.14` is
//! not pi. Equality of algebraic numbers is proven by a separation bound, difference of any numbers by
//! bounds that do not overlap. Functions that the normal form cannot decide are compared at points, at
//! each of them by proof. [`Decimals::Rounded`] lets a written decimal equal what rounds to it.
//!
//! Notation is read as people mean it, which asks for conventions:
//!
//! - A unit, a percent sign or a degree sign may be missing on one side; two units must agree. The
//!   word `units` says that there is a unit and not which, so it is as good as missing.
//! - `25\%` is `25` and also `0.25`. `5` is never `500`.
//! - `x = 5` is `5`; `x = 5` is not `y = 5`. A list has no order, a tuple has.
//! - Leading zeros say nothing: AIME writes its answers as `033`.
//! - Two signs in front of a number, `--5`, are notation that nobody uses, so they say nothing either
//!   and are equal to nothing. `-(-5)` is 5.
//! - `(-1)^n` has a whole `n`.
//! - `5/16/2021` is a date, not two divisions.
//! - `1,234` is a number outside of brackets and two numbers inside.
//! - `(1, 2)` may be a point or an interval, so its brackets must agree with the other's.
//! - Digits in a base are equal only to the same digits in the same base.
//! - `e` and `i` are the constants; `\log` without a base is decimal; a mixed number is a sum.
//!
//! # What it stands on
//!
//! - **num-bigint**, **num-integer**, **num-rational**, **num-traits** for exact numbers: pure Rust, of
//!   one hand for a decade, MIT or Apache-2.0. Faster ones are bindings to GMP or under the LGPL.
//! - **serde**, so that a [`Verdict`] can be written down.
//!
//! There are no errors to handle: a text that is not understood is compared as text, and the
//! [`Reason`] of the verdict says so.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod answer;
mod arguments;
mod boxes;
mod brackets;
mod budget;
mod calendar;
mod calls;
mod choice;
mod clean;
mod commands;
mod compare;
mod decide;
mod digits;
mod elementary;
mod evaluate;
mod expr;
mod extract;
mod factor;
mod form;
mod groups;
mod interval;
mod lexer;
mod math_grader;
mod measures;
mod mixed;
mod names;
mod normal;
mod parser;
mod points;
mod poly;
mod power;
mod primes;
mod quantities;
mod rational;
mod reduce;
mod relations;
mod rounding;
mod separation;
mod show;
mod terms;
mod token;
mod transcendental;
mod trigonometry;
mod units;
mod values;
mod verdict;
mod verifier;
mod words;
mod wrappings;

pub use extract::Rule;
pub use verdict::{Decimals, Mode, Reason, Verdict};
pub use verifier::{Verifier, verify};
