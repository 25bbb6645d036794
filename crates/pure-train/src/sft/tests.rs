use burn::tensor::Device;

use super::*;
use crate::golden::Curve;
use crate::optim::Schedule;

const CURVES: [&str; 3] = ["lm_tied_wd_2d", "lm_tied_wd_all", "lm_untied_wd_all"];

/// The rows of a recorded batch, every token but the first to be learned.
fn texts(curve: &Curve, batch: usize) -> Vec<Text<u32>> {
    let tokens = curve.rows(&format!("batch{batch}.input_ids"));
    let masks = curve.rows(&format!("batch{batch}.attention_mask"));
    let rows = tokens.iter().zip(masks).map(|(tokens, mask)| {
        let length = mask.iter().filter(|&&real| real == 1).count();
        assert!(
            mask[..length].iter().all(|&real| real == 1),
            "padded on the right"
        );
        let tokens: Vec<u32> = tokens[..length].iter().map(|&token| token as u32).collect();
        Text {
            asked: (1..length)
                .map(|place| (place - 1, tokens[place]))
                .collect(),
            tokens: tokens[..length - 1].to_vec(),
        }
    });
    rows.collect()
}

fn schedule(curve: &Curve) -> Schedule {
    Schedule {
        warmup: curve.json["warmup_steps"].as_u64().unwrap() as usize,
        ..Schedule::constant(curve.json["peak_lr"].as_f64().unwrap())
    }
}

/// Trains along a curve with texts laid out in some way.
fn follow(curve: &Curve, layout: Layout) {
    let checkpoint = Checkpoint::open(curve.model()).unwrap();
    let device = Device::flex().autodiff();
    let lm = checkpoint.load(&device, Precision::F32).unwrap();
    let batches = |step: usize| {
        let texts = texts(curve, step % 4);
        shares(layout, &texts.iter().collect::<Vec<_>>())
    };
    let SftModel { lm } = curve.compare(SftModel { lm }, schedule(curve), batches, &["loss"]);
    let folder = tempfile::tempdir().unwrap();
    checkpoint
        .save_as(folder.path(), &lm, Precision::F32)
        .unwrap();
    curve.compare_weights(folder.path());
}

#[test]
fn losses_gradients_and_weights_follow_pytorch() {
    let layout = Layout {
        batch_tokens: 1000,
        packed: None,
    };
    Curve::all(&CURVES)
        .iter()
        .for_each(|curve| follow(curve, layout));
}

#[test]
fn a_step_of_many_small_batches_is_the_step_of_one_large_batch() {
    let layout = Layout {
        batch_tokens: 1,
        packed: None,
    };
    follow(&Curve::all(&CURVES)[0], layout);
}

#[test]
fn packed_texts_learn_as_texts_with_a_row_each() {
    let layout = Layout {
        batch_tokens: 1000,
        packed: Some(40),
    };
    follow(&Curve::all(&CURVES)[0], layout);
}
