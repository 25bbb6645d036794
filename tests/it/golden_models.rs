//! The decoder against transformers: hidden states, logits, log-probs, entropies, greedy tokens and
//! gradients of tiny models of every family (tests/golden/make_models.py).

use std::path::PathBuf;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{DType, Device, Int, Tensor, activation};
use pure_model::{
    CachedText, CausalLm, Checkpoint, DeviceChoice, DeviceKind, Exchange, KvCache, Positions,
    Precision, PresentDevice,
};

use crate::golden::{Arrays, folder, gap};

/// How far numbers may be from transformers' in f32. Tensor cores take f32 as TF32, of ten bits of significand, and
/// Burn's kernels take tensor cores where there are any: some 1e-3 of a product.
pub fn tolerance() -> f32 {
    match present().kind {
        DeviceKind::Cpu | DeviceKind::Wgpu => 1e-4,
        DeviceKind::Cuda | DeviceKind::Rocm | DeviceKind::Metal | DeviceKind::Vulkan => 1e-2,
    }
}

struct Golden {
    name: String,
    checkpoint: Checkpoint,
    model: CausalLm,
    arrays: Arrays,
    device: Device,
}

/// `PURE_DEVICE` names the device to test, as `--device` does.
pub fn present() -> PresentDevice {
    let choice = std::env::var("PURE_DEVICE").unwrap_or_else(|_| "cpu".to_owned());
    let choice: DeviceChoice = choice.parse().unwrap();
    choice.open().unwrap()
}

fn for_each_model(test: impl FnMut(&Golden)) {
    for_each_model_on(&present().device(), test);
}

fn for_each_model_on(device: &Device, mut test: impl FnMut(&Golden)) {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder(&["models", "qwen2"]))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    folders.sort();
    if present().kind != DeviceKind::Cpu {
        // A GPU compiles kernels for each shape, for minutes where it is played by a processor:
        // one model of each family is enough there, and the one whose hidden states are known.
        let families = [
            "qwen2_tied",
            "qwen2_sharded",
            "qwen3",
            "llama_3_1",
            "tied_f32",
            "ext_qwen3",
            "ext_llama",
        ];
        folders.retain(|folder| families.iter().any(|family| folder.ends_with(family)));
    }
    assert!(!folders.is_empty());
    for folder in folders {
        let checkpoint = Checkpoint::open(&folder).unwrap();
        let golden = Golden {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            model: checkpoint.load(device, Precision::F32).unwrap(),
            checkpoint,
            arrays: Arrays::read(&folder.join("ref.safetensors")),
            device: device.clone(),
        };
        test(&golden);
    }
}

impl Golden {
    fn positions(&self, mask: &str) -> Positions {
        let (mask, shape) = self.arrays.floats(mask);
        let mask: Vec<bool> = mask.into_iter().map(|real| real != 0.0).collect();
        Positions::from_mask(&mask, shape[0], shape[1])
    }

    /// Compares where the mask is set; elsewhere there is nothing to compare.
    fn compare(&self, what: &str, got: Tensor<3>, mask: &str) {
        let real = self.arrays.int::<2>(mask, &self.device).float();
        let expected = self.arrays.tensor::<3>(what, &self.device);
        let gap = gap(got * real.unsqueeze_dim(2), expected);
        assert!(gap < tolerance(), "{}: {what} differs by {gap}", self.name);
    }
}

#[test]
fn logits_of_padded_batches_are_those_of_transformers() {
    for_each_model(logits_are_right);
}

fn logits_are_right(golden: &Golden) {
    let tokens = golden.arrays.int("input_ids", &golden.device);
    let hidden = golden
        .model
        .model
        .forward(tokens, &golden.positions("attention_mask"));
    golden.compare("logits", golden.model.logits(hidden), "attention_mask");

    // Padded on the right, no positions need to be told.
    let tokens = golden.arrays.int::<2>("right.input_ids", &golden.device);
    let positions = Positions::sequential(0, tokens.dims()[1]);
    let hidden = golden.model.model.forward(tokens, &positions);
    golden.compare(
        "right.logits",
        golden.model.logits(hidden),
        "right.attention_mask",
    );
}

