//! The methods that PURE is compared with: what none of their numbers may depend on.

use proptest::collection::vec;
use proptest::prelude::*;
use pure_core::reward_model::{ImplicitPrm, Pqm, outcome_loss};
use pure_core::{
    AnswerFilter, Baseline, CreditConfig, MethodConfig, Preset, RewardSource, Scores,
    UnverifiedConfig,
};

use super::answers::{Answer, LIMIT, answer, calm, plain, run, spans, wild};

/// The presets that need no reference answers.
const PRESETS: [Preset; 7] = [
    Preset::Grpo,
    Preset::Blend,
    Preset::Prof,
    Preset::Papo,
    Preset::PapoSoftMin,
    Preset::MaxRl,
    Preset::Prime,
];

fn config() -> impl Strategy<Value = MethodConfig> {
    let preset = prop::sample::select(PRESETS.to_vec());
    let form = prop::sample::select(CreditConfig::every_form().to_vec());
    let kl = prop_oneof![Just(0.0), Just(0.001)];
    let filter = prop_oneof![Just(AnswerFilter::None), Just(AnswerFilter::Prof)];
    let unverified = prop_oneof![Just(None), Just(Some(UnverifiedConfig::default()))];
    (preset, form, kl, filter, unverified, any::<bool>()).prop_map(
        |(preset, credit, kl, filter, unverified, whiten)| {
            let mut config = preset.config();
            config.kl.coefficient = kl;
            MethodConfig {
                credit,
                filter,
                unverified,
                whiten,
                limit: Some(LIMIT),
                ..config
            }
        },
    )
}

/// A group whose answers are right, wrong or unverified together with the outcomes.
fn group(outcomes: &[Option<f32>], process: &[f32]) -> Vec<Answer> {
    let answers = outcomes.iter().zip(process.chunks(2));
    let answer = |(outcome, process): (&Option<f32>, &[f32])| Answer {
        scores: Scores {
            process: process.to_vec(),
            outcome: *outcome,
        },
        ..plain(0, 0.0)
    };
    answers.map(answer).collect()
}

fn first_advantages(config: &MethodConfig, answers: &[Answer]) -> Vec<f32> {
    let batch = run(config, answers);
    let responses = batch.responses();
    responses.map(|response| response.advantages[0]).collect()
}

