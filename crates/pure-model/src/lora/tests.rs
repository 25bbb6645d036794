use burn::module::{ModuleMapper, ModuleVisitor};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Distribution, Int};

use super::*;
use crate::{
    CausalLm, Checkpoint, Gradients, ModelConfig, Positions, Precision, PrmHead, Recording,
};

fn config(family: &str) -> ModelConfig {
    let json = serde_json::json!({
        "model_type": family, "tie_word_embeddings": true,
        "vocab_size": 50, "hidden_size": 16, "intermediate_size": 24, "head_dim": 6,
        "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
        "max_position_embeddings": 64, "rope_theta": 1e4, "initializer_range": 0.3
    });
    ModelConfig::from_json(&json.to_string()).unwrap()
}

fn model(device: &Device) -> CausalLm {
    device.seed(3);
    config("qwen2").init(device)
}

fn lora() -> LoraConfig {
    LoraConfig {
        rank: 4,
        alpha: 6.0,
        targets: vec![Projection::QProj, Projection::VProj, Projection::DownProj],
        dropout: 0.0,
    }
}

/// Gives the second factors, which begin at zero, other numbers.
fn stirred<M: Module>(model: M) -> M {
    struct Stir {
        path: Vec<String>,
    }

    impl ModuleMapper for Stir {
        fn enter_module(&mut self, name: &str, _: &str) {
            self.path.push(name.to_owned());
        }

        fn exit_module(&mut self, _: &str, _: &str) {
            self.path.pop();
        }

        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            if self.path.last().unwrap() != "b" {
                return param;
            }
            param.map(|b| {
                let normal = Distribution::Normal(0.0, 0.3);
                Tensor::random(b.shape(), normal, &b.device()).set_require_grad(b.is_require_grad())
            })
        }
    }

    model.map(&mut Stir { path: Vec::new() })
}

fn logits(model: &CausalLm) -> Vec<f32> {
    let tokens = Tensor::<2, Int>::from_ints([[1, 2, 3, 4, 5]], &model.model.device());
    let hidden = model.model.forward(tokens, &Positions::sequential(0, 5));
    model.logits(hidden).into_data().try_into_vec().unwrap()
}

fn gap(a: &[f32], b: &[f32]) -> f32 {
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

#[test]
fn a_fresh_adapter_changes_nothing_and_one_that_is_merged_says_what_it_said() {
    let base = model(&Device::flex().autodiff());
    let adapted = lora().adapt(base.clone(), 1);
    let of_base = logits(&base);
    assert_eq!(logits(&adapted), of_base);
    let adapted = stirred(adapted);
    let said = logits(&adapted);
    assert!(gap(&said, &of_base) > 0.1);
    assert!(gap(&said, &logits(&merged(&adapted))) < 1e-5);
    assert_eq!(logits(&base), of_base);
}

#[test]
fn a_seed_decides_the_factors_and_their_numbers_are_as_far_as_pefts() {
    let base = model(&Device::flex());
    let of = |seed| {
        let adapted = lora().adapt(base.clone(), seed);
        first_factors(&adapted).concat()
    };
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
    // Even from -1/4 to 1/4 for 16 inputs: those of queries and values of the three blocks, of rank 4.
    let of_attention: Vec<f32> = first_factors(&lora().adapt(base, 5))
        .into_iter()
        .filter(|factor| factor.len() == 64)
        .flatten()
        .collect();
    assert_eq!(of_attention.len(), 384);
    let squares: f32 = of_attention.iter().map(|a| a * a).sum();
    assert!(of_attention.iter().all(|a| a.abs() <= 0.25));
    assert!((squares / 384.0 - 1.0 / 48.0).abs() < 0.003, "{squares}");
}

fn first_factors(model: &CausalLm) -> Vec<Vec<f32>> {
    struct Find(Vec<Vec<f32>>);

    impl ModuleVisitor for Find {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if let [_, 4] = *param.lazy_shape().as_slice() {
                self.0.push(param.val().into_data().try_into_vec().unwrap());
            }
        }
    }

    let mut found = Find(Vec::new());
    model.visit(&mut found);
    found.0
}

