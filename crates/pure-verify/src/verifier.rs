//! The verifier: extraction, parsing and comparison in one.

use serde::{Deserialize, Serialize};

use crate::budget::Budget;
use crate::compare::comparison::Comparison;
use crate::expr::Expr;
use crate::extract::{Rule, extract};
use crate::math_grader;
use crate::parse::answer::{Answer, shown};
use crate::verdict::{Decimals, Mode, Reason, Verdict};

/// Judges predictions. It has no state, so one serves every thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Verifier {
    /// How strictly.
    pub mode: Mode,
    /// Which numbers a written decimal is equal to; [`Mode::Math`] ignores it.
    pub decimals: Decimals,
}

/// Judges whether `prediction`, a response with its reasoning, ends in `answer`.
pub fn verify(prediction: &str, answer: &str, mode: Mode) -> Verdict {
    let decimals = Decimals::default();
    Verifier { mode, decimals }.verify(prediction, answer)
}

impl Verifier {
    /// Judges whether `prediction`, a response with its reasoning, ends in `answer`.
    pub fn verify(&self, prediction: &str, answer: &str) -> Verdict {
        if self.mode == Mode::Math {
            return by_text(prediction, answer);
        }
        let budget = Budget::new();
        let truth = Answer::read(answer, &budget);
        let found = extract(prediction);
        let read = found.map(|(_, extracted)| Answer::read(extracted, &budget));
        let reason = match &read {
            Some(read) => self.judge(read, &truth, &budget),
            None => Reason::NoAnswer,
        };
        Verdict {
            correct: reason.is_correct(),
            extracted: found.map(|(_, extracted)| extracted.to_owned()),
            rule: found.map(|(rule, _)| rule),
            prediction: read.map(|read| read.expr.to_string()),
            answer: truth.expr.to_string(),
            reason,
            work: budget.work(),
        }
    }

    /// Compares two answers, without extracting them from a response.
    pub fn compare(&self, left: &str, right: &str) -> Reason {
        if self.mode == Mode::Math {
            return by_text(&format!("\\boxed{{{left}}}"), right).reason;
        }
        let budget = Budget::new();
        let left = Answer::read(left, &budget);
        let right = Answer::read(right, &budget);
        self.judge(&left, &right, &budget)
    }

    /// The value that a reference answer states, if it states one that answers can be compared with.
    ///
    /// Of a worked solution, as GSM8K and Minerva have them, that is what stands after `####`, in its box, or is
    /// announced as the answer; of anything else it is the whole text, unless that is more than a line.
    ///
    /// ```
    /// use pure_verify::Verifier;
    ///
    /// let verifier = Verifier::default();
    /// let worked = "Half of 24 is 12, and 6 more are 18.\n#### 18";
    /// assert_eq!(verifier.reference(worked).as_deref(), Some("18"));
    /// assert_eq!(verifier.reference("\\frac{1}{2}").as_deref(), Some("\\frac{1}{2}"));
    /// assert_eq!(verifier.reference("It is left\nto the reader."), None);
    /// ```
    pub fn reference(&self, text: &str) -> Option<String> {
        let stated = match extract(text) {
            Some((Rule::Box | Rule::OpenBox | Rule::Hashes | Rule::Announced, value)) => value,
            _ => text,
        };
        let stated = stated.trim();
        let is_value = !stated.contains('\n') && self.compare(stated, stated).is_correct();
        is_value.then(|| stated.to_owned())
    }

    /// Whether an answer is understood as mathematics. One that is not is compared by its words.
    ///
    /// ```
    /// use pure_verify::Verifier;
    ///
    /// let verifier = Verifier::default();
    /// assert!(verifier.understands("\\frac{1}{2}"));
    /// assert!(!verifier.understands("\\frac{1}{"));
    /// ```
    pub fn understands(&self, answer: &str) -> bool {
        let answer = Answer::read(answer, &Budget::new());
        !matches!(answer.expr, Expr::Text(_))
    }

    /// Compares the answers in all ways to parse them, which share one budget. They are ordered by their
    /// texts first, so that equality does not depend on which of them was predicted.
    fn judge(&self, left: &Answer, right: &Answer, budget: &Budget) -> Reason {
        if right.text < left.text {
            return self.judge(right, left, budget).swapped();
        }
        if left.is_empty() || right.is_empty() {
            return Reason::EmptyAnswer;
        }
        let reason = self.judge_reading(left, right, budget);
        if reason.is_correct() {
            return reason;
        }
        for reading in left.other_readings(right, budget) {
            let again = self.judge_reading(&reading, right, budget);
            if again.is_correct() && !reading.is_empty() {
                return again;
            }
        }
        for reading in right.other_readings(left, budget) {
            let again = self.judge_reading(left, &reading, budget);
            if again.is_correct() && !reading.is_empty() {
                return again;
            }
        }
        if budget.is_exceeded() {
            Reason::OverBudget
        } else {
            reason
        }
    }

    fn judge_reading(&self, left: &Answer, right: &Answer, budget: &Budget) -> Reason {
        if left.text == right.text {
            return Reason::SameText;
        }
        if left.is_too_long || right.is_too_long {
            return Reason::DifferentText;
        }
        let same_words = match (&left.expr, &right.expr) {
            (Expr::Text(left), Expr::Text(right)) => left == right,
            (Expr::Text(_), value) | (value, Expr::Text(_))
                if !matches!(value, Expr::Related(..)) =>
            {
                left.words() == right.words()
            }
            (left, right) => {
                let compared = Comparison::new(self.decimals, budget).compare(left, right);
                return compared.err().unwrap_or(Reason::SameValue);
            }
        };
        if same_words {
            Reason::SameText
        } else {
            Reason::DifferentText
        }
    }
}

/// Mode `math`.
fn by_text(prediction: &str, answer: &str) -> Verdict {
    let (extracted, correct) = math_grader::grade(prediction, answer);
    let clean = |text: &str| math_grader::normalise(text).unwrap_or_else(|| shown(text));
    Verdict {
        correct,
        rule: extracted.as_ref().map(|_| Rule::Box),
        prediction: extracted.as_deref().map(clean),
        answer: clean(answer),
        reason: match (&extracted, correct) {
            (None, _) => Reason::NoAnswer,
            (Some(_), true) => Reason::SameText,
            (Some(_), false) => Reason::DifferentText,
        },
        extracted,
        work: 0,
    }
}
