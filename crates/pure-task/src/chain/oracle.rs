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

use super::problem::{Operand, Problem, Solved};
use super::step_text::{StepText, split_steps, unclosed};

/// What a step is, by its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgedStep {
    /// Its bytes in the response, with the separator that ends it.
    pub range: Range<usize>,
    /// What it is.
    pub kind: StepKind,
    /// Whether it is good.
    pub good: bool,
}

/// What the oracle says of a response.
#[derive(Debug, Clone, PartialEq, Eq)]
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
        let text = |step: &JudgedStep| response[step.range.clone()].trim_end_matches('\n');
        let steps = self.steps.iter().map(|step| (text(step), step.good));
        let steps = steps.take_while(|(text, _)| !text.trim().is_empty());
        steps.unzip()
    }
}

/// Judges a response; `finished` tells whether the end token ended it.
pub fn judge(problem: &Problem, response: &str, finished: bool) -> Judgement {
    let mut work = Work {
        problem,
        results: Vec::new(),
        stray: None,
    };
    let mut answer = None;
    let mut steps = Vec::new();
    for range in split_steps(response, finished) {
        // Only the last step may have no separator, and what ends it then is the end token.
        let (body, closed) = unclosed(&response[range.clone()]);
        let (kind, good) = match StepText::read(body, problem.modulus()) {
            _ if !closed && !finished => (StepKind::Tail, false),
            _ if body.is_empty() => (StepKind::Empty, false),
            None => (StepKind::Junk, false),
            Some(StepText::Solve(solved)) => (StepKind::Solve, work.solve(solved) && closed),
            Some(StepText::Filler(value)) => (StepKind::Filler, closed && work.is_current(value)),
            Some(StepText::Final(value)) => {
                answer = (!closed).then_some(value);
                let good = !closed && work.is_done() && work.is_current(value);
                (StepKind::Final, good)
            }
        };
        steps.push(JudgedStep { range, kind, good });
    }
    Judgement {
        steps,
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

impl Work<'_> {
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
    fn solve(&mut self, step: Solved) -> bool {
        let (modulus, operations) = (self.problem.modulus(), self.problem.operations());
        let is_result = step.result == step.operator.apply(step.left, step.right, modulus);
        let due = self.results.len();
        let work = operations
            .get(due)
            .map(|operation| operation.work(&self.results, modulus));
        let is_due = |work: &Solved| work.operator == step.operator && work.right == step.right;
        if let Some(work) = work.filter(is_due) {
            let is_left = step.left == work.left || Some(step.left) == self.stray;
            self.take(step.result);
            return is_result && is_left;
        }
        // Behind brackets what a later operation works on is not known yet.
        let later = operations.iter().enumerate().skip(due + 1);
        let mut later = later.filter(|(place, later)| later.left == Operand::Result(place - 1));
        let found = later.find(|(_, later)| {
            later.operator == step.operator && later.right == Operand::Given(step.right)
        });
        let Some((place, _)) = found.filter(|_| self.is_current(step.left)) else {
            self.stray = Some(step.result);
            return false;
        };
        // Good is only what goes on from a step in the place of the operation before, and of that alone.
        let replaces = place == due + 1 && self.stray == Some(step.left);
        self.results.resize(place, step.left);
        self.take(step.result);
        is_result && replaces
    }

    fn take(&mut self, result: u32) {
        self.results.push(result);
        self.stray = None;
    }
}
