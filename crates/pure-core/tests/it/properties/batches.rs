//! Batches with something special: groups that say nothing, answers that were cut, very long ones.

use pure_core::{
    Baseline, CreditConfig, CreditedBatch, Finish, MethodConfig, Preset, Scores,
    SeparatorAdvantage, Truncated,
};

use super::answers::{Answer, plain, run, spans};

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
fn one_answer_of_a_million_tokens_is_credited() {
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
        // In quadratic time this test would take hours.
        let batch = run(
            &MethodConfig {
                credit: form,
                whiten: true,
                ..MethodConfig::default()
            },
            std::slice::from_ref(&answer),
        );
        assert_eq!(batch.report().tokens, tokens, "{form}");
    }
}
