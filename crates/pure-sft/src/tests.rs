use burn::tensor::Device;
use pure_golden::Curve;
use pure_run::{BatchConfig, Decay, LrScheduler, OptimizerConfig};

use super::*;

const CURVES: [&str; 2] = ["lm_tied_wd_2d", "lm_tied_wd_all"];

/// The rows of a recorded batch, every token but the first to be learned.
fn sequences(curve: &Curve, batch: usize) -> Vec<Sequence<u32>> {
    let tokens = curve.rows(&format!("batch{batch}.input_ids"));
    let masks = curve.rows(&format!("batch{batch}.attention_mask"));
    let rows = tokens.iter().zip(masks).map(|(tokens, mask)| {
        let length = mask.iter().filter(|&&real| real == 1).count();
        assert!(
            mask[..length].iter().all(|&real| real == 1),
            "padded on the right"
        );
        let tokens: Vec<u32> = tokens[..length].iter().map(|&token| token as u32).collect();
        Sequence {
            targets: (1..length)
                .map(|place| (place - 1, tokens[place]))
                .collect(),
            tokens: tokens[..length - 1].to_vec(),
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

/// Trains along a curve, its updates divided in some way.
fn follow(curve: &Curve, batch: &BatchConfig) {
    let checkpoint = Checkpoint::open(curve.model()).unwrap();
    let device = Device::flex().autodiff();
    let lm = checkpoint.load(&device, Precision::F32).unwrap();
    let scheduler = LrScheduler {
        warmup_steps: curve.number("warmup_steps") as usize,
        ..LrScheduler::constant(curve.number("peak_lr"))
    };
    let steps = curve.json["log"].as_array().unwrap().len();
    let state = TrainState::new(lm, &optimizer(curve), scheduler, steps);
    let none: Rc<[Sequence<u32>]> = Rc::new([]);
    let mut learner = Supervised::new(NextToken, state, batch, 0, none.clone(), none);
    curve.compare(|step| {
        let sequences = sequences(curve, step % 4);
        let measures = learner.learn(step, &sequences.iter().collect::<Vec<_>>());
        let measures = measures.unwrap();
        [
            ("loss", "loss"),
            ("grad_norm", "grad_norm"),
            ("lr", "learning_rate"),
        ]
        .map(|(recorded, name)| (recorded, measures.get(name).unwrap()))
        .to_vec()
    });
    let folder = tempfile::tempdir().unwrap();
    let lm = learner.into_model().unwrap();
    checkpoint
        .save_as(folder.path(), &lm, Precision::F32)
        .unwrap();
    curve.compare_weights(folder.path());
}

/// A step is one batch.
fn at_once() -> BatchConfig {
    BatchConfig {
        batch_tokens: Some(1000),
        ..BatchConfig::default()
    }
}

#[test]
fn losses_gradients_and_weights_follow_pytorch() {
    for curve in Curve::committed(&CURVES) {
        follow(&curve, &at_once());
    }
}

#[test]
#[ignore = "wants PURE_GOLDEN: its model is too large to be committed"]
fn those_of_a_model_with_a_head_of_its_own_follow_pytorch() {
    for curve in Curve::elsewhere(&["lm_untied_wd_all"]) {
        follow(&curve, &at_once());
    }
}

#[test]
fn a_step_of_many_small_batches_is_the_step_of_one_large_batch() {
    let batch = BatchConfig {
        batch_tokens: Some(1),
        ..BatchConfig::default()
    };
    follow(&Curve::committed(&CURVES)[0], &batch);
}

#[test]
fn packed_texts_learn_as_texts_with_a_row_each() {
    let batch = BatchConfig {
        batch_tokens: Some(1000),
        max_length: 40,
        packing: true,
        ..BatchConfig::default()
    };
    follow(&Curve::committed(&CURVES)[0], &batch);
}
