use std::f32::consts::LN_2;

use burn::tensor::{Device, Tensor};
use pure_core::metrics::LOSS;
use pure_core::reward_model::Pqm;
use pure_golden::Curve;
use pure_model::Precision;
use pure_run::{BatchConfig, Decay, LrScheduler, Objective, OptimizerConfig, SchedulerType};

use super::*;

fn sequences(curve: &Curve, batch: usize) -> Vec<Sequence<Question>> {
    let tokens = curve.rows(&format!("batch{batch}.input_ids"));
    let labels = curve.rows(&format!("batch{batch}.labels"));
    let rows = tokens.iter().zip(labels).map(|(tokens, labels)| {
        let labelled = labels.iter().enumerate().filter(|(_, label)| **label >= 0);
        let question = |label: i64| Question {
            good: label as f32,
            answer: 0,
        };
        let targets: Vec<_> = labelled.map(|(at, &label)| (at, question(label))).collect();
        let last = targets.last().map_or(0, |(place, _)| *place);
        Sequence {
            tokens: tokens[..=last].iter().map(|&token| token as u32).collect(),
            targets,
        }
    });
    rows.collect()
}

fn optimizer(curve: &Curve) -> OptimizerConfig {
    OptimizerConfig {
        offload: pure_model::Offload::Never,
        betas: [0, 1].map(|index| curve.json["betas"][index].as_f64().unwrap()),
        epsilon: curve.number("eps"),
        weight_decay: curve.number("weight_decay"),
        decay: match curve.json["weight_decay_applies_to"].as_str() {
            Some("all parameters") => Decay::All,
            _ => Decay::Matrices,
        },
        max_grad_norm: curve.number("grad_clip"),
    }
}

const EVEN: StepLabels = StepLabels {
    loss: Loss::CrossEntropy([1.0; 2]),
};

#[test]
fn losses_gradients_and_weights_follow_pytorch() {
    for curve in Curve::committed(&["prm_full", "prm_head_only"]) {
        let checkpoint = Checkpoint::open(curve.model()).unwrap();
        let device = Device::flex().autodiff();
        let mut prm = checkpoint.load_prm(&device, Precision::F32).unwrap();
        if curve.json["fix_llm"] == true {
            prm.model = prm.model.no_grad();
        }
        let scheduler = LrScheduler {
            kind: SchedulerType::Linear,
            ..LrScheduler::constant(curve.number("peak_lr"))
        };
        let steps = curve.json["log"].as_array().unwrap().len();
        let state = TrainState::new(prm, &optimizer(&curve), scheduler, steps);
        let batch = BatchConfig {
            batch_tokens: Some(40),
            ..BatchConfig::default()
        };
        let none: Rc<[Sequence<Question>]> = Rc::new([]);
        let mut learner = Supervised::new(EVEN, state, &batch, 0, none.clone(), none);
        curve.compare(|step| {
            let sequences = sequences(&curve, step % 3);
            let measures = learner.learn(step, &sequences.iter().collect::<Vec<_>>());
            let measures = measures.unwrap();
            [
                ("loss", "loss"),
                ("acc", "accuracy"),
                ("grad_norm", "grad_norm"),
                ("lr", "learning_rate"),
            ]
            .map(|(recorded, name)| (recorded, measures.get(name).unwrap()))
            .to_vec()
        });
        let folder = tempfile::tempdir().unwrap();
        let prm = learner.into_model().unwrap();
        let save = checkpoint.save_prm_as(folder.path(), &prm, Precision::F32);
        save.unwrap();
        curve.compare_weights(folder.path());
    }
}

/// `torch.nn.functional.cross_entropy` of the same logits, in f64.
#[test]
fn class_weights_and_soft_labels_mean_what_they_mean_in_pytorch() {
    let device = Device::flex();
    let z = [[1.0, 2.0], [0.5, -1.0], [0.0, 0.0]];
    let loss = |labels: [f32; 3], class_weights: [f64; 2]| {
        let questions = labels.map(|good| Question { good, answer: 0 });
        let example = Sequence {
            tokens: vec![1; 3],
            targets: questions.into_iter().enumerate().collect(),
        };
        let objective = StepLabels {
            loss: Loss::CrossEntropy(class_weights),
        };
        let scale = objective.scale(&[&example]);
        let logits = Tensor::from_floats(z, &device);
        let (_, measures) = objective.loss_of_logits(logits, &questions, scale);
        measures.get(LOSS.name).unwrap()
    };
    for (found, expected) in [
        (loss([1.0, 0.0, 0.0], [3.0, 0.5]), 0.436_971_1),
        (loss([0.25, 0.0, 0.5], [1.0, 1.0]), 0.652_607_4),
    ] {
        assert!(
            (found - expected).abs() < 1e-6,
            "{found}, expected {expected}"
        );
    }
}

