use burn::tensor::{Device, Tensor};
use pure_kernels::{Drawn, draw};

use super::*;
use crate::stream::Stream;

/// Logits of a spread that leaves every cut something to do.
const LOGITS: [f32; 12] = [
    1.5, -0.3, 0.8, 2.1, -1.0, 0.0, 0.4, -2.5, 1.1, -0.7, 1.9, -4.0,
];

/// Probabilities by the definition, in f64.
fn softmax(logits: &[f64]) -> Vec<f64> {
    let exp: Vec<f64> = logits.iter().map(|z| z.exp()).collect();
    let total: f64 = exp.iter().sum();
    exp.iter().map(|e| e / total).collect()
}

fn tempered(temperature: f64) -> Vec<f64> {
    let z: Vec<f64> = LOGITS.iter().map(|&z| f64::from(z) / temperature).collect();
    softmax(&z)
}

/// What is left of probabilities when some tokens are taken out.
fn without(p: &[f64], out: impl Fn(usize) -> bool) -> Vec<f64> {
    let left = |i: usize| if out(i) { 0.0 } else { p[i] };
    let total: f64 = (0..p.len()).map(left).sum();
    (0..p.len()).map(|i| left(i) / total).collect()
}

/// Place of each token when the likeliest comes first.
fn rank(p: &[f64]) -> Vec<usize> {
    let above = |i: usize| p.iter().filter(|&&other| other > p[i]).count();
    (0..p.len()).map(above).collect()
}

/// Draws from one row, on the processor.
fn drawn(logits: &[f32], draws: Vec<DrawOptions>) -> Vec<Option<Drawn>> {
    let logits = Tensor::<1>::from_floats(logits, &Device::flex());
    draw(logits.unsqueeze(), draws)
}

/// 200,000 draws against probabilities: Pearson's statistic must stay under its value at a
/// significance of 1e-4, and no token of probability 0 may come.
fn assert_drawn_from(sampling: &Sampling, answer: &[u32], p: &[f64]) {
    const DRAWS: usize = 200_000;
    let mut stream = Stream::new(7, 0, 0);
    let mut counts = [0_usize; LOGITS.len()];
    let draws = (0..DRAWS)
        .map(|position| sampling.draw_options(0, &[0, 3], answer, stream.uniform(position)));
    for drawn in drawn(&LOGITS, draws.collect()) {
        let drawn = drawn.unwrap();
        let token = drawn.token as usize;
        counts[token] += 1;
        let q = f64::from(drawn.drawn_log_prob).exp();
        assert!(
            (q - p[token]).abs() < 1e-6,
            "token {token}: {q} for {}",
            p[token]
        );
        let own = tempered(sampling.scoring_temperature())[token];
        assert!((f64::from(drawn.log_prob).exp() - own).abs() < 1e-6);
    }
    let mut statistic = 0.0;
    for (&count, &p) in counts.iter().zip(p) {
        let expected = DRAWS as f64 * p;
        if p == 0.0 {
            assert_eq!(count, 0);
        } else {
            statistic += (count as f64 - expected).powi(2) / expected;
        }
    }
    // The 1e-4 quantiles of chi-square with 1 to 11 degrees of freedom.
    const QUANTILES: [f64; 12] = [
        0.0, 15.14, 18.42, 21.11, 23.51, 25.74, 27.86, 29.88, 31.83, 33.72, 35.56, 37.37,
    ];
    let freedom = p.iter().filter(|&&p| p > 0.0).count() - 1;
    assert!(
        statistic <= QUANTILES[freedom],
        "{statistic} with {freedom} degrees of freedom"
    );
}

#[test]
fn draws_follow_the_softmax_at_any_temperature() {
    for temperature in [0.5, 1.0, 1.7] {
        let sampling = Sampling {
            temperature,
            ..Sampling::default()
        };
        assert_drawn_from(&sampling, &[], &tempered(temperature));
    }
}