proptest! {
    #[test]
    fn order_of_answers_and_groups_changes_nothing(
        config in config(),
        answers in vec(answer(calm()), 1..12),
        seed in any::<u64>(),
    ) {
        // Of equal rewards a filter keeps the first, so that there order counts.
        let mut answers = answers;
        for (index, answer) in answers.iter_mut().enumerate() {
            answer.steps.insert(0, spans(&[1])[0]);
            answer.steps.iter_mut().skip(1).for_each(|step| {
                step.start += 1;
                step.end += 1;
            });
            answer.log_probs.insert(0, (0.0, 0.0));
            answer.scores.process.insert(0, -1.0 - index as f32 / 16.0);
        }
        answers.retain(|answer| answer.log_probs.len() <= LIMIT);
        prop_assume!(!answers.is_empty());
        let mut order: Vec<usize> = (0..answers.len()).collect();
        order.sort_by_key(|&index| (index as u64 + 1).wrapping_mul(seed | 1));
        let shuffled: Vec<Answer> = order.iter().map(|&index| {
            let answer = answers[index].clone();
            Answer { group: 3 - answer.group, ..answer }
        }).collect();
        let (plain, shuffled) = (run(&config, &answers), run(&config, &shuffled));
        for (place, &index) in order.iter().enumerate() {
            let (a, b) = (plain.response(index), shuffled.response(place));
            prop_assert_eq!(a.is_kept, b.is_kept);
            for (a, b) in a.advantages.iter().zip(b.advantages) {
                prop_assert!((a - b).abs() <= 1e-4 * a.abs().max(1.0), "{} and {}", a, b);
            }
        }
    }

    #[test]
    fn other_groups_change_nothing(
        config in config(),
        answers in vec(answer(calm()), 1..8),
        other in answer(calm()),
    ) {
        let config = MethodConfig { whiten: false, ..config };
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
            prop_assert!(response.returns.iter().all(|value| value.is_finite()));
            prop_assert!(response.advantages.iter().all(|value| value.is_finite()));
            prop_assert!(response.baseline.constant.is_finite());
            prop_assert!(response.baseline.per_unit.is_finite());
        }
    }

    #[test]
    fn what_is_filtered_out_is_as_if_it_had_not_been_there(
        config in config(),
        answers in vec(answer(calm()), 1..12),
    ) {
        let config = MethodConfig { filter: AnswerFilter::Prof, ..config };
        let batch = run(&config, &answers);
        let responses = || batch.responses().zip(&answers);
        let kept: Vec<Answer> = responses().filter(|(r, _)| r.is_kept).map(|(_, a)| a.clone()).collect();
        let again = run(&config, &kept);
        let mut again = again.responses();
        for (response, _) in responses() {
            if response.is_kept {
                prop_assert_eq!(response, again.next().unwrap());
            } else {
                prop_assert!(response.advantages.iter().all(|advantage| *advantage == 0.0));
            }
        }
        // Right and wrong ones of a group are as many, if there are both.
        for group in 0..4 {
            let count = |right| kept.iter().filter(|a| a.group == group && a.scores.outcome == Some(right)).count();
            let (right, wrong) = (count(1.0), count(0.0));
            prop_assert!(right == wrong || right == 0 || wrong == 0);
        }
    }

    #[test]
    fn no_wrong_answer_gains_by_its_process_reward_in_papo(
        process in vec(calm(), 12),
        other in vec(calm(), 12),
    ) {
        let outcomes = [1.0, 0.0, 1.0, 0.0, 0.0, 1.0].map(Some);
        let papo = Preset::Papo.config();
        let [a, b] = [process, other].map(|process| first_advantages(&papo, &group(&outcomes, &process)));
        for wrong in [1, 3, 4] {
            prop_assert_eq!(a[wrong], b[wrong]);
        }
        // Right answers have it among themselves, in all nothing.
        let sum = |advantages: &[f32]| advantages.iter().sum::<f32>();
        prop_assert!(sum(&a).abs() < 1e-4 && sum(&b).abs() < 1e-4);
    }

    #[test]
    fn papo_without_process_rewards_is_grpo_and_with_wrong_answers_alone_nothing(process in vec(calm(), 8)) {
        let mixed = group(&[1.0, 0.0, 0.0, 1.0].map(Some), &process);
        let mut outcomes = Preset::Papo.config();
        outcomes.reward.source = RewardSource::Outcome;
        for filter in [AnswerFilter::None, AnswerFilter::Prof] {
            let (papo, grpo) = (outcomes.clone(), Preset::Grpo.config());
            let [papo, grpo] = [papo, grpo].map(|config| MethodConfig { filter, ..config });
            prop_assert_eq!(first_advantages(&papo, &mixed), first_advantages(&grpo, &mixed));
        }
        let wrong = group(&[Some(0.0); 4], &process);
        let batch = run(&Preset::Papo.config(), &wrong);
        prop_assert!(batch.advantages().iter().all(|advantage| *advantage == 0.0));
        prop_assert_eq!(&batch.report().groups_without_signal, &[0]);
    }

    #[test]
    fn groups_with_and_without_outcomes_are_credited_each_in_its_own_form(answers in vec(answer(calm()), 1..12)) {
        let mut pair = Preset::PapoSoftMin.config();
        pair.limit = Some(LIMIT);
        let mut soft_min = MethodConfig { limit: Some(LIMIT), ..MethodConfig::default() };
        soft_min.kl.coefficient = 0.0;
        let papo = MethodConfig { unverified: None, ..pair.clone() };
        let (both, papo, soft_min) = (run(&pair, &answers), run(&papo, &answers), run(&soft_min, &answers));
        for (index, answer) in answers.iter().enumerate() {
            let mut group = answers.iter().filter(|other| other.group == answer.group);
            let expected = match group.any(|other| other.scores.outcome.is_some()) {
                true => papo.response(index),
                false => soft_min.response(index),
            };
            prop_assert_eq!(both.response(index), expected);
        }
    }

    #[test]
    fn prime_is_leave_one_out_where_the_steps_of_an_answer_are_alike(
        rewards in vec((calm(), 1_usize..6), 2..6),
    ) {
        let answers = rewards.iter().map(|&(reward, steps)| Answer {
            scores: Scores { process: vec![reward; steps], outcome: Some(1.0) },
            steps: spans(&vec![1; steps]),
            log_probs: vec![(0.0, 0.0); steps],
            ..plain(0, 1.0)
        });
        let answers: Vec<Answer> = answers.collect();
        let recipe = Preset::Prime.config();
        let paper = MethodConfig { baseline: Baseline::StepLeaveOneOut, ..recipe.clone() };
        let (recipe, paper) = (run(&recipe, &answers), run(&paper, &answers));
        for (a, b) in recipe.advantages().iter().zip(paper.advantages()) {
            prop_assert!((a - b).abs() < 1e-5, "{} and {}", a, b);
        }
    }

    #[test]
    fn losses_of_reward_models_are_finite_and_pull_no_step_harder_than_one(
        steps in vec((wild(), any::<bool>()), 1..8),
        is_right in any::<bool>(),
        sum in prop::num::f64::NORMAL,
    ) {
        let (values, good): (Vec<f32>, Vec<bool>) = steps.into_iter().unzip();
        for (loss, gradient) in [Pqm::default().loss(&values, &good), outcome_loss(&values, is_right)] {
            prop_assert!(loss.is_finite() && loss >= 0.0, "{}", loss);
            prop_assert_eq!(gradient.len(), values.len());
            prop_assert!(gradient.iter().all(|slope| slope.abs() <= 1.0 + 1e-6), "{:?}", gradient);
        }
        let implicit = ImplicitPrm::default();
        let (loss, slope) = implicit.loss(sum, f32::from(u8::from(is_right)));
        prop_assert!(loss.is_finite() && loss >= 0.0 && slope.abs() <= implicit.beta);
    }

    #[test]
    fn the_order_of_wrong_steps_is_nothing_to_pqm_and_of_all_steps_nothing_to_their_product(
        log_odds in vec(-30.0_f32..30.0, 1..8),
    ) {
        let mut turned = log_odds.clone();
        turned.reverse();
        for is_right in [true, false] {
            let ((a, slopes), (b, turned)) = (outcome_loss(&log_odds, is_right), outcome_loss(&turned, is_right));
            prop_assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0));
            for (a, b) in slopes.iter().zip(turned.iter().rev()) {
                prop_assert!((a - b).abs() < 1e-6);
            }
        }
        let wrong = vec![false; log_odds.len()];
        let (a, b) = (Pqm::default().loss(&log_odds, &wrong), Pqm::default().loss(&turned, &wrong));
        prop_assert!((a.0 - b.0).abs() <= 1e-9 * a.0.abs().max(1.0));
    }
}

