//! What holds for every answer, not only for the recorded ones.

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use pure_core::{
    Baseline, Credit, CreditConfig, CreditedBatch, Deviation, Finish, KlEstimator, LogProbs,
    MethodConfig, Min, Preset, Response, Scores, SeparatorAdvantage, SoftMin, StepFormat, StepSpan,
    Sum, Truncated, returns_to_go,
};

const LIMIT: usize = 64;

/// An answer with everything a [`Response`] borrows from.
#[derive(Debug, Clone)]
struct Answer {
    group: usize,
    steps: Vec<StepSpan>,
    scores: Scores,
    log_probs: Vec<(f32, f32)>,
    finish: Finish,
}

fn spans(lengths: &[usize]) -> Vec<StepSpan> {
    let mut end = 0;
    let span = |&length: &usize| {
        end += length;
        StepSpan {
            start: end - length,
            end,
        }
    };
    lengths.iter().map(span).collect()
}

fn answer(numbers: impl Strategy<Value = f32> + Clone) -> impl Strategy<Value = Answer> {
    let steps = vec((1_usize..8, numbers.clone()), 0..8);
    let outcome = prop_oneof![Just(None), Just(Some(0.0)), Just(Some(1.0))];
    let finish = prop_oneof![Just(Finish::End), Just(Finish::Length)];
    let log_probs = vec((numbers.clone(), numbers), LIMIT);
    (0_usize..4, steps, outcome, finish, log_probs).prop_map(
        |(group, steps, outcome, finish, mut log_probs)| {
            let (lengths, process): (Vec<usize>, Vec<f32>) = steps.into_iter().unzip();
            log_probs.truncate(lengths.iter().sum());
            let scores = Scores { process, outcome };
            Answer {
                group,
                steps: spans(&lengths),
                scores,
                log_probs,
                finish,
            }
        },
    )
}

fn calm() -> impl Strategy<Value = f32> + Clone {
    -1.0_f32..1.0
}

/// Any finite number, the largest and smallest included.
fn wild() -> impl Strategy<Value = f32> + Clone {
    prop_oneof![
        prop::num::f32::NORMAL | prop::num::f32::SUBNORMAL | prop::num::f32::ZERO,
        Just(f32::MAX),
        Just(f32::MIN),
        -1.0_f32..1.0,
    ]
}

fn run(config: &MethodConfig, answers: &[Answer]) -> CreditedBatch {
    let log_probs: Vec<(Vec<f32>, Vec<f32>)> = answers
        .iter()
        .map(|answer| answer.log_probs.iter().copied().unzip())
        .collect();
    let responses = answers
        .iter()
        .zip(&log_probs)
        .map(|(answer, (policy, reference))| Response {
            group: answer.group,
            length: policy.len(),
            steps: &answer.steps,
            scores: &answer.scores,
            log_probs: Some(LogProbs { policy, reference }),
            finish: answer.finish,
        });
    config
        .build()
        .unwrap()
        .run(&responses.collect::<Vec<_>>())
        .unwrap()
}

/// The return of each step's first token.
fn step_returns(credit: &dyn Credit, rewards: &[f32]) -> Vec<f32> {
    let steps = spans(&vec![3; rewards.len()]);
    let scores = Scores {
        process: rewards.to_vec(),
        outcome: None,
    };
    let mut paid = vec![0.0; 3 * rewards.len()];
    credit.assign(&steps, &scores, &mut paid);
    let mut returns = vec![0.0; paid.len()];
    returns_to_go(&paid, &mut returns);
    steps.iter().map(|step| returns[step.start]).collect()
}

fn worst(rewards: &[f32]) -> usize {
    let by_reward = |&a: &usize, &b: &usize| rewards[a].total_cmp(&rewards[b]);
    (0..rewards.len()).min_by(by_reward).unwrap()
}

fn baseline() -> impl Strategy<Value = Baseline> {
    prop_oneof![
        Just(Baseline::TokenLeaveOneOut),
        Just(Baseline::PaddedLeaveOneOut),
        Just(Baseline::LengthLeaveOneOut),
        Just(Baseline::StepLeaveOneOut),
        Just(Baseline::Rloo),
        Just(Baseline::Grpo),
        Just(Baseline::DrGrpo),
        Just(Baseline::ReinforcePlusPlus { gamma: 0.9 }),
        Just(Baseline::None),
    ]
}

