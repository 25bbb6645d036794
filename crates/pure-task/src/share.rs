//! A share of some records, drawn at random by a seed.
//!
//! Whatever order the records are in, the share is a fair sample of them. To take every eighth would not
//! do: records that come in turns, as those of a [`LabelledMix`](crate::chain::LabelledMix) do, would
//! all be of one kind.

use crate::chain::Dice;

/// One record of so many, each kept with the probability 1 / `one_of` by the seed and the name of what
/// is drawn from.
///
/// # Panics
///
/// If `one_of` is 0.
pub fn share<I: IntoIterator>(
    records: I,
    one_of: u32,
    seed: u64,
    name: &str,
) -> impl Iterator<Item = I::Item> {
    assert!(one_of > 0, "one record of none is none");
    let mut dice = Dice::new(seed, &format!("a share of {name}"));
    records.into_iter().filter(move |_| dice.below(one_of) == 0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pure_data::{LabelledAnswer, StepLabel};

    use super::*;
    use crate::chain::{LabelledMix, Level, Problems, SolutionStyle, Split};

    /// How many answers were drawn in which way, and how many steps are of which kind.
    #[derive(Default)]
    struct Mix {
        answers: [f64; 8],
        steps: BTreeMap<(&'static str, bool), f64>,
    }

    impl Mix {
        fn of<'a>(answers: impl Iterator<Item = &'a LabelledAnswer>) -> Self {
            let mut mix = Self::default();
            for answer in answers {
                let number: usize = answer.id.trim_start_matches("steps-").parse().unwrap();
                mix.answers[(number - 1) % 8] += 1.0;
                for (step, label) in answer.steps.iter().zip(&answer.labels) {
                    let kind = match step {
                        step if step.starts_with("now ") => "filler",
                        step if step.starts_with("\\boxed") => "final",
                        _ => "solve",
                    };
                    *mix.steps
                        .entry((kind, *label == StepLabel::Bad))
                        .or_default() += 1.0;
                }
            }
            mix
        }

        fn bad(&self) -> f64 {
            let bad = self.steps.iter().filter(|((_, bad), _)| *bad);
            bad.map(|(_, count)| count).sum::<f64>() / self.steps.values().sum::<f64>()
        }
    }

    fn answers() -> Vec<LabelledAnswer> {
        let problems = Problems::new(Level::base(), Split::Train, 0).unwrap();
        let mix = LabelledMix::new(problems, SolutionStyle::default(), 0).unwrap();
        mix.take(12_288).collect()
    }

    #[test]
    fn an_eighth_of_the_labelled_mix_is_mixed_as_the_whole() {
        let answers = answers();
        let whole = Mix::of(answers.iter());
        for seed in 0..3 {
            let eighth = Mix::of(share(&answers, 8, seed, "steps"));
            // Four standard deviations of a count that is a sum of independent draws; steps come some
            // at a time, with their answer.
            let within = |found: f64, of: f64, together: f64| {
                let error = (of / 8.0 * 7.0 / 8.0 * together).sqrt();
                assert!(
                    (found - of / 8.0).abs() < 4.0 * error,
                    "{found} of {of}, seed {seed}"
                );
            };
            for (found, of) in eighth.answers.iter().zip(whole.answers) {
                within(*found, of, 1.0);
            }
            for (kind, of) in &whole.steps {
                within(eighth.steps[kind], *of, 8.0);
            }
            assert!(
                (eighth.bad() - whole.bad()).abs() < 0.02,
                "{}",
                eighth.bad()
            );
        }
        // Every eighth answer is a solution in the asked style, with few bad steps.
        let in_turn = Mix::of(answers.iter().step_by(8));
        assert!(in_turn.bad() < 0.5 * whole.bad(), "{}", in_turn.bad());
    }

    #[test]
    fn a_seed_and_a_name_decide_and_one_of_one_is_all() {
        let drawn = |seed, name| share(0..1_000, 8, seed, name).collect::<Vec<_>>();
        assert_eq!(drawn(0, "a"), drawn(0, "a"));
        assert_ne!(drawn(0, "a"), drawn(1, "a"));
        assert_ne!(drawn(0, "a"), drawn(0, "b"));
        assert!(share(0..1_000, 1, 0, "a").eq(0..1_000));
    }
}
