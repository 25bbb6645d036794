use burn::tensor::{Device, Tensor};

use super::model::cross_entropy;
use super::*;
use crate::golden::Curve;
use crate::optim::{Decline, Schedule};

fn texts(curve: &Curve, batch: usize) -> Vec<Text<Question>> {
    let tokens = curve.rows(&format!("batch{batch}.input_ids"));
    let labels = curve.rows(&format!("batch{batch}.labels"));
    let rows = tokens.iter().zip(labels).map(|(tokens, labels)| {
        let labelled = labels.iter().enumerate().filter(|(_, label)| **label >= 0);
        let question = |label: i64| Question {
            good: label as f32,
            answer: 0,
        };
        let asked: Vec<_> = labelled.map(|(at, &label)| (at, question(label))).collect();
        let last = asked.last().map_or(0, |(place, _)| *place);
        Text {
            tokens: tokens[..=last].iter().map(|&token| token as u32).collect(),
            asked,
        }
    });
    rows.collect()
}

#[test]
fn losses_gradients_and_weights_follow_pytorch() {
    for curve in Curve::all(&["prm_full", "prm_head_only"]) {
        let checkpoint = Checkpoint::open(curve.model()).unwrap();
        let device = Device::flex().autodiff();
        let mut prm = checkpoint.load_prm(&device, Precision::F32).unwrap();
        if curve.json["fix_llm"] == true {
            prm.model = prm.model.no_grad();
        }
        let schedule = Schedule {
            decline: Decline::Linear,
            ..Schedule::constant(curve.json["peak_lr"].as_f64().unwrap())
        };
        let layout = Layout {
            batch_tokens: 40,
            packed: None,
        };
        let batches = |step: usize| {
            let texts = texts(&curve, step % 3);
            shares(layout, [1.0; 2], &texts.iter().collect::<Vec<_>>())
        };
        let signals = ["loss", "accuracy"];
        let model = curve.compare(PrmModel { prm }, schedule, batches, &signals);
        let folder = tempfile::tempdir().unwrap();
        let save = checkpoint.save_prm_as(folder.path(), &model.prm, Precision::F32);
        save.unwrap();
        curve.compare_weights(folder.path());
    }
}

/// `torch.nn.functional.cross_entropy` of the same logits, in f64.
#[test]
fn class_weights_and_soft_labels_mean_what_they_mean_in_pytorch() {
    let device = Device::flex();
    let z = [[1.0, 2.0], [0.5, -1.0], [0.0, 0.0]];
    let loss = |labels: [f32; 3], weights: [f64; 2]| {
        let questions = labels.map(|good| Question { good, answer: 0 });
        let text = Text {
            tokens: vec![1; 3],
            asked: questions.into_iter().enumerate().collect(),
        };
        let layout = Layout {
            batch_tokens: 8,
            packed: None,
        };
        let share = shares(layout, weights, &[&text])[0].share;
        let sum = cross_entropy(Tensor::from_floats(z, &device), &questions, weights);
        f64::from(sum.into_scalar::<f32>()) * share
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
