//! What must not matter does not: caching, padding, and how texts are put into batches.

use std::path::Path;
use std::sync::LazyLock;

use burn::tensor::{Device, Int, Tensor};
use proptest::collection::vec;
use proptest::prelude::*;
use pure_model::{CausalLm, Checkpoint, Exchange, Positions, Precision};

const TOLERANCE: f32 = 1e-5;

/// One model of each family.
static MODELS: LazyLock<[CausalLm; 3]> = LazyLock::new(|| {
    ["qwen2_tied", "qwen3", "llama_3_1"].map(|name| {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/models");
        let checkpoint = Checkpoint::open(models.join(name)).unwrap();
        checkpoint.load(&Device::flex(), Precision::F32).unwrap()
    })
});

fn text(length: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<u32>> {
    vec(0..96_u32, length)
}

fn exchange() -> impl Strategy<Value = Exchange> {
    (text(1..20), text(0..20)).prop_map(|(prompt, response)| Exchange { prompt, response })
}

fn tensor(rows: &[Vec<u32>]) -> Tensor<2, Int> {
    let flat: Vec<i32> = rows
        .concat()
        .into_iter()
        .map(|token| token as i32)
        .collect();
    let tokens = Tensor::<1, Int>::from_ints(flat.as_slice(), &Device::flex());
    tokens.reshape([rows.len(), rows[0].len()])
}

/// Hidden states of one text alone, without pads or cache: what all else must agree with.
fn alone(model: &CausalLm, text: &[u32]) -> Tensor<3> {
    let positions = Positions::sequential(0, text.len());
    model.model.forward(tensor(&[text.to_vec()]), &positions)
}

fn assert_close(what: &str, got: Tensor<3>, expected: Tensor<3>) {
    let scale: f32 = expected.clone().abs().max().into_scalar();
    assert_eq!(got.dims(), expected.dims());
    let gap: f32 = (got - expected).abs().max().into_scalar();
    assert!(
        gap <= TOLERANCE * scale.max(1.0),
        "{what}: {gap} of {scale}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn reading_in_pieces_through_a_cache_is_reading_at_once(
        model in 0..3_usize,
        rows in (1..4_usize, 1..30_usize).prop_flat_map(|(rows, length)| vec(text(length), rows)),
        pieces in vec(1..8_usize, 1..10),
    ) {
        let model = &MODELS[model];
        let length = rows[0].len();
        let mut cache = model.model.new_cache(rows.len(), length + 3);
        let tokens = tensor(&rows);
        let mut parts = Vec::new();
        let mut pieces = pieces.into_iter().cycle();
        while cache.len() < length {
            let start = cache.len();
            let size = pieces.next().unwrap().min(length - start);
            let piece = tokens.clone().narrow(1, start, size);
            let positions = Positions::sequential(start, size);
            parts.push(model.model.forward_cached(piece, &positions, &mut cache));
        }
        let whole = model.model.forward(tokens, &Positions::sequential(0, length));
        assert_close("cached", Tensor::cat(parts, 1), whole);
    }

    #[test]
    fn pads_on_either_side_change_no_real_token(
        model in 0..3_usize,
        texts in vec(text(1..16), 1..5),
        extra in 0..4_usize,
    ) {
        let model = &MODELS[model];
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        let width = lengths.iter().max().unwrap() + extra;
        for left in [true, false] {
            let padded: Vec<Vec<u32>> = texts.iter().map(|text| {
                let pads = vec![0; width - text.len()];
                if left { [pads, text.clone()].concat() } else { [text.clone(), pads].concat() }
            }).collect();
            let positions = if left {
                Positions::left_padded(&lengths, width)
            } else {
                Positions::right_padded(&lengths, width)
            };
            let hidden = model.model.forward(tensor(&padded), &positions);
            for (row, text) in texts.iter().enumerate() {
                let start = if left { width - text.len() } else { 0 };
                let got = hidden.clone().narrow(0, row, 1).narrow(1, start, text.len());
                assert_close("padded", got, alone(model, text));
            }
        }
    }

    #[test]
    fn rows_taken_from_a_cache_go_on_as_they_would_have(
        prompts in vec(text(5), 2..4),
        chosen in vec(0..2_usize, 1..5),
        next in text(3),
    ) {
        let model = &MODELS[0];
        let mut cache = model.model.new_cache(prompts.len(), 10);
        let read = Positions::sequential(0, 5);
        model.model.forward_cached(tensor(&prompts), &read, &mut cache);
        let mut taken = cache.select(&chosen);
        let rows = vec![next.clone(); chosen.len()];
        let positions = Positions::sequential(5, 3);
        let hidden = model.model.forward_cached(tensor(&rows), &positions, &mut taken);
        for (row, &prompt) in chosen.iter().enumerate() {
            let whole = [prompts[prompt].clone(), next.clone()].concat();
            let expected = alone(model, &whole).narrow(1, 5, 3);
            assert_close("taken", hidden.clone().narrow(0, row, 1), expected);
        }
    }

    #[test]
    fn scores_do_not_depend_on_the_batch(
        model in 0..3_usize,
        exchanges in vec(exchange(), 1..7),
        split in 1..4_usize,
    ) {
        let model = &MODELS[model];
        let whole = model.score_responses(&exchanges, 1.0, usize::MAX).unwrap();
        let parts = exchanges.chunks(split);
        let parts = parts.flat_map(|part| model.score_responses(part, 1.0, usize::MAX).unwrap());
        for (whole, part) in whole.iter().zip(parts) {
            let pairs = whole.log_probs.iter().zip(&part.log_probs);
            for (a, b) in pairs.chain(whole.entropies.iter().zip(&part.entropies)) {
                prop_assert!((a - b).abs() <= TOLERANCE * a.abs().max(1.0), "{} {}", a, b);
            }
        }
    }
}
