//! What is asked of the [draw](fn@pure_kernels::draw) of a token by the settings of its request.

use pure_kernels::DrawOptions;

use crate::Sampling;

impl Sampling {
    /// Whether tokens are drawn from another distribution than the model's own.
    pub(crate) fn departs(&self) -> bool {
        self.top_k > 0
            || self.top_p < 1.0
            || self.min_p > 0.0
            || self.repetition_penalty != 1.0
            || (self.min_new_tokens > 0 && !self.end_tokens.is_empty())
    }

    /// The draw of the next token of a text of which `prompt` and `answer` are there, from a row of logits.
    pub(crate) fn draw_options(
        &self,
        row: usize,
        prompt: &[u32],
        answer: &[u32],
        uniform: f64,
    ) -> DrawOptions {
        let mut penalised = Vec::new();
        if self.repetition_penalty != 1.0 {
            penalised.extend(prompt.iter().chain(answer));
            penalised.sort_unstable();
            penalised.dedup();
        }
        let is_early = answer.len() < self.min_new_tokens;
        let barred = if is_early {
            self.end_tokens.clone()
        } else {
            Vec::new()
        };
        DrawOptions {
            row,
            uniform,
            temperature: self.temperature,
            top_k: self.top_k,
            top_p: self.top_p,
            min_p: self.min_p,
            repetition_penalty: self.repetition_penalty,
            penalised,
            barred,
        }
    }
}

#[cfg(test)]
mod tests;
