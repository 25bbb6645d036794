//! What must not matter does not: caching, padding, and how texts are put into batches.

use std::path::Path;
use std::sync::LazyLock;

use burn::tensor::{Device, Int, Tensor};
use proptest::collection::vec;
use proptest::prelude::*;
use pure_model::{CachedText, CausalLm, Checkpoint, Exchange, KvCache, Positions, Precision};

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
        let mut cache = model.model.new_cache(rows.len() * KvCache::blocks_of(length));
        let mut texts = vec![CachedText::default(); rows.len()];
        let mut parts = Vec::new();
        let mut pieces = pieces.into_iter().cycle();
        while texts[0].len() < length {
            let start = texts[0].len();
            let size = pieces.next().unwrap().min(length - start);
            let piece: Vec<&[u32]> = rows.iter().map(|row| &row[start..start + size]).collect();
            let mut texts: Vec<_> = texts.iter_mut().collect();
            parts.push(model.model.forward_cached(&mut cache, &mut texts, &piece));
        }
        let whole = model.model.forward(tensor(&rows), &Positions::sequential(0, length));
        assert_close("cached", Tensor::cat(parts, 1), whole);
    }

    #[test]
    fn pads_on_either_side_change_no_real_token(
        model in 0..3_usize,
        texts in vec(text(1..16), 1..5),
        extra in 0..4_usize,
    ) {
        let model = &MODELS[model];
        let width = texts.iter().map(Vec::len).max().unwrap() + extra;
        for left in [true, false] {
            let start = |text: &Vec<u32>| if left { width - text.len() } else { 0 };
            let padded: Vec<Vec<u32>> = texts.iter().map(|text| {
                let before = vec![0; start(text)];
                let behind = vec![0; width - text.len() - before.len()];
                [before, text.clone(), behind].concat()
            }).collect();
            let real = texts.iter().flat_map(|text| {
                let own = start(text)..start(text) + text.len();
                (0..width).map(move |column| own.contains(&column))
            });
            let positions = Positions::from_mask(&real.collect::<Vec<_>>(), texts.len(), width);
            let hidden = model.model.forward(tensor(&padded), &positions);
            for (row, text) in texts.iter().enumerate() {
                let got = hidden.clone().narrow(0, row, 1).narrow(1, start(text), text.len());
                assert_close("padded", got, alone(model, text));
            }
        }
    }

    #[test]
    fn texts_that_go_on_from_one_beginning_are_what_each_is_alone(
        model in 0..3_usize,
        prompts in vec(text(1..40), 1..4),
        ends in vec((0..4_usize, text(1..20)), 1..6),
    ) {
        let model = &MODELS[model];
        let mut cache = model.model.new_cache(3 * 3 + 5 * 3);
        let mut read = vec![CachedText::default(); prompts.len()];
        let mut texts: Vec<_> = read.iter_mut().collect();
        model.model.forward_cached(&mut cache, &mut texts, &prompts);
        let (chosen, ends): (Vec<usize>, Vec<Vec<u32>>) =
            ends.into_iter().map(|(prompt, end)| (prompt % prompts.len(), end)).unzip();
        let mut gone_on: Vec<CachedText> = chosen.iter().map(|&prompt| read[prompt].clone()).collect();
        let mut texts: Vec<_> = gone_on.iter_mut().collect();
        let hidden = model.model.forward_cached(&mut cache, &mut texts, &ends);
        for (row, (&prompt, end)) in chosen.iter().zip(&ends).enumerate() {
            let (before, new) = (prompts[prompt].len(), end.len());
            let whole = [prompts[prompt].as_slice(), end].concat();
            let expected = alone(model, &whole).narrow(1, before, new);
            let got = hidden.clone().narrow(0, row, 1).narrow(1, 0, new);
            assert_close("gone on", got, expected);
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
