//! What the process reward model reads.
//!
//! ```text
//! prompt   response                            scores are read at the marker's positions:
//! p  p  p  a  b  .\n\n  c  d  <eos>
//! p  p  p  a  b  <+>    c  d  <+>              positions = prompt length + last token of a step
//! ```
//!
//! The last token of every step is replaced by the marker at which the model was taught to judge
//! (TRL's PRM trainer puts one after each step; PURE replaces, so that positions stay the same).

use crate::step_span::StepSpan;
use crate::steps::StepFormat;

/// The input of the reward model for one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrmInput {
    /// Prompt and response, the last token of each step replaced by the marker.
    pub tokens: Vec<u32>,
    /// Where in `tokens` the score of each step is read, one a step.
    pub positions: Vec<usize>,
}

impl StepFormat {
    /// The reward model's input for a response that was split into `steps`.
    ///
    /// # Panics
    ///
    /// If a step ends outside the response.
    pub fn prm_input(&self, prompt: &[u32], response: &[u32], steps: &[StepSpan]) -> PrmInput {
        let mut tokens = Vec::with_capacity(prompt.len() + response.len());
        tokens.extend_from_slice(prompt);
        tokens.extend_from_slice(response);
        let positions: Vec<usize> = steps
            .iter()
            .map(|step| prompt.len() + step.last())
            .collect();
        for &position in &positions {
            tokens[position] = self.marker();
        }
        PrmInput { tokens, positions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_every_step_becomes_the_marker_and_nothing_moves() {
        let format = StepFormat::new([9], 1);
        let response = [5, 9, 9, 6, 2];
        let input = format.prm_input(&[7, 9], &response, &format.split(&response));
        assert_eq!(input.tokens, [7, 9, 5, 1, 1, 6, 1]);
        assert_eq!(input.positions, [3, 4, 6]);
    }

    #[test]
    fn an_empty_answer_leaves_the_prompt_and_no_position() {
        let input = StepFormat::new([9], 1).prm_input(&[7], &[], &[]);
        assert_eq!(
            input,
            PrmInput {
                tokens: vec![7],
                positions: vec![]
            }
        );
    }
}