#[test]
fn one_answer_alone_and_equal_answers_are_finite_and_reported() {
    let answers = [plain(0, 1.0), plain(1, 0.0), plain(1, 0.0), plain(1, 0.0)];
    for preset in PRESETS {
        let batch = run(&preset.config(), &answers);
        assert!(batch.advantages().iter().all(|a| a.is_finite()));
        assert_eq!(batch.report().groups_of_one, [0]);
        assert_eq!(batch.report().groups_without_signal, [1]);
        for equal in 1..4 {
            let advantages = batch.response(equal).advantages;
            let is_whole = preset != Preset::Prime;
            assert!(
                !is_whole || advantages.iter().all(|a| *a == 0.0),
                "{preset}"
            );
        }
    }
}

#[test]
fn an_answer_without_steps_teaches_a_reward_model_nothing() {
    let pqm = Pqm::default();
    assert_eq!(pqm.loss(&[], &[]), (0.0, vec![]));
    for is_right in [true, false] {
        assert_eq!(outcome_loss(&[], is_right), (0.0, vec![]));
    }
    assert!(pqm.check().is_ok() && Pqm { zeta: -1.0 }.check().is_err());
    let implicit = ImplicitPrm::default();
    assert!(implicit.check().is_ok());
    assert!(
        ImplicitPrm {
            beta: 0.0,
            ..implicit
        }
        .check()
        .is_err()
    );
}

#[test]
fn whether_a_group_says_anything_is_asked_of_the_answers_that_are_kept() {
    // The second right answer is left out, and the two that stay are paid the same.
    let outcomes = [1.0, 1.0, 0.0].map(Some);
    let answers = group(&outcomes, &[0.5, 0.5, 0.25, 0.0, 0.5, 0.5]);
    let mut config = Preset::Prof.config();
    config.reward.source = RewardSource::Process;
    let batch = run(&config, &answers);
    assert_eq!(batch.report().filtered, 1);
    assert_eq!(batch.report().groups_without_signal, [0]);
}
