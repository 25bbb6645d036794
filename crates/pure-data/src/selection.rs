//! Which problems of a file are trained on.
//!
//! A problem that the policy always solves, or never, teaches it nothing: the rewards of its answers are equal. Which those
//! are, answers to all of them tell: [`SolveRates`]. What may be left out beside them are levels, and prompts that are long.

use std::ops::RangeInclusive;

use crate::questions::Question;
use crate::solve_rates::SolveRates;

/// What a problem must be to be selected.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// Of one of these levels; with none named, of any, or of none. `5` is also `Level 5`, as MATH has it.
    pub levels: Vec<String>,
    /// No longer than this, in whatever unit lengths are told.
    pub max_prompt_length: Option<usize>,
    /// Solved as often as this.
    pub solve_rate: Option<(SolveRates, RangeInclusive<f64>)>,
}

/// Why a problem is not selected: the first of these that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// It is of another level, or of none.
    Level,
    /// Its prompt is too long.
    TooLong,
    /// Nobody knows how often it is solved.
    NotTried,
    /// It is solved too seldom.
    TooHard,
    /// It is solved too often.
    TooEasy,
}

impl Selection {
    /// Whether a problem is selected. How long its prompt is, is asked for only where it matters.
    ///
    /// # Errors
    ///
    /// Why it is not, or what kept its length from being told.
    pub fn check<E>(
        &self,
        question: &Question,
        prompt_length: impl FnOnce() -> Result<usize, E>,
    ) -> Result<Result<(), LeftOut>, E> {
        let level = question.level.as_deref().map(plain_level);
        let mut levels = self.levels.iter().map(|level| plain_level(level));
        if !self.levels.is_empty() && !levels.any(|wanted| Some(wanted) == level) {
            return Ok(Err(LeftOut::Level));
        }
        if let Some(longest) = self.max_prompt_length
            && prompt_length()? > longest
        {
            return Ok(Err(LeftOut::TooLong));
        }
        let Some((rates, range)) = &self.solve_rate else {
            return Ok(Ok(()));
        };
        Ok(match rates.of(&question.id) {
            None => Err(LeftOut::NotTried),
            Some(rate) if rate < *range.start() => Err(LeftOut::TooHard),
            Some(rate) if rate > *range.end() => Err(LeftOut::TooEasy),
            Some(_) => Ok(()),
        })
    }
}

/// A level in lower case, without the word.
fn plain_level(level: &str) -> String {
    let level = level.trim().to_lowercase();
    let number = level.strip_prefix("level").map(str::trim_start);
    number
        .filter(|number| !number.is_empty())
        .map_or(level.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Prompt;

    fn question(id: &str, level: Option<&str>) -> Question {
        Question {
            id: id.to_owned(),
            prompt: Prompt::Text("1+1?".to_owned()),
            answer: None,
            level: level.map(str::to_owned),
            subject: None,
        }
    }

    fn check(selection: &Selection, question: &Question, length: usize) -> Result<(), LeftOut> {
        let Ok(checked) = selection.check(question, || Ok::<_, ()>(length)) else {
            unreachable!("the length is known");
        };
        checked
    }

    #[test]
    fn a_level_is_the_same_with_the_word_and_without() {
        let selection = Selection {
            levels: vec!["3".to_owned(), "level 5".to_owned(), "Hard".to_owned()],
            ..Selection::default()
        };
        for (level, expected) in [
            (Some("3"), Ok(())),
            (Some("Level 5"), Ok(())),
            (Some("5"), Ok(())),
            (Some("hard"), Ok(())),
            (Some("4"), Err(LeftOut::Level)),
            (Some("Level ?"), Err(LeftOut::Level)),
            (Some("level"), Err(LeftOut::Level)),
            (None, Err(LeftOut::Level)),
        ] {
            assert_eq!(check(&selection, &question("a", level), 1), expected);
        }
        assert_eq!(
            check(&Selection::default(), &question("a", None), 1),
            Ok(())
        );
    }

    #[test]
    fn bounds_are_part_of_what_they_bound() {
        let mut rates = SolveRates::default();
        for (id, right) in [("0", 0), ("1", 1), ("2", 2), ("3", 3), ("4", 4)] {
            for sample in 0..4 {
                let record = json!({"id": id, "correct": sample < right});
                rates.add(record.as_object().unwrap()).unwrap();
            }
        }
        let selection = Selection {
            solve_rate: Some((rates, 0.25..=0.5)),
            max_prompt_length: Some(9),
            ..Selection::default()
        };
        let of = |id, length| check(&selection, &question(id, None), length);
        assert_eq!(of("0", 9), Err(LeftOut::TooHard));
        assert_eq!(of("1", 9), Ok(()));
        assert_eq!(of("2", 9), Ok(()));
        assert_eq!(of("3", 9), Err(LeftOut::TooEasy));
        assert_eq!(of("another", 9), Err(LeftOut::NotTried));
        assert_eq!(of("1", 10), Err(LeftOut::TooLong));
    }
}