fn config() -> impl Strategy<Value = MethodConfig> {
    let form = prop::sample::select(CreditConfig::every_form().to_vec());
    let preset = prop::sample::select(vec![Preset::Paper, Preset::Verl, Preset::OpenRlhf]);
    let estimator = prop::sample::select(vec![
        KlEstimator::K1,
        KlEstimator::K2,
        KlEstimator::Abs,
        KlEstimator::K3,
    ]);
    let truncated = prop::sample::select(vec![
        Truncated::Kept,
        Truncated::Masked,
        Truncated::Penalised { penalty: 0.5 },
    ]);
    let deviation = prop::sample::select(vec![
        Deviation::Sample,
        Deviation::Population,
        Deviation::PopulationWithSeparators,
    ]);
    (
        form,
        preset,
        estimator,
        truncated,
        deviation,
        baseline(),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(
            |(credit, preset, estimator, truncated, deviation, baseline, whiten, kept)| {
                let mut config = preset.config();
                config.kl.estimator = estimator;
                if kept {
                    config.separators = SeparatorAdvantage::Kept;
                }
                let limit = Some(LIMIT);
                MethodConfig {
                    credit,
                    truncated,
                    deviation,
                    baseline,
                    whiten,
                    limit,
                    ..config
                }
            },
        )
}

/// The smallest reward of the answer for tokens up to the step that has it, then 0.
fn min_return(answer: &Answer, token: usize) -> f64 {
    let rewards = &answer.scores.process;
    if rewards.is_empty() {
        return 0.0;
    }
    let worst = worst(rewards);
    if token < answer.steps[worst].end {
        f64::from(rewards[worst])
    } else {
        0.0
    }
}

/// The returns of all tokens of an answer, one by one.
fn summed_returns(answer: &Answer) -> f64 {
    (0..answer.log_probs.len())
        .map(|token| min_return(answer, token))
        .sum()
}

/// The same line with advantages as they are before whitening.
fn without_whitening(config: MethodConfig) -> MethodConfig {
    let baseline = match config.baseline {
        Baseline::ReinforcePlusPlus { .. } => Baseline::None,
        other => other,
    };
    MethodConfig {
        whiten: false,
        baseline,
        ..config
    }
}

proptest! {
    #[test]
    fn every_token_belongs_to_one_step_and_steps_end_at_separators(
        response in vec(0_u32..6, 0..40),
        separators in vec(0_u32..6, 0..4),
    ) {
        let format = StepFormat::new(separators, 9);
        let steps = format.split(&response);
        let mut next = 0;
        for step in &steps {
            prop_assert!(step.start == next && !step.is_empty());
            let inside = &response[step.start..step.last()];
            prop_assert!(inside.iter().all(|&token| !format.is_separator(token)));
            prop_assert!(format.is_separator(response[step.last()]) || step.end == response.len());
            next = step.end;
        }
        prop_assert_eq!(next, response.len());
        let ends: Vec<usize> = steps.iter().map(|step| step.last()).collect();
        prop_assert_eq!(StepSpan::from_ends(&ends, response.len()).unwrap(), steps);
    }

    #[test]
    fn soft_min_becomes_min_as_it_cools(cents in prop::collection::hash_set(-100_i32..100, 1..12)) {
        let rewards: Vec<f32> = cents.iter().map(|&cent| cent as f32 / 100.0).collect();
        let exact = step_returns(&Min, &rewards);
        let mut last = f32::INFINITY;
        for temperature in [1e-1, 1e-2, 1e-3, 1e-300] {
            let soft = step_returns(&SoftMin { temperature }, &rewards);
            let apart = soft.iter().zip(&exact).map(|(s, e)| (s - e).abs()).fold(0.0, f32::max);
            prop_assert!(apart <= last + 1e-6);
            last = apart;
        }
        prop_assert!(last < 1e-6);
    }

    #[test]
    fn min_stays_in_the_range_of_the_rewards_and_sum_grows(
        rewards in vec(0.1_f32..1.0, 1..40),
        added in 1_usize..40,
    ) {
        let mut longer = rewards.clone();
        longer.extend(std::iter::repeat_n(0.5, added));
        for rewards in [&rewards, &longer] {
            let (low, high) = (rewards[worst(rewards)], rewards.iter().copied().fold(0.0, f32::max));
            let returns = step_returns(&Min, rewards);
            prop_assert!(returns.iter().all(|&r| r == 0.0 || (low..=high).contains(&r)));
        }
        let (before, after) = (step_returns(&Sum::default(), &rewards), step_returns(&Sum::default(), &longer));
        prop_assert!((after[0] - before[0] - 0.5 * added as f32).abs() < 1e-3);
    }

    #[test]
    fn a_step_above_the_minimum_changes_no_min_return_before_the_worst(
        rewards in vec(calm(), 1..20),
        place in 0_usize..20,
        above in 0.01_f32..1.0,
    ) {
        let place = place.min(rewards.len());
        let worst = worst(&rewards);
        let mut longer = rewards.clone();
        longer.insert(place, rewards[worst] + above);
        let (before, after) = (step_returns(&Min, &rewards), step_returns(&Min, &longer));
        for (step, value) in before.iter().enumerate().take(worst + 1) {
            let moved = step + usize::from(place <= step);
            prop_assert_eq!(after[moved], *value);
        }
    }

    #[test]
    fn order_of_answers_and_groups_changes_nothing(
        config in config(),
        answers in vec(answer(calm()), 1..12),
        seed in any::<u64>(),
    ) {
        let mut order: Vec<usize> = (0..answers.len()).collect();
        order.sort_by_key(|&index| (index as u64 + 1).wrapping_mul(seed | 1));
        let shuffled: Vec<Answer> = order.iter().map(|&index| {
            let answer = answers[index].clone();
            Answer { group: 3 - answer.group, ..answer }
        }).collect();
        let (plain, shuffled) = (run(&config, &answers), run(&config, &shuffled));
        for (place, &index) in order.iter().enumerate() {
            let (a, b) = (plain.response(index), shuffled.response(place));
            prop_assert_eq!(a.token_rewards, b.token_rewards);
            prop_assert_eq!(a.returns, b.returns);
            for (a, b) in a.advantages.iter().zip(b.advantages) {
                prop_assert!((a - b).abs() <= 1e-4 * a.abs().max(1.0), "{} and {}", a, b);
            }
        }
    }

    #[test]
    fn other_groups_and_their_lengths_change_nothing(
        config in config(),
        answers in vec(answer(calm()), 1..8),
        other in answer(calm()),
    ) {
        let config = without_whitening(config);
        let mut more = answers.clone();
        more.push(Answer { group: 9, ..other });
        let (alone, beside) = (run(&config, &answers), run(&config, &more));
        for index in 0..answers.len() {
            prop_assert_eq!(alone.response(index), beside.response(index));
        }
    }

    #[test]
    fn finite_inputs_give_finite_outputs(config in config(), answers in vec(answer(wild()), 1..8)) {
        let batch = run(&config, &answers);
        for response in batch.responses() {
            prop_assert!(response.token_rewards.iter().all(|value| value.is_finite()));
            prop_assert!(response.returns.iter().all(|value| value.is_finite()));
            prop_assert!(response.advantages.iter().all(|value| value.is_finite()));
            prop_assert!(response.baseline.constant.is_finite());
            prop_assert!(response.baseline.per_unit.is_finite());
        }
    }

    #[test]
    fn advantages_are_returns_less_the_baseline(answers in vec(answer(calm()), 1..8), config in config()) {
        let mut config = without_whitening(config);
        config.truncated = Truncated::Kept;
        if config.baseline == Baseline::Grpo {
            config.baseline = Baseline::DrGrpo;
        }
        let batch = run(&config, &answers);
        for (answer, response) in answers.iter().zip(batch.responses()) {
            let baseline = response.baseline.at_tokens(&answer.steps, response.returns.len());
            for (token, advantage) in response.advantages.iter().enumerate() {
                let separator = answer.steps.iter().any(|step| step.last() == token);
                if separator && config.separators == SeparatorAdvantage::Masked {
                    prop_assert_eq!(*advantage, 0.0);
                } else {
                    let expected = response.returns[token] - baseline[token];
                    prop_assert!((advantage - expected).abs() < 1e-5);
                }
            }
        }
    }

    #[test]
    fn the_papers_advantages_follow_its_formula_term_by_term(answers in vec(answer(calm()), 1..10)) {
        let config = MethodConfig {
            credit: CreditConfig::Min(Min),
            separators: SeparatorAdvantage::Kept,
            limit: Some(LIMIT),
            ..MethodConfig::default()
        };
        let batch = run(&config, &answers);
        for (i, (answer, response)) in answers.iter().zip(batch.responses()).enumerate() {
            let others = answers.iter().enumerate().filter(|(j, other)| *j != i && other.group == answer.group);
            let others: Vec<&Answer> = others.map(|(_, other)| other).collect();
            let mean = |of: &dyn Fn(&Answer) -> f64| {
                others.iter().map(|other| of(other)).sum::<f64>() / others.len().max(1) as f64
            };
            let outcome = |answer: &Answer| f64::from(answer.scores.outcome.unwrap_or(0.0));
            let baseline = mean(&outcome) + mean(&summed_returns) / LIMIT as f64;
            for (token, advantage) in response.advantages.iter().enumerate() {
                let kl: f64 = answer.log_probs[token..].iter().map(|(p, q)| f64::from(p - q)).sum();
                let own = min_return(answer, token) + outcome(answer) - 0.001 * kl;
                prop_assert!((f64::from(*advantage) - (own - baseline)).abs() < 1e-5);
            }
        }
    }

    #[test]
    fn whitened_advantages_have_mean_0_and_deviation_1(answers in vec(answer(calm()), 4..12)) {
        let mut config = Preset::Verl.config();
        config.whiten = true;
        let batch = run(&config, &answers);
        let n = batch.advantages().len() as f64;
        prop_assume!(n > 20.0);
        let values = || batch.advantages().iter().map(|&a| f64::from(a));
        let mean = values().sum::<f64>() / n;
        let variance = values().map(|a| (a - mean).powi(2)).sum::<f64>() / (n - 1.0);
        prop_assert!(mean.abs() < 1e-5, "{}", mean);
        prop_assert!((variance - 1.0).abs() < 1e-3, "{}", variance);
    }
}

fn plain(group: usize, outcome: f32) -> Answer {
    let scores = Scores {
        process: vec![0.5, -0.5],
        outcome: Some(outcome),
    };
    let log_probs = vec![(0.0, 0.0); 6];
    Answer {
        group,
        steps: spans(&[3, 3]),
        scores,
        log_probs,
        finish: Finish::End,
    }
}

#[test]
fn groups_of_one_and_of_equal_rewards_are_finite_and_reported() {
    let answers = [
        plain(0, 1.0),
        plain(1, 1.0),
        plain(1, 1.0),
        plain(3, 0.0),
        plain(3, 1.0),
    ];
    for preset in [Preset::Paper, Preset::Verl, Preset::OpenRlhf] {
        for whiten in [false, true] {
            for baseline in [preset.config().baseline, Baseline::Grpo, Baseline::Rloo] {
                let batch = run(
                    &MethodConfig {
                        whiten,
                        baseline,
                        ..preset.config()
                    },
                    &answers,
                );
                assert!(
                    batch
                        .advantages()
                        .iter()
                        .all(|advantage| advantage.is_finite())
                );
                assert_eq!(batch.report().groups_of_one, [0]);
                assert_eq!(batch.report().groups_without_signal, [1]);
                assert_eq!(batch.report().groups, 3);
            }
        }
    }
}

#[test]
fn a_cut_answer_is_kept_masked_or_penalised() {
    let cut = Answer {
        finish: Finish::Length,
        ..plain(0, 1.0)
    };
    let answers = [cut, plain(0, 1.0)];
    let with = |truncated| {
        let config = MethodConfig {
            truncated,
            separators: SeparatorAdvantage::Kept,
            ..MethodConfig::default()
        };
        run(&config, &answers)
    };
    let (kept, masked) = (with(Truncated::Kept), with(Truncated::Masked));
    let penalised = with(Truncated::Penalised { penalty: 0.25 });
    assert_eq!(kept.report().truncated, 1);
    assert_eq!(masked.response(0).advantages, [0.0; 6]);
    assert_eq!(masked.response(1), kept.response(1));
    let paid = |batch: &CreditedBatch| batch.response(0).token_rewards[5];
    assert_eq!(paid(&penalised), paid(&kept) - 0.25);
    // Being cut also raises the other answer above it.
    let advantage = |batch: &CreditedBatch| batch.response(1).advantages[0];
    assert!((advantage(&penalised) - advantage(&kept) - 0.25).abs() < 1e-6);
}

#[test]
fn one_answer_of_a_million_tokens_takes_linear_time() {
    let tokens = 1 << 20;
    let steps = spans(&vec![2; tokens / 2]);
    let scores = Scores {
        process: vec![0.1; tokens / 2],
        outcome: Some(1.0),
    };
    let answer = Answer {
        group: 0,
        steps,
        scores,
        log_probs: vec![(-1.0, -1.1); tokens],
        finish: Finish::End,
    };
    for form in CreditConfig::every_form() {
        let start = Instant::now();
        run(
            &MethodConfig {
                credit: form,
                whiten: true,
                ..MethodConfig::default()
            },
            std::slice::from_ref(&answer),
        );
        // Quadratic time would be hours.
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "{form}: {:?}",
            start.elapsed()
        );
    }
}