/// What Burn makes of a loss whose weights it composes itself, of the factors of all adapters.
#[test]
fn gradients_of_adapters_are_those_of_burns_composed_weights_and_nothing_else_has_any() {
    let device = Device::flex().autodiff();
    let adapted = stirred(lora().adapt(model(&device), 1));
    let tokens = Tensor::<1, Int>::arange(0..24, &device).reshape([2, 12]) * 7 % 50;
    let real: Vec<bool> = (0..24).map(|place| !(12..17).contains(&place)).collect();
    let positions = Positions::from_mask(&real, 2, 12);
    let loss = |hidden| {
        let scores = adapted.score_tokens(hidden, tokens.clone().flip([1]), 0.8);
        (scores.log_probs + scores.entropies * 0.3).sum()
    };
    // The factors' gradients follow from that of the composed weight W: dA = s dW Bᵀ, dB = s Aᵀ dW. Unfrozen, the
    // merged model gives dW.
    let dense = merged(&adapted).train().unfreeze();
    let all = {
        let hidden = dense.model.forward(tokens.clone(), &positions);
        let scores = dense.score_tokens(hidden, tokens.clone().flip([1]), 0.8);
        let loss = (scores.log_probs + scores.entropies * 0.3).sum();
        GradientsParams::from_grads(loss.backward(), &dense)
    };
    for gradient_checkpointing in [false, true] {
        let mut sum = Gradients::default();
        let recording = Recording {
            gradient_checkpointing,
            dropout: None,
        };
        adapted.model.add_gradients(
            &mut sum,
            &adapted,
            tokens.clone(),
            &positions,
            recording,
            loss,
        );
        let found = sum.into_params();
        assert_eq!(
            found.len(),
            2 * 3 * 3,
            "two factors, three layers, three blocks"
        );
        let mut compare = Compare {
            found: &found,
            all: &all,
            base: None,
            first: None,
            compared: 0,
        };
        adapted.visit(&mut compare);
        assert_eq!(compare.compared, 9);
    }
}

/// Walks over base, first and second factor of each adapted weight.
struct Compare<'a> {
    found: &'a GradientsParams,
    all: &'a GradientsParams,
    base: Option<Tensor<2>>,
    first: Option<(Tensor<2>, Tensor<2>)>,
    compared: usize,
}

impl ModuleVisitor for Compare<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let &[rows, columns] = param.lazy_shape().as_slice() else {
            return;
        };
        let value = param.val().inner().reshape([rows, columns]);
        let gradient = self
            .found
            .get::<D>(param.id)
            .map(|g| g.reshape([rows, columns]));
        let Some(gradient) = gradient else {
            self.base = self
                .all
                .get::<D>(param.id)
                .map(|g| g.reshape([rows, columns]));
            return;
        };
        match self.first.take() {
            None => self.first = Some((value, gradient)),
            Some((a, of_a)) => {
                let (b, of_b) = (value, gradient);
                let dense = self.base.take().unwrap() * (6.0 / 4.0);
                let right_a = dense.clone().matmul(b.transpose());
                let right_b = a.transpose().matmul(dense);
                for (found, right) in [(of_a, right_a), (of_b, right_b)] {
                    let scale: f32 = right.clone().abs().max().into_scalar();
                    let gap: f32 = (found - right).abs().max().into_scalar();
                    assert!(scale > 0.0 && gap <= 2e-5 * scale, "{gap} of {scale}");
                }
                self.compared += 1;
            }
        }
    }
}

#[test]
fn dropout_is_of_the_batch_and_the_same_when_activations_are_made_again() {
    let device = Device::flex().autodiff();
    let adapted = stirred(lora().adapt(model(&device), 1));
    let tokens = Tensor::<2, Int>::from_ints([[1, 2, 3, 4, 5]], &device);
    let gradients = |gradient_checkpointing, rate, batch| {
        let mut sum = Gradients::default();
        let recording = Recording {
            gradient_checkpointing,
            dropout: Dropout::of(rate, [1, 2, batch]),
        };
        let positions = Positions::sequential(0, 5);
        let loss = |hidden: Tensor<3>| hidden.powi_scalar(3).sum();
        let decoder = &adapted.model;
        let loss = decoder.add_gradients(
            &mut sum,
            &adapted,
            tokens.clone(),
            &positions,
            recording,
            loss,
        );
        let mut all = vec![loss.into_scalar::<f32>()];
        let found = sum.into_params();
        let mut visit = Numbers(&found, &mut all);
        adapted.visit(&mut visit);
        all
    };
    let dropped = gradients(false, 0.4, 0);
    assert_eq!(dropped, gradients(true, 0.4, 0));
    assert!(gap(&dropped, &gradients(false, 0.4, 1)) > 0.01);
    assert!(gap(&dropped, &gradients(false, 0.0, 0)) > 0.01);
}

struct Numbers<'a>(&'a GradientsParams, &'a mut Vec<f32>);

impl ModuleVisitor for Numbers<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.0.get::<D>(param.id) {
            self.1
                .extend(gradient.into_data().try_into_vec::<f32>().unwrap());
        }
    }
}

/// Folders of a base model and of an adapter beside it, and what the adapted model says.
fn saved() -> (tempfile::TempDir, Vec<f32>) {
    let folder = tempfile::tempdir().unwrap();
    let [base, adapter] = ["base", "adapter"].map(|name| folder.path().join(name));
    let lm = model(&Device::flex());
    Checkpoint::create(&base, &config("qwen2"), &lm, Precision::F32).unwrap();
    let checkpoint = Checkpoint::open_to_train(&base, Some(&lora())).unwrap();
    let adapted = stirred(lora().adapt(lm, 1));
    checkpoint
        .save_adapter_as(&adapter, &adapted, &lora())
        .unwrap();
    (folder, logits(&adapted))
}