#[test]
fn logits_in_bf16_are_as_near_to_f32_as_those_of_transformers() {
    if !present().computes_bf16 {
        return;
    }
    for_each_model(|golden| {
        if !golden.arrays.has("bf16_error") {
            return;
        }
        let model = golden
            .checkpoint
            .load(&golden.device, Precision::Bf16)
            .unwrap();
        let tokens = golden.arrays.int("input_ids", &golden.device);
        let hidden = model
            .model
            .forward(tokens, &golden.positions("attention_mask"));
        assert_eq!(
            [model.model.dtype(), hidden.dtype()],
            [DType::BF16, DType::F32]
        );
        let logits = model.logits(hidden);
        let real = golden
            .arrays
            .int::<2>("attention_mask", &golden.device)
            .float();
        let vocabulary = logits.dims()[2] as f32;
        let gap =
            logits * real.clone().unsqueeze_dim(2) - golden.arrays.tensor("logits", &golden.device);
        let sum: f32 = gap.square().sum().into_scalar();
        let error = (sum / real.sum().into_scalar::<f32>() / vocabulary).sqrt();
        let (theirs, _) = golden.arrays.floats("bf16_error");
        // They round in other places; neither is the right one.
        assert!(
            error < 1.25 * theirs[0],
            "{}: {error}, theirs {}",
            golden.name,
            theirs[0]
        );
    });
}

#[test]
fn the_residual_stream_is_that_of_transformers_after_every_block() {
    let mut compared = 0;
    for_each_model(|golden| {
        if !golden.arrays.has("hidden.0") {
            return;
        }
        compared += 1;
        let tokens = golden.arrays.int::<2>("input_ids", &golden.device);
        let positions = golden.positions("attention_mask");
        let residuals = golden.model.model.residuals(tokens.clone(), &positions);
        for (index, hidden) in residuals.into_iter().enumerate() {
            golden.compare(&format!("hidden.{index}"), hidden, "attention_mask");
        }
        let hidden = golden.model.model.forward(tokens, &positions);
        golden.compare("hidden_after_final_norm", hidden, "attention_mask");
    });
    assert!(compared > 0);
}

#[test]
fn scores_of_responses_are_those_of_transformers_at_any_temperature() {
    for_each_model(|golden| {
        let masks = golden.arrays.rows("attention_mask", |real| real != 0.0);
        let tokens = golden.arrays.rows("input_ids", |token| token as u32);
        let expected = golden.arrays.rows("response_logprobs", |value| value);
        let start = tokens[0].len() - expected[0].len();
        let exchanges: Vec<Exchange> = tokens
            .iter()
            .zip(&masks)
            .map(|(tokens, mask)| {
                let real = |range: std::ops::Range<usize>| {
                    range.filter(|&n| mask[n]).map(|n| tokens[n]).collect()
                };
                Exchange {
                    prompt: real(0..start),
                    response: real(start..tokens.len()),
                }
            })
            .collect();
        for (temperature, suffix) in [(1.0, ""), (0.7, "_t0.7")] {
            let scores = golden
                .model
                .score_responses(&exchanges, temperature, usize::MAX)
                .unwrap();
            for (what, pick) in [("response_logprobs", 0), ("response_entropy", 1)] {
                let expected = golden
                    .arrays
                    .rows(&format!("{what}{suffix}"), |value| value);
                for (row, scores) in scores.iter().enumerate() {
                    let got = [&scores.log_probs, &scores.entropies][pick];
                    assert_eq!(got.len(), exchanges[row].response.len());
                    for (got, expected) in got.iter().zip(&expected[row]) {
                        let name = &golden.name;
                        assert!(
                            (got - expected).abs() < tolerance(),
                            "{name} {what}{suffix}: {got} {expected}"
                        );
                    }
                }
            }
        }
    });
}

#[test]
fn greedy_tokens_are_those_of_transformers_with_and_without_a_cache() {
    for_each_model(|golden| {
        let expected = golden.arrays.rows("greedy.tokens", |token| token as i32);
        let prompt = golden.arrays.rows("greedy.prompt", |token| token as i32);
        let mask = golden.arrays.rows("greedy.prompt_mask", |real| real != 0.0);
        let steps = expected[0].len();
        for left in [true, false] {
            let tokens = greedy(golden, &prompt, &mask, steps, left);
            assert_eq!(tokens, expected, "{} left {left}", golden.name);
        }
        let cached = greedy_cached(golden, &prompt, &mask, steps);
        assert_eq!(cached, expected, "{} cached", golden.name);
    });
}

/// Continues prompts by their most likely tokens, padded on the left or on the right.
fn greedy(
    golden: &Golden,
    prompt: &[Vec<i32>],
    mask: &[Vec<bool>],
    steps: usize,
    left: bool,
) -> Vec<Vec<i32>> {
    let (mut tokens, mut mask) = (prompt.to_vec(), mask.to_vec());
    if !left {
        for (tokens, mask) in tokens.iter_mut().zip(&mut mask) {
            let pads = mask.iter().filter(|real| !**real).count();
            tokens.rotate_left(pads);
            mask.rotate_left(pads);
        }
    }
    let (rows, width) = (tokens.len(), tokens[0].len());
    let mut out = vec![Vec::new(); rows];
    for step in 0..steps {
        let positions = Positions::from_mask(&mask.concat(), rows, width + step);
        let tensor = columns(&tokens, 0, &golden.device);
        let hidden = golden.model.model.forward(tensor, &positions);
        let best = best(golden, hidden);
        for row in 0..rows {
            let last_real = mask[row].iter().rposition(|real| *real).unwrap();
            let token = best[row][last_real];
            out[row].push(token);
            tokens[row].push(token);
            mask[row].push(true);
        }
    }
    out
}

