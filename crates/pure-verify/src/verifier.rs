//! The judge: extraction, reading and comparison in one.

use crate::answer::Answer;
use crate::compare::Comparison;
use crate::expr::Expr;
use crate::extract::{Rule, extract};
use crate::form::Forms;
use crate::math_grader;
use crate::verdict::{Decimals, Mode, Reason, Verdict};

/// Judges predictions. It has no state: one serves every thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verifier {
    /// How strictly.
    pub mode: Mode,
    /// What a written decimal is equal to; mode [`Mode::Math`] takes no notice of it.
    pub decimals: Decimals,
}

/// Judges whether `prediction`, a response with its reasoning, ends in `answer`.
pub fn verify(prediction: &str, answer: &str, mode: Mode) -> Verdict {
    let verifier = Verifier {
        mode,
        ..Verifier::default()
    };
    verifier.verify(prediction, answer)
}

impl Verifier {
    /// Judges whether `prediction`, a response with its reasoning, ends in `answer`.
    pub fn verify(&self, prediction: &str, answer: &str) -> Verdict {
        match self.mode {
            Mode::Math => by_text(prediction, answer),
            Mode::Sound => {
                let truth = Answer::read(answer);
                let Some((rule, extracted)) = extract(prediction) else {
                    return Verdict {
                        correct: false,
                        extracted: None,
                        rule: None,
                        prediction: None,
                        answer: truth.expr.to_string(),
                        reason: Reason::NoAnswer,
                    };
                };
                let read = Answer::read(extracted);
                let reason = self.judge(extracted, &read, answer, &truth);
                Verdict {
                    correct: reason.is_correct(),
                    extracted: Some(extracted.to_owned()),
                    rule: Some(rule),
                    prediction: Some(read.expr.to_string()),
                    answer: truth.expr.to_string(),
                    reason,
                }
            }
        }
    }

    /// Compares two answers as they are, without looking for them in a longer text.
    pub fn compare(&self, left: &str, right: &str) -> Reason {
        match self.mode {
            Mode::Math => by_text(&format!("\\boxed{{{left}}}"), right).reason,
            Mode::Sound => self.judge(left, &Answer::read(left), right, &Answer::read(right)),
        }
    }

    fn judge(&self, left_text: &str, left: &Answer, right_text: &str, right: &Answer) -> Reason {
        if left.is_empty() || right.is_empty() {
            return Reason::EmptyAnswer;
        }
        if left.text == right.text {
            return Reason::SameText;
        }
        let related =
            matches!(left.expr, Expr::Related(..)) || matches!(right.expr, Expr::Related(..));
        if !related && (matches!(left.expr, Expr::Text(_)) || matches!(right.expr, Expr::Text(_))) {
            let same = match (&left.expr, &right.expr) {
                (Expr::Text(left), Expr::Text(right)) => left == right,
                _ => left.words() == right.words(),
            };
            return if same {
                Reason::SameText
            } else {
                Reason::DifferentText
            };
        }
        let reason = self.outcome(&left.expr, &right.expr);
        if reason.is_correct() {
            return reason;
        }
        // `1,234` is one number, unless the other side shows that it is a list.
        for (list, text, other, swapped) in [
            (left, right_text, right, false),
            (right, left_text, left, true),
        ] {
            if matches!(list.expr, Expr::List(_))
                && !matches!(other.expr, Expr::List(_))
                && text.contains(',')
            {
                let other = Answer::read_with(text, false).expr;
                let again = if swapped {
                    self.outcome(&other, &list.expr)
                } else {
                    self.outcome(&list.expr, &other)
                };
                if again.is_correct() {
                    return again;
                }
            }
        }
        reason
    }

    fn outcome(&self, left: &Expr, right: &Expr) -> Reason {
        let mut comparison = Comparison {
            forms: Forms::new(),
            decimals: self.decimals,
        };
        match comparison.compare(left, right) {
            Ok(()) => Reason::SameValue,
            Err(reason) => reason,
        }
    }
}

/// Mode `math`.
fn by_text(prediction: &str, answer: &str) -> Verdict {
    let (extracted, correct) = math_grader::grade(prediction, answer);
    let clean = |text: &str| math_grader::normalise(text).unwrap_or_else(|| text.to_owned());
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
    }
}
