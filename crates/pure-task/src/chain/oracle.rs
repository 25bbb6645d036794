//! Who always knows: which steps of a response are good, each by itself.
//!
//! | kind | looks like | good, if |
//! | --- | --- | --- |
//! | solve | `a op b=c` | it is the operation that is due, on the values that were stated, with the right result |
//! | filler | `now v` | `v` is the current value |
//! | final | `\boxed{v}` | it ends a finished response, no operation is due, and `v` is the current value |
//! | empty | nothing | never |
//! | junk | anything else | never |
//! | tail | anything, cut off | never |
//!
//! *By itself*: a wrong result is one bad step, and what follows is judged by the values that were
//! stated, not by the true ones. So with every other mistake: it is bad once, and what goes on from it in
//! the right way is good.
//!
//! | a solve step that | is bad | and then |
//! | --- | --- | --- |
//! | works what is due, wrongly | if a side or the result is wrong | its result is the current value |
//! | works a later operation | for skipping work | the work goes on behind it |
//! | works none | | its result may be gone on with, in place of what is due, or be left |
//!
//! At the start the current value is the left side of the first operation.
//!
//! Every step but the last must end in a blank line, and a last one that does not is a tail unless the
//! response was finished by the end token.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::problem::{Operand, Operator, Problem};
use super::step_text::{SEPARATOR, StepText, split_steps};

/// What a step is, by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Works an operation.
    Solve,
    /// Restates a value.
    Filler,
    /// Gives the answer.
    Final,
    /// Holds nothing.
    Empty,
    /// Holds what is none of these.
    Junk,
    /// Was cut off.
    Tail,
}

/// One step of a response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JudgedStep {
    /// Its bytes in the response, with the separator that ends it.
    pub range: Range<usize>,
    /// What it is.
    pub kind: StepKind,
    /// Whether it is good.
    pub good: bool,
}

/// What the oracle says of a response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judgement {
    /// Every step.
    pub steps: Vec<JudgedStep>,
    /// Whether the response was finished, with an answer.
    pub finished: bool,
    /// Whether it was, and the answer is right, however it was reached.
    pub correct: bool,
}

impl Judgement {
    /// The steps of the response that was judged and their labels, as step-labelled data hold them:
    /// without what separates them, and up to the first empty one, for such data have none.
    pub fn labelled<'a>(&self, response: &'a str) -> (Vec<&'a str>, Vec<bool>) {
        let steps = self.steps.iter();
        let steps = steps.map(|step| {
            (
                response[step.range.clone()].trim_end_matches('\n'),
                step.good,
            )
        });
        steps
            .take_while(|(text, _)| !text.trim().is_empty())
            .unzip()
    }

    /// The same with every step bad from the first bad one on.
    pub fn bad_after_first_error(mut self) -> Self {
        let good = self.steps.iter().take_while(|step| step.good).count();
        for step in &mut self.steps[good..] {
            step.good = false;
        }
        self
    }
}

/// Judges a response; `finished` tells whether the end token ended it.
pub fn judge(problem: &Problem, response: &str, finished: bool) -> Judgement {
    let ranges = split_steps(response, finished);
    let steps: Vec<&str> = ranges
        .iter()
        .map(|range| &response[range.clone()])
        .collect();
    judge_steps(problem, &steps, finished)
}

/// Judges a response that is already split, by its tokens for example: there is one judged step for
/// each. Every step comes with the separator that ends it.
pub fn judge_steps(problem: &Problem, steps: &[&str], finished: bool) -> Judgement {
    let mut work = Work::new(problem);
    let mut judged = Vec::with_capacity(steps.len());
    let mut start = 0;
    let mut answer = None;
    for (index, step) in steps.iter().enumerate() {
        let last = index + 1 == steps.len();
        let (body, closed) = match step.strip_suffix(SEPARATOR) {
            Some(body) => (body, true),
            None => (*step, false),
        };
        let read = StepText::read(body, problem.modulus());
        let (kind, good) = match read {
            _ if last && !finished && !closed => (StepKind::Tail, false),
            _ if body.is_empty() => (StepKind::Empty, false),
            None => (StepKind::Junk, false),
            Some(StepText::Solve {
                left,
                operator,
                right,
                result,
            }) => {
                let good = work.solve(left, operator, right, result);
                (StepKind::Solve, good && closed)
            }
            Some(StepText::Filler { value }) => {
                (StepKind::Filler, closed && work.is_current(value))
            }
            Some(StepText::Final { value }) => {
                let ends = last && finished && !closed;
                answer = ends.then_some(value);
                let good = ends && work.is_done() && work.is_current(value);
                (StepKind::Final, good)
            }
        };
        let end = start + step.len();
        judged.push(JudgedStep {
            range: start..end,
            kind,
            good,
        });
        start = end;
    }
    Judgement {
        steps: judged,
        finished: answer.is_some(),
        correct: answer == Some(problem.answer()),
    }
}

/// How far a problem is worked, by the stated results.
struct Work<'a> {
    problem: &'a Problem,
    results: Vec<u32>,
    /// What the last solve step stated, if it worked no operation.
    stray: Option<u32>,
}

impl<'a> Work<'a> {
    fn new(problem: &'a Problem) -> Self {
        Self {
            problem,
            results: Vec::new(),
            stray: None,
        }
    }

    fn is_done(&self) -> bool {
        self.results.len() == self.problem.operations().len()
    }

    /// Whether a value is that of the work so far, or the one that was stated last.
    fn is_current(&self, value: u32) -> bool {
        value == self.reached() || Some(value) == self.stray
    }

    /// The value of the work so far.
    fn reached(&self) -> u32 {
        let first = self.problem.operations()[0].left;
        let stated = self.results.last().copied();
        stated.unwrap_or_else(|| first.value(&[]))
    }

    /// Takes a step, and tells whether it is good.
    fn solve(&mut self, left: u32, operator: Operator, right: u32, result: u32) -> bool {
        let is_result = result == operator.apply(left, right, self.problem.modulus());
        let due = self.results.len();
        let operations = self.problem.operations();
        let is_due = operations.get(due).is_some_and(|operation| {
            operator == operation.operator && right == operation.right.value(&self.results)
        });
        if is_due {
            let is_left = left == operations[due].left.value(&self.results);
            let good = is_result && (is_left || Some(left) == self.stray);
            self.take(result);
            return good;
        }
        // Behind brackets what a later operation works on is not known yet.
        let later = operations.iter().enumerate().skip(due + 1);
        let later = later.filter(|(_, operation)| operator == operation.operator);
        let mut later = later.filter(|(_, operation)| operation.right == Operand::Given(right));
        let found = later.find(|(place, operation)| {
            operation.left == Operand::Result(place - 1) && self.is_current(left)
        });
        let Some((place, _)) = found else {
            self.stray = Some(result);
            return false;
        };
        // What was worked in place of the operation before, if it is that alone.
        let replaced = self
            .stray
            .filter(|&stray| place == due + 1 && left == stray);
        self.results.resize(place, left);
        self.take(result);
        is_result && replaced.is_some()
    }

    fn take(&mut self, result: u32) {
        self.results.push(result);
        self.stray = None;
    }
}