/// The same with a cache, of which only what it has not seen is read.
fn greedy_cached(
    golden: &Golden,
    prompt: &[Vec<i32>],
    mask: &[Vec<bool>],
    steps: usize,
) -> Vec<Vec<i32>> {
    let decoder = &golden.model.model;
    let real = |(tokens, mask): (&Vec<i32>, &Vec<bool>)| -> Vec<u32> {
        let pairs = tokens.iter().zip(mask).filter(|(_, real)| **real);
        pairs.map(|(&token, _)| token as u32).collect()
    };
    let mut new: Vec<Vec<u32>> = prompt.iter().zip(mask).map(real).collect();
    let longest = KvCache::blocks_of(prompt[0].len() + steps);
    let mut cache = decoder.new_cache(new.len() * longest);
    let mut texts = vec![CachedText::default(); new.len()];
    let mut out = vec![Vec::new(); new.len()];
    for _ in 0..steps {
        let mut texts: Vec<_> = texts.iter_mut().collect();
        let hidden = decoder.forward_cached(&mut cache, &mut texts, &new);
        for (row, best) in best(golden, hidden).into_iter().enumerate() {
            let token = best[new[row].len() - 1];
            out[row].push(token);
            new[row] = vec![token as u32];
        }
    }
    out
}

/// The most likely token behind each.
fn best(golden: &Golden, hidden: Tensor<3>) -> Vec<Vec<i32>> {
    let read = hidden.dims()[1];
    let best = golden.model.logits(hidden).argmax(2).into_data();
    let best = best.convert::<i32>().try_into_vec::<i32>().unwrap();
    best.chunks_exact(read).map(<[i32]>::to_vec).collect()
}

fn columns(rows: &[Vec<i32>], from: usize, device: &Device) -> Tensor<2, Int> {
    let flat: Vec<i32> = rows.iter().flat_map(|row| &row[from..]).copied().collect();
    let width = flat.len() / rows.len();
    Tensor::<1, Int>::from_ints(flat.as_slice(), device).reshape([rows.len(), width])
}

#[test]
fn gradients_of_every_parameter_are_those_of_pytorch() {
    for_each_model_on(&present().device().autodiff(), gradients_are_right);
}

fn gradients_are_right(golden: &Golden) {
    if !golden.arrays.has("train.input_ids") {
        return;
    }
    let tokens = golden.arrays.int::<2>("train.input_ids", &golden.device);
    let [rows, length] = tokens.dims();
    let positions = Positions::sequential(0, length);
    let hidden = golden.model.model.forward(tokens.clone(), &positions);
    let logits = golden.model.logits(hidden).narrow(1, 0, length - 1);
    let targets = tokens.narrow(1, 1, length - 1).unsqueeze_dim::<3>(2);
    let loss = activation::log_softmax(logits, 2)
        .gather(2, targets)
        .mean()
        .neg();
    let (expected, _) = golden.arrays.floats("train.loss");
    let got: f32 = loss.clone().into_scalar();
    assert!(
        (got - expected[0]).abs() < tolerance(),
        "{rows} rows: {got} {expected:?}"
    );

    let grads = loss.backward();
    let mut compare = CompareGradients {
        golden,
        grads: &grads,
        path: Vec::new(),
        compared: 0,
    };
    golden.model.visit(&mut compare);
    let all = golden
        .arrays
        .names()
        .iter()
        .filter(|name| name.starts_with("grad."))
        .count();
    assert_eq!(compare.compared, all, "{}", golden.name);
}

struct CompareGradients<'a> {
    golden: &'a Golden,
    grads: &'a burn::tensor::Gradients,
    path: Vec<String>,
    compared: usize,
}

impl ModuleVisitor for CompareGradients<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let name = format!("grad.{}", self.path.join(".").replace("gamma", "weight"));
        let got = param.val().grad(self.grads).expect(&name);
        let expected = self.golden.arrays.tensor::<D>(&name, &got.device());
        let expected = if D == 2 && !name.contains("embed_tokens") {
            expected.transpose()
        } else {
            expected
        };
        let gap = gap(got, expected);
        assert!(
            gap < tolerance(),
            "{}: {name} differs by {gap}",
            self.golden.name
        );
        self.compared += 1;
    }
}