/// Two answers, of two steps and of three, whose log-odds of being good are these: log 3 and 0; log 2, log 3 and 0.
const TWO_ANSWERS: [[f32; 2]; 5] = [
    [0.5, 1.598_612_3],
    [-1.0, -1.0],
    [0.0, LN_2],
    [1.0, 2.098_612_3],
    [0.0, 0.0],
];

/// The loss of them with such labels, and its gradient by the logits.
fn of_two_answers(loss: Loss, labels: [f32; 5]) -> (f64, Vec<f32>) {
    let question = |(step, good)| Question {
        good,
        answer: usize::from(step >= 2),
    };
    let questions: Vec<Question> = labels.into_iter().enumerate().map(question).collect();
    let examples = [&questions[..2], &questions[2..]].map(|questions| Sequence {
        tokens: vec![1; questions.len()],
        targets: questions.iter().copied().enumerate().collect(),
    });
    let objective = StepLabels { loss };
    let scale = objective.scale(&examples.each_ref());
    let logits = Tensor::from_floats(TWO_ANSWERS, &Device::flex().autodiff()).require_grad();
    let (loss, measures) = objective.loss_of_logits(logits.clone(), &questions, scale);
    let gradient = logits.grad(&loss.backward()).unwrap().into_data();
    (
        measures.get(LOSS.name).unwrap(),
        gradient.try_into_vec().unwrap(),
    )
}

fn assert_close(found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        let apart = (f64::from(*found) - expected).abs();
        assert!(apart < 1e-6, "{found}, expected {expected}");
    }
}

#[test]
fn an_outcome_is_that_of_the_product_of_an_answers_steps_and_of_no_other_answers() {
    // q = 3/4, 1/2 of a right answer and 2/3, 3/4, 1/2 of a wrong one, whose product is 1/4.
    let (loss, gradient) = of_two_answers(Loss::Outcome, [1.0, 1.0, 0.0, 0.0, 0.0]);
    let expected = ((8.0_f64 / 3.0).ln() + (4.0_f64 / 3.0).ln()) / 2.0;
    assert!(
        (loss - expected).abs() < 1e-6,
        "{loss}, expected {expected}"
    );
    // By the log-odds -(1 - q), and (1 - q) (1/4) / (3/4); half of each, for they are two answers.
    let slopes = [-0.25, -0.5, 1.0 / 9.0, 1.0 / 12.0, 1.0 / 6.0];
    let by_logits: Vec<f64> = slopes
        .into_iter()
        .flat_map(|s| [-s / 2.0, s / 2.0])
        .collect();
    assert_close(&gradient, &by_logits);
}

#[test]
fn a_ranking_is_that_of_the_steps_of_an_answer_and_of_no_other_answers() {
    let pqm = Loss::Pqm(Pqm { zeta: 4.0_f64.ln() });
    let (loss, gradient) = of_two_answers(pqm, [1.0, 1.0, 1.0, 1.0, 0.0]);
    // Right steps alone, e^Q = 3 and 1, with the start: 3/4 and 1/5. Then 2 and 3 right and 1 wrong, which weighs 4:
    // the start 1/5, 2/7 and 3/10.
    let first = -((3.0_f64 / 4.0).ln() + 0.2_f64.ln()) / 2.0;
    let second = -(0.2_f64.ln() + (2.0_f64 / 7.0).ln() + 0.3_f64.ln()) / 3.0;
    let expected = (first + second) / 2.0;
    assert!(
        (loss - expected).abs() < 1e-6,
        "{loss}, expected {expected}"
    );
    let slopes = [
        (3.0 / 4.0 + 3.0 / 5.0 - 1.0) / 2.0,
        (1.0 / 5.0 - 1.0) / 2.0,
        (2.0 / 7.0 + 2.0 / 10.0 - 1.0) / 3.0,
        (3.0 / 10.0 - 1.0) / 3.0,
        (4.0 / 5.0 + 4.0 / 7.0 + 4.0 / 10.0) / 3.0,
    ];
    let by_logits: Vec<f64> = slopes
        .into_iter()
        .flat_map(|s| [-s / 2.0, s / 2.0])
        .collect();
    assert_close(&gradient, &by_logits);
}
