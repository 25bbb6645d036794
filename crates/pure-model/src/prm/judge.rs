//! Judging the steps of many answers: in batches, the prompts that they share read once.
//!
//! ```text
//! shared prompt   p p p p | a a <+> a <+> .        cache: the prompt once, and each answer goes on
//!                 p p p p | a <+> . . .   .        behind it
//! own prompt      q q b b <+> . .                  no cache: rows padded on the right
//! ```
//!
//! Both give the same rewards, to rounding. What follows the last step of an answer is not read: in
//! a causal decoder it changes nothing before it.

use burn::tensor::{Int, Tensor};

use super::ProcessRewardModel;
use super::groups::{Group, groups};
use crate::batch::Batch;
use crate::cache::{CachedText, KvCache};
use crate::{Error, Sequence, side_by_side};

/// An answer as the reward model reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkedAnswer {
    /// Tokens that are given. Answers to the same prompt share the reading of it.
    pub prompt: Vec<u32>,
    /// Tokens of the answer, with a marker at the end of each step: in the place of its last token, or behind it.
    pub answer: Vec<u32>,
    /// Where in `answer` the steps are judged, one place a step.
    pub ends: Vec<usize>,
}

impl MarkedAnswer {
    /// Tokens of both parts.
    pub fn len(&self) -> usize {
        self.prompt.len() + self.answer.len()
    }

    /// Whether both parts are empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Prompt and answer, the ends of the steps as targets.
    fn sequence(&self) -> Sequence<()> {
        let ends = self.ends.iter().map(|end| (self.prompt.len() + end, ()));
        Sequence {
            tokens: [self.prompt.as_slice(), &self.answer].concat(),
            targets: ends.collect(),
        }
    }

    /// The answer up to its last step.
    pub(super) fn read(&self) -> &[u32] {
        let read = self.ends.iter().max().map_or(0, |last| last + 1);
        &self.answer[..read]
    }
}

impl ProcessRewardModel {
    /// Whether the model can judge an answer.
    ///
    /// # Errors
    ///
    /// [`Error::TokenOutOfRange`] or [`Error::TooLong`] if not.
    pub fn check(&self, answer: &MarkedAnswer) -> Result<(), Error> {
        let (vocab_size, limit) = (self.model.vocab_size(), self.model.max_positions());
        let found = answer.len();
        if found > limit {
            return Err(Error::TooLong { found, limit });
        }
        let mut tokens = answer.prompt.iter().chain(&answer.answer);
        match tokens.find(|&&token| token as usize >= vocab_size) {
            Some(&token) => Err(Error::TokenOutOfRange { token, vocab_size }),
            None => Ok(()),
        }
    }

    /// The reward of each step of each answer, `P(good) - P(bad)`, in their order.
    ///
    /// Answers are batched by length so that no batch holds more than `batch_tokens` tokens, pads
    /// and shared prompts included, unless one answer alone is longer.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check), for the first answer that fails it.
    ///
    /// # Panics
    ///
    /// If a step ends outside its answer.
    pub fn judge(
        &self,
        answers: &[MarkedAnswer],
        batch_tokens: usize,
    ) -> Result<Vec<Vec<f32>>, Error> {
        answers.iter().try_for_each(|answer| self.check(answer))?;
        let mut rewards = vec![Vec::new(); answers.len()];
        let judge = |model: &Self, group: Group| {
            let rows: Vec<&MarkedAnswer> = group.answers.iter().map(|&i| &answers[i]).collect();
            let judged = if group.shares_prompts {
                model.judge_behind_prompts(&rows)
            } else {
                model.judge_whole(&rows)
            };
            (group.answers, judged)
        };
        side_by_side(
            self,
            groups(answers, batch_tokens),
            judge,
            |(group, judged)| {
                let mut judged = judged.into_iter();
                for index in group {
                    let steps = answers[index].ends.len();
                    rewards[index] = judged.by_ref().take(steps).collect();
                }
            },
        );
        Ok(rewards)
    }

    /// Reads prompts and answers in one piece each.
    fn judge_whole(&self, rows: &[&MarkedAnswer]) -> Vec<f32> {
        let sequences: Vec<Sequence<()>> = rows.iter().map(|row| row.sequence()).collect();
        let batch = Batch::padded(&sequences.iter().collect::<Vec<_>>());
        let tokens = batch.tokens(&self.model.device());
        let hidden = self.model.forward(tokens, batch.positions());
        self.rewards_of(batch.hidden_at_targets(hidden))
    }

