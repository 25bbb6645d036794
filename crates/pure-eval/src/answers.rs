//! Which answers to a problem are equal, as the verifier says it.

use std::collections::HashMap;

use pure_verify::Verifier;

/// The different answers to a problem, numbered as they come.
#[derive(Debug, Default)]
pub struct Answers {
    /// As texts, each with the number of the first one that is equal to it.
    numbers: HashMap<String, usize>,
    different: Vec<String>,
}

impl Answers {
    /// Which of the different answers this one is: that of the first one that it is equal to, or a new one. A blank text
    /// is no answer. Equality is asked of the verifier once a text.
    pub fn number(&mut self, text: &str, verifier: &Verifier) -> Option<usize> {
        if text.trim().is_empty() {
            return None;
        }
        if let Some(&number) = self.numbers.get(text) {
            return Some(number);
        }
        let mut different = self.different.iter();
        let equal = different.position(|other| verifier.compare(text, other).is_correct());
        let number = equal.unwrap_or_else(|| {
            self.different.push(text.to_owned());
            self.different.len() - 1
        });
        self.numbers.insert(text.to_owned(), number);
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_answers_have_equal_numbers_however_they_are_written() {
        let mut answers = Answers::default();
        let verifier = Verifier::default();
        let texts = ["1/2", "3", " ", "0.5", "\\frac{1}{2}", "3", "4"];
        let numbers = texts.map(|text| answers.number(text, &verifier));
        assert_eq!(
            numbers,
            [0, 1, 9, 0, 0, 1, 2].map(|number| (number < 9).then_some(number))
        );
    }
}