#[test]
fn an_adapter_is_found_again_in_its_folder_as_a_part_of_the_weights_or_beside_them() {
    let (folder, said) = saved();
    let device = Device::flex();
    let open = || Checkpoint::open(folder.path().join("adapter")).unwrap();
    let loaded = open().load(&device, Precision::F32).unwrap();
    assert_eq!(loaded.num_params(), model(&device).num_params());
    assert!(gap(&logits(&loaded), &said) < 1e-5);
    let apart = open()
        .with_adapter_apart()
        .load(&device, Precision::F32)
        .unwrap();
    assert_eq!(logits(&apart), said);
    let halved = open().load(&device, Precision::Bf16).unwrap();
    assert_eq!(halved.model.dtype(), burn::tensor::DType::BF16);

    let merged = folder.path().join("merged");
    open().save_as(&merged, &apart, Precision::F32).unwrap();
    let merged = Checkpoint::open(merged).unwrap();
    assert_eq!(merged.base(), None);
    assert!(
        gap(
            &logits(&merged.load(&device, Precision::F32).unwrap()),
            &said
        ) < 1e-5
    );
}

#[test]
fn a_reward_models_head_is_saved_whole_beside_its_adapters() {
    let folder = tempfile::tempdir().unwrap();
    let [base, adapter] = ["base", "adapter"].map(|name| folder.path().join(name));
    let device = Device::flex();
    Checkpoint::create(
        &base,
        &config("qwen3"),
        &config("qwen3").init(&device),
        Precision::F32,
    )
    .unwrap();
    let checkpoint = Checkpoint::open_to_train(&base, Some(&lora())).unwrap();
    for head in [PrmHead::default(), PrmHead::TwoLayers] {
        let prm = checkpoint.start_prm(head, &device, Precision::F32).unwrap();
        let prm = stirred(lora().adapt(prm, 1));
        checkpoint.save_adapter_as(&adapter, &prm, &lora()).unwrap();
        let loaded = Checkpoint::open(&adapter).unwrap();
        assert_eq!(loaded.prm_head().unwrap(), head);
        let loaded = loaded.load_prm(&device, Precision::F32).unwrap();
        let tokens = Tensor::<2, Int>::from_ints([[1, 2, 3, 4, 5]], &device);
        let [a, b] = [&prm, &loaded].map(|prm| {
            let hidden = prm
                .model
                .forward(tokens.clone(), &Positions::sequential(0, 5));
            let rewards = prm.label_logits(hidden).into_data();
            rewards.try_into_vec::<f32>().unwrap()
        });
        assert!(gap(&a, &b) < 1e-5);
        let error = Checkpoint::open(&adapter)
            .unwrap()
            .load(&device, Precision::F32);
        assert!(
            error
                .unwrap_err()
                .to_string()
                .contains("process reward model")
        );
    }
}

#[test]
fn what_an_adapters_folder_cannot_mean_here_is_said_when_it_is_opened() {
    let (folder, _) = saved();
    let path = folder.path().join("adapter/adapter_config.json");
    let right: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    for (key, value, says) in [
        ("peft_type", "LOHA".into(), "of the kind LOHA"),
        ("use_dora", true.into(), "`use_dora`"),
        ("bias", "all".into(), "`bias`"),
        (
            "rank_pattern",
            serde_json::json!({"q_proj": 8}),
            "`rank_pattern`",
        ),
        (
            "modules_to_save",
            serde_json::json!(["lm_head"]),
            "`lm_head`",
        ),
        ("r", 0.into(), "`r`"),
        (
            "base_model_name_or_path",
            "someone/model".into(),
            "`someone/model`",
        ),
        ("base_model_name_or_path", ().into(), "names no"),
    ] {
        let mut json = right.clone();
        json[key] = value;
        std::fs::write(&path, json.to_string()).unwrap();
        let error = Checkpoint::open(folder.path().join("adapter")).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    // A rank that the tensors do not have, were it larger than any memory.
    for rank in [3_u64, 1 << 60] {
        let mut json = right.clone();
        json["r"] = rank.into();
        std::fs::write(&path, json.to_string()).unwrap();
        let checkpoint = Checkpoint::open(folder.path().join("adapter")).unwrap();
        let error = checkpoint
            .load(&Device::flex(), Precision::F32)
            .unwrap_err();
        assert!(error.to_string().contains("lora_A.weight"), "{error}");
    }
    std::fs::write(&path, right.to_string()).unwrap();
    let error = Checkpoint::open_to_train(folder.path().join("adapter"), Some(&lora()));
    assert!(error.unwrap_err().to_string().contains("pure merge"));
    std::fs::remove_file(folder.path().join("adapter/adapter_model.safetensors")).unwrap();
    let error = Checkpoint::open(folder.path().join("adapter")).unwrap_err();
    assert!(
        error.to_string().contains("adapter_model.safetensors"),
        "{error}"
    );
}
