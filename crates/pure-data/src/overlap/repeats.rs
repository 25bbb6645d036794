//! Which texts are nearly one that stands before them, so that a problem is not trained on twice.
//!
//! ```text
//! words(t)     as for overlaps
//! shared       words(t) and words(p) have 8 words in a row in common that at most 50 different texts hold;
//!              where either has fewer than 8 words, they are the same
//! lcs(t, p)    their longest common subsequence, as a share of the words of the longer one
//! repeats      t repeats p, which stands before it and repeats nothing, if both are shared and lcs(t, p) is above a
//!              threshold, or if their words are the same
//! ```
//!
//! Rows of words that more texts hold are those of an instruction that goes with every problem, as in DAPO-Math-17k, and
//! say nothing. Overlaps with a benchmark are measured by the benchmark's problem, for it is what must not be known; of
//! two training problems the shorter one may be a part of the longer, and is another problem.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::words::{SHORT, Vocabulary, common};

/// Texts that may share a row of words which is worth to be looked at.
const RARE: u32 = 50;

/// The text that another one repeats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repeat {
    /// Which it is, counted from 0.
    pub of: usize,
    /// Their longest common subsequence of words, as a share of the longer one's.
    pub lcs: f64,
}

/// Of each text the one before it that it has most in common with, if it repeats any; the first of those that tie.
pub fn repeats<T: AsRef<str>>(texts: &[T], threshold: f64) -> Vec<Option<Repeat>> {
    let mut vocabulary = Vocabulary::default();
    let texts: Vec<Vec<u32>> = texts
        .iter()
        .map(|text| vocabulary.add(text.as_ref()))
        .collect();
    let (mut first, mut held) = (HashMap::new(), HashMap::<u64, u32>::new());
    for (place, words) in texts.iter().enumerate() {
        if *first.entry(words).or_insert(place) == place {
            for row in rows(words) {
                *held.entry(row).or_default() += 1;
            }
        }
    }
    let is_telling = |row: &u64| (2..=RARE).contains(&held[row]);
    let mut found: Vec<Option<Repeat>> = Vec::with_capacity(texts.len());
    let mut kept = HashMap::<u64, Vec<usize>>::new();
    for (place, words) in texts.iter().enumerate() {
        let same = first[words];
        if same < place && !words.is_empty() {
            let itself = Repeat { of: same, lcs: 1.0 };
            found.push(found[same].or(Some(itself)));
            continue;
        }
        let rows: Vec<u64> = rows(words).into_iter().filter(is_telling).collect();
        let sharing: HashSet<usize> = rows
            .iter()
            .filter_map(|row| kept.get(row))
            .flatten()
            .copied()
            .collect();
        let repeat = sharing
            .into_iter()
            .filter_map(|of| near(words, &texts[of], threshold).map(|lcs| Repeat { of, lcs }))
            .min_by(|one, other| other.lcs.total_cmp(&one.lcs).then(one.of.cmp(&other.of)));
        if repeat.is_none() {
            for row in rows {
                kept.entry(row).or_default().push(place);
            }
        }
        found.push(repeat);
    }
    found
}

/// What two texts have in common, if that is above a threshold.
fn near(a: &[u32], b: &[u32], threshold: f64) -> Option<f64> {
    let longer = a.len().max(b.len()) as f64;
    // No more than the shorter one can be in common, and to count it takes long.
    let most = a.len().min(b.len()) as f64 / longer;
    let lcs = (most > threshold).then(|| common(a, b) as f64 / longer);
    lcs.filter(|&lcs| lcs > threshold)
}

/// The rows of a text, each once. Of rows that differ two are taken for one hardly ever, and then their texts are
/// compared all the same.
fn rows(words: &[u32]) -> HashSet<u64> {
    let row = |row: &[u32]| {
        let mut hasher = DefaultHasher::new();
        row.hash(&mut hasher);
        hasher.finish()
    };
    words.windows(SHORT).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str], threshold: f64) -> Vec<Option<(usize, f64)>> {
        let found = repeats(texts, threshold).into_iter();
        found
            .map(|repeat| repeat.map(|it| (it.of, it.lcs)))
            .collect()
    }

    #[test]
    fn a_text_repeats_one_before_it_by_the_share_of_the_longer_one() {
        let ten = "a b c d e f g h i j";
        // Nine of its ten words, eight of them in a row.
        let near = "A, b, c, d, e, f, g: h! i (k)";
        // All of it, within twenty.
        let twice = "a b c d e f g h i j 1 2 3 4 5 6 7 8 9 10";
        let apart = "a b c d x f g h i j";
        let texts = [ten, near, twice, apart];
        assert_eq!(of(&texts, 0.8), [None, Some((0, 0.9)), None, None]);
        assert_eq!(of(&texts, 0.9), [None; 4]);
        assert_eq!(
            of(&texts, 0.4),
            [None, Some((0, 0.9)), Some((0, 0.5)), None]
        );
        // Of what is shared by none in a row nothing is seen.
        assert_eq!(of(&[twice, ten], 0.49), [None, Some((0, 0.5))]);
    }

    #[test]
    fn short_texts_are_the_same_or_others_and_texts_without_words_are_no_repeats() {
        let texts = ["What is 2+2?", "what is 2 + 2", "What is 2+3?", "?!", "?!"];
        assert_eq!(of(&texts, 0.0), [None, Some((0, 1.0)), None, None, None]);
    }

    #[test]
    fn what_repeats_a_repeat_is_compared_with_what_is_kept() {
        let words = |change: usize| {
            let word = |n: usize| {
                if n < change {
                    format!("new{n}")
                } else {
                    format!("w{n}")
                }
            };
            (0..20).map(word).collect::<Vec<_>>().join(" ")
        };
        // 2 and 4 of 20 words differ from the first; the same words as a repeat repeat what that repeats.
        let texts = [words(0), words(2), words(4), words(2)];
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let [near, far] = [Some((0, 0.9)), Some((0, 0.8))];
        assert_eq!(of(&texts, 0.85), [None, near, None, near]);
        assert_eq!(of(&texts, 0.75), [None, near, far, near]);
    }

    #[test]
    fn an_instruction_that_goes_with_every_problem_makes_none_a_repeat() {
        let instruction =
            "Solve the following math problem step by step and put the final answer into a box";
        let problems: Vec<String> = (0..60)
            .map(|n| format!("{instruction}: how much is {n}?"))
            .collect();
        assert!(repeats(&problems, 0.8).iter().all(Option::is_none));
        let mut again = problems.clone();
        again.push(format!("{} ", problems[7]));
        assert_eq!(
            repeats(&again, 0.8).last().unwrap().unwrap(),
            Repeat { of: 7, lcs: 1.0 }
        );
    }
}
