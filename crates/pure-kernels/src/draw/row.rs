//! A draw from one row in the memory of the host: this defines it.

use super::{DrawOptions, Drawn};

impl DrawOptions {
    /// Draws a token; `None` if the logits hold no distribution.
    pub(super) fn draw_from(&self, logits: &[f32]) -> Option<Drawn> {
        let temperature = self.scoring_temperature() as f32;
        let scaled: Vec<f32> = logits.iter().map(|logit| logit / temperature).collect();
        let own = Distribution::new(scaled)?;
        if !self.departs() {
            let token = self.choose(&own);
            let log_prob = own.log_prob(token);
            return Some(Drawn {
                token: token as u32,
                log_prob,
                drawn_log_prob: log_prob,
            });
        }
        let mut logits = logits.to_vec();
        let penalty = self.repetition_penalty as f32;
        for &token in &self.penalised {
            let logit = &mut logits[token as usize];
            *logit = if *logit > 0.0 {
                *logit / penalty
            } else {
                *logit * penalty
            };
        }
        for &token in &self.barred {
            logits[token as usize] = f32::NEG_INFINITY;
        }
        logits.iter_mut().for_each(|logit| *logit /= temperature);
        self.cut(&mut logits);
        let other = Distribution::new(logits)?;
        let token = self.choose(&other);
        Some(Drawn {
            token: token as u32,
            log_prob: own.log_prob(token),
            drawn_log_prob: other.log_prob(token),
        })
    }

    fn choose(&self, distribution: &Distribution) -> usize {
        if self.temperature == 0.0 {
            distribution.likeliest()
        } else {
            distribution.at(self.uniform)
        }
    }

    /// Takes out all but the likeliest tokens, as `top_k`, `top_p` and `min_p` say.
    fn cut(&self, logits: &mut [f32]) {
        if self.top_k > 0 && self.top_k < logits.len() {
            let mut sorted = logits.to_vec();
            let (_, &mut least, _) =
                sorted.select_nth_unstable_by(self.top_k - 1, |a, b| b.total_cmp(a));
            keep(logits, |logit| logit >= least);
        }
        if self.top_p < 1.0 {
            let mut sorted: Vec<f32> = logits.to_vec();
            sorted.retain(|logit| *logit > f32::NEG_INFINITY);
            sorted.sort_unstable_by(|a, b| b.total_cmp(a));
            let Some(sorted) = Distribution::new(sorted) else {
                return;
            };
            // The first token always stays; each next one while those before it have too little.
            let goal = self.top_p * sorted.total;
            let mut sum = 0.0;
            let kept = sorted.weights.iter().take_while(|weight| {
                let stays = sum < goal;
                sum += f64::from(**weight);
                stays
            });
            let least = sorted.z[kept.count().max(1) - 1];
            keep(logits, |logit| logit >= least);
        }
        if self.min_p > 0.0 {
            let max = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let least = max + (self.min_p as f32).ln();
            keep(logits, |logit| logit >= least);
        }
    }
}

fn keep(logits: &mut [f32], stays: impl Fn(f32) -> bool) {
    for logit in logits {
        if !stays(*logit) {
            *logit = f32::NEG_INFINITY;
        }
    }
}

/// A distribution over tokens.
struct Distribution {
    /// Logits; those of tokens that were taken out are minus infinity.
    z: Vec<f32>,
    max: f32,
    /// `exp(z - max)`.
    weights: Vec<f32>,
    total: f64,
}

impl Distribution {
    /// `None` if a logit is not a number, or all tokens are taken out.
    fn new(z: Vec<f32>) -> Option<Self> {
        let max = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if !max.is_finite() {
            return None;
        }
        let weights: Vec<f32> = z.iter().map(|z| (z - max).exp()).collect();
        let total: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
        let found = Self {
            z,
            max,
            weights,
            total,
        };
        total.is_finite().then_some(found)
    }

    fn likeliest(&self) -> usize {
        let first_of = |best: usize, token: usize| {
            if self.z[token] > self.z[best] {
                token
            } else {
                best
            }
        };
        (0..self.z.len()).fold(0, first_of)
    }

    /// The first token at which the sum of probabilities passes `uniform`.
    fn at(&self, uniform: f64) -> usize {
        let goal = uniform * self.total;
        let mut sum = 0.0;
        let passed = self.weights.iter().position(|&weight| {
            sum += f64::from(weight);
            sum > goal
        });
        // `goal` may round up to the whole sum.
        passed.unwrap_or_else(|| self.likeliest())
    }

    fn log_prob(&self, token: usize) -> f32 {
        (f64::from(self.z[token] - self.max) - self.total.ln()) as f32
    }
}