    /// Reads each prompt once, and the answers behind copies of it.
    fn judge_behind_prompts(&self, rows: &[&MarkedAnswer]) -> Vec<f32> {
        let mut prompts: Vec<&[u32]> = Vec::new();
        let mut prompt_of = Vec::with_capacity(rows.len());
        for row in rows {
            // Answers to one prompt stand together.
            if prompts.last() != Some(&row.prompt.as_slice()) {
                prompts.push(&row.prompt);
            }
            prompt_of.push(prompts.len() - 1);
        }
        let answers: Vec<&[u32]> = rows.iter().map(|row| row.read()).collect();
        let behind = longest(answers.iter().map(|answer| answer.len()));

        // A block more for each answer, whose beginning is in the last one of its prompt.
        let blocks = |texts: &[&[u32]]| -> usize {
            let blocks = texts.iter().map(|text| KvCache::blocks_of(text.len()));
            blocks.sum()
        };
        let blocks = blocks(&prompts) + blocks(&answers) + answers.len();
        let mut cache = self.model.new_cache(blocks);
        let mut read = vec![CachedText::default(); prompts.len()];
        let mut texts: Vec<&mut CachedText> = read.iter_mut().collect();
        self.model.forward_cached(&mut cache, &mut texts, &prompts);

        let mut read: Vec<CachedText> = prompt_of
            .iter()
            .map(|&prompt| read[prompt].clone())
            .collect();
        let mut texts: Vec<&mut CachedText> = read.iter_mut().collect();
        let hidden = self.model.forward_cached(&mut cache, &mut texts, &answers);
        let places = rows.iter().enumerate().flat_map(|(number, row)| {
            let first = number * behind;
            row.ends.iter().map(move |end| (first + end) as i32)
        });
        let places: Vec<i32> = places.collect();
        let places = Tensor::<1, Int>::from_ints(places.as_slice(), &hidden.device());
        self.rewards_of(hidden.flatten::<2>(0, 1).select(0, places))
    }

    /// The rewards of hidden states at the ends of steps.
    fn rewards_of(&self, hidden: Tensor<2>) -> Vec<f32> {
        let rewards = self.rewards(hidden.unsqueeze()).into_data();
        rewards.try_into_vec().expect("rewards are f32")
    }
}

pub(super) fn longest(lengths: impl Iterator<Item = usize>) -> usize {
    lengths.max().unwrap_or(0)
}

#[cfg(test)]
pub(super) mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::{ModelConfig, PrmHead};

    fn model() -> ProcessRewardModel {
        let device = Device::flex();
        device.seed(3);
        ModelConfig::small().init_prm(PrmHead::TwoLayers, &device)
    }

    /// Answers to a few prompts in a mixed order, some without steps, some with tokens behind the
    /// last one.
    pub(in super::super) fn answers() -> Vec<MarkedAnswer> {
        let mut answers = Vec::new();
        for number in 0..23_u32 {
            let prompt = 1 + number % 5;
            let token = |n: u32| (7 * n + 3 * number + n * n * number) % 50;
            let length = (number * 5) % 13;
            answers.push(MarkedAnswer {
                prompt: (0..prompt * 2).map(|n| (n * prompt + 11) % 50).collect(),
                answer: (0..length).map(token).collect(),
                ends: (0..length as usize).step_by(3).collect(),
            });
        }
        answers[7].prompt = vec![];
        answers[9].prompt = vec![49];
        answers
    }

    #[test]
    fn rewards_do_not_depend_on_what_is_read_together() {
        let (model, answers) = (model(), answers());
        let alone: Vec<Vec<f32>> = answers
            .iter()
            .map(|answer| {
                model
                    .judge(std::slice::from_ref(answer), 1)
                    .unwrap()
                    .remove(0)
            })
            .collect();
        let spread = |rewards: &Vec<f32>| rewards.iter().any(|r| r.abs() > 1e-4);
        assert!(alone.iter().any(spread), "{alone:?}");
        for batch_tokens in [1, 40, 100, 10_000] {
            let together = model.judge(&answers, batch_tokens).unwrap();
            for (index, (together, alone)) in together.iter().zip(&alone).enumerate() {
                assert_eq!(together.len(), answers[index].ends.len());
                for (a, b) in together.iter().zip(alone) {
                    assert!((a - b).abs() < 1e-5, "{index}: {a} alone {b}");
                }
            }
        }
    }

    #[test]
    fn tokens_behind_the_last_step_change_nothing() {
        let model = model();
        let short = MarkedAnswer {
            prompt: vec![1, 2],
            answer: vec![3, 4, 5],
            ends: vec![2],
        };
        let mut long = short.clone();
        long.answer.extend([6, 7]);
        assert_eq!(
            model.judge(&[short], 100).unwrap(),
            model.judge(&[long], 100).unwrap()
        );
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_refused() {
        let model = model();
        let answer = |answer| MarkedAnswer {
            prompt: vec![1],
            answer,
            ends: vec![0],
        };
        assert!(matches!(
            model.judge(&[answer(vec![50])], 10),
            Err(Error::TokenOutOfRange { token: 50, .. })
        ));
        assert!(matches!(
            model.judge(&[answer(vec![2; 64])], 10),
            Err(Error::TooLong {
                found: 65,
                limit: 64
            })
        ));
    }
}
