use burn::tensor::{Device, Tensor};
use pure_core::metrics::LOSS;
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
    class_weights: [1.0; 2],
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
        let objective = StepLabels { class_weights };
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