#[test]
fn top_k_draws_from_the_k_likeliest() {
    let sampling = Sampling {
        temperature: 0.8,
        top_k: 4,
        ..Sampling::default()
    };
    let p = tempered(0.8);
    let rank = rank(&p);
    assert_drawn_from(&sampling, &[], &without(&p, |i| rank[i] >= 4));
}

#[test]
fn top_p_draws_from_the_likeliest_that_reach_p() {
    let p = tempered(1.0);
    let rank = rank(&p);
    let mut sorted = p.clone();
    sorted.sort_by(|a, b| b.total_cmp(a));
    for top_p in [0.05, 0.5, 0.9] {
        let needed = (1..=p.len()).find(|&n| sorted[..n].iter().sum::<f64>() >= top_p);
        let sampling = Sampling {
            top_p,
            ..Sampling::default()
        };
        assert_drawn_from(&sampling, &[], &without(&p, |i| rank[i] >= needed.unwrap()));
    }
}

#[test]
fn min_p_draws_from_those_near_the_likeliest() {
    let p = tempered(1.0);
    let max = p.iter().copied().fold(0.0, f64::max);
    let sampling = Sampling {
        min_p: 0.2,
        ..Sampling::default()
    };
    assert_drawn_from(&sampling, &[], &without(&p, |i| p[i] < 0.2 * max));
}

#[test]
fn all_cuts_together_work_one_after_another() {
    let p = tempered(0.9);
    let ranks = rank(&p);
    let eight = without(&p, |i| ranks[i] >= 8);
    let mut sorted = eight.clone();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let needed = (1..=8)
        .find(|&n| sorted[..n].iter().sum::<f64>() >= 0.95)
        .unwrap();
    let some = without(&eight, |i| ranks[i] >= needed);
    let max = some.iter().copied().fold(0.0, f64::max);
    let sampling = Sampling {
        temperature: 0.9,
        top_k: 8,
        top_p: 0.95,
        min_p: 0.15,
        ..Sampling::default()
    };
    assert_drawn_from(&sampling, &[], &without(&some, |i| some[i] < 0.15 * max));
}

#[test]
fn tokens_of_prompt_and_answer_are_penalised_once() {
    let sampling = Sampling {
        repetition_penalty: 1.3,
        ..Sampling::default()
    };
    let mut z: Vec<f64> = LOGITS.iter().map(|&z| f64::from(z)).collect();
    // The prompt holds 0 and 3, the answer 3, 4 and 4.
    for token in [0, 3, 4] {
        z[token] = if z[token] > 0.0 {
            z[token] / 1.3
        } else {
            z[token] * 1.3
        };
    }
    assert_drawn_from(&sampling, &[3, 4, 4], &softmax(&z));
}

#[test]
fn end_tokens_are_held_back_until_the_least_number_of_tokens() {
    let sampling = Sampling {
        min_new_tokens: 2,
        end_tokens: vec![3, 10],
        ..Sampling::default()
    };
    let p = tempered(1.0);
    assert_drawn_from(&sampling, &[1], &without(&p, |i| i == 3 || i == 10));
    assert_drawn_from(&sampling, &[1, 1], &p);
}

#[test]
fn temperature_zero_takes_the_likeliest_and_scores_it_at_one() {
    let sampling = Sampling {
        temperature: 0.0,
        ..Sampling::default()
    };
    let draws = vec![sampling.draw_options(0, &[0], &[], 0.99)];
    let drawn = drawn(&LOGITS, draws)[0].unwrap();
    assert_eq!(drawn.token, 3);
    assert!((f64::from(drawn.log_prob) - tempered(1.0)[3].ln()).abs() < 1e-6);
}

#[test]
fn logits_that_are_no_distribution_are_refused() {
    let sampling = Sampling::default();
    for bad in [
        [f32::NAN, 0.0],
        [f32::INFINITY, 0.0],
        [f32::NEG_INFINITY; 2],
    ] {
        let draws = vec![sampling.draw_options(0, &[0], &[], 0.5)];
        assert_eq!(drawn(&bad, draws), [None], "{bad:?}");
    }
}
