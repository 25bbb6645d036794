//! Adapters against PEFT (tests/golden/make_adapters.py), and what they take.

use std::fs;
use std::path::PathBuf;

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::{Device, Int, Tensor, activation};
use pure::model::{
    CausalLm, Checkpoint, Gradients, LoraConfig, ModelConfig, Positions, Precision, Projection,
    Recording, merged,
};
use pure::run::OptimizerConfig;
use safetensors::tensor::TensorView;
use serde_json::Value;

use crate::allocation::held_during;
use crate::golden::{Arrays, folder, gap};

const TOLERANCE: f32 = 1e-4;

fn adapter(name: &str) -> PathBuf {
    folder(&["adapters"]).join(name)
}

fn logits(model: &CausalLm, tokens: Tensor<2, Int>) -> Tensor<3> {
    let positions = Positions::sequential(0, tokens.dims()[1]);
    model.logits(model.model.forward(tokens, &positions))
}

#[test]
fn adapted_models_say_what_they_say_in_peft_beside_the_weights_and_merged() {
    let device = Device::flex();
    for name in ["lm", "lm_rslora"] {
        let golden = Arrays::read(&adapter(name).join("ref.safetensors"));
        let expected = golden.tensor::<3>("logits", &device);
        let open = || Checkpoint::open(adapter(name)).unwrap();
        for checkpoint in [open(), open().with_adapter_apart()] {
            let model = checkpoint.load(&device, Precision::F32).unwrap();
            let found = logits(&model, golden.int("input_ids", &device));
            let gap = gap(found, expected.clone());
            assert!(gap < TOLERANCE, "{name}: {gap}");
        }
    }
    let golden = Arrays::read(&adapter("prm").join("ref.safetensors"));
    let prm = Checkpoint::open(adapter("prm")).unwrap();
    let prm = prm.load_prm(&device, Precision::F32).unwrap();
    let tokens = golden.int::<2>("input_ids", &device);
    let positions = Positions::sequential(0, tokens.dims()[1]);
    let found = prm.label_logits(prm.model.forward(tokens, &positions));
    let gap = gap(found, golden.tensor("logits", &device));
    assert!(gap < TOLERANCE, "{gap}");
}

/// Compares gradients with those of the same names.
struct Compare<'a> {
    golden: &'a Arrays,
    found: &'a GradientsParams,
    path: Vec<String>,
    compared: usize,
}

impl ModuleVisitor for Compare<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some(found) = self.found.get::<D>(param.id) else {
            return;
        };
        let path = self.path.join(".");
        let name = path.replace("weight.lora.a", "lora_A.weight");
        let name = name.replace("weight.lora.b", "lora_B.weight");
        let right = self
            .golden
            .tensor::<D>(&format!("grad.{name}"), &found.device());
        let right = right.swap_dims(0, 1);
        let scale: f32 = right.clone().abs().max().into_scalar();
        let gap = gap(found, right);
        assert!(
            gap <= TOLERANCE * scale.max(1e-3),
            "{name}: {gap} of {scale}"
        );
        self.compared += 1;
    }
}

#[test]
fn gradients_of_adapters_are_those_of_pytorch() {
    for name in ["lm", "lm_rslora"] {
        let device = Device::flex().autodiff();
        let golden = Arrays::read(&adapter(name).join("ref.safetensors"));
        let checkpoint = Checkpoint::open(adapter(name))
            .unwrap()
            .with_adapter_apart();
        let model = checkpoint.load(&device, Precision::F32).unwrap();
        let tokens = golden.int::<2>("input_ids", &device);
        let [rows, length] = tokens.dims();
        let mut sum = Gradients::default();
        let loss = |hidden| {
            let law = activation::log_softmax(model.logits(hidden), 2);
            let next = tokens.clone().slice([0..rows, 1..length]).unsqueeze_dim(2);
            let law = law.slice([0..rows, 0..length - 1]);
            law.gather(2, next).mean().neg()
        };
        let loss = model.model.add_gradients(
            &mut sum,
            &model,
            tokens.clone(),
            &Positions::sequential(0, length),
            Recording::default(),
            loss,
        );
        let right = golden.floats("loss").0[0];
        assert!((loss.into_scalar::<f32>() - right).abs() < TOLERANCE);
        let found = sum.into_params();
        let mut compare = Compare {
            golden: &golden,
            found: &found,
            path: Vec::new(),
            compared: 0,
        };
        model.visit(&mut compare);
        let names = golden.names();
        let of_adapters = names
            .iter()
            .filter(|name| name.starts_with("grad."))
            .count();
        assert_eq!([compare.compared, found.len()], [of_adapters; 2], "{name}");
    }
}

/// Matrices of 8 MiB beside texts of some tokens.
fn large() -> ModelConfig {
    let json = r#"{"model_type": "qwen2", "vocab_size": 4096, "hidden_size": 512, "num_hidden_layers": 2,
        "intermediate_size": 4096, "num_attention_heads": 8, "num_key_value_heads": 8, "rope_theta": 1e4,
        "max_position_embeddings": 64, "tie_word_embeddings": true}"#;
    ModelConfig::from_json(json).unwrap()
}

#[test]
fn frozen_weights_take_neither_gradients_nor_moments() {
    let config = large();
    let device = Device::flex().autodiff();
    let tokens = Tensor::<1, Int>::arange(0..16, &device).reshape([1, 16]);
    let step = |model: CausalLm| {
        let mut sum = Gradients::default();
        let loss = |hidden| {
            let scores = model.score_tokens(hidden, tokens.clone(), 1.0);
            scores.log_probs.sum()
        };
        let (positions, recording) = (Positions::sequential(0, 16), Recording::default());
        let decoder = &model.model;
        decoder.add_gradients(
            &mut sum,
            &model,
            tokens.clone(),
            &positions,
            recording,
            loss,
        );
        let mut optimizer = OptimizerConfig::default().init();
        let model = optimizer.step(1e-3, model, sum.into_params());
        (model, optimizer)
    };
    let model = config.init(&device);
    drop(logits(&model, tokens.clone()));
    let bytes = 4 * config.parameters() as usize;

    let lora = LoraConfig::default();
    let adapted = lora.adapt(model.clone(), 0);
    let (_, of_adapters) = held_during(|| step(adapted));
    let (_, of_all) = held_during(|| step(model));
    // All parameters have a gradient and two moments, though not all of them at one time from this thread.
    assert!(of_all > 2 * bytes, "{of_all} of {bytes}");
    let of_adapter_state = 16 * config.adapters(&lora)[0] as usize;
    let most = of_adapter_state + bytes / 20;
    assert!(of_adapters < most, "{of_adapters}, at most {most}");
}

/// For tests/golden/check_adapters.py, which says how to run it.
#[test]
#[ignore = "its folders are for a script in Python"]
fn write_adapters_for_peft() {
    let device = Device::flex();
    let root = tempfile::tempdir().unwrap().keep();
    let write = |name: &str, tokens: Tensor<2, Int>, logits: Tensor<3>| {
        let shapes = [tokens.dims().to_vec(), logits.dims().to_vec()];
        let tokens: Vec<i64> = tokens.into_data().iter::<i64>().collect();
        let tokens: Vec<u8> = tokens.into_iter().flat_map(i64::to_le_bytes).collect();
        let logits = logits.into_data().try_into_vec::<f32>().unwrap();
        let logits: Vec<u8> = logits.into_iter().flat_map(f32::to_le_bytes).collect();
        let view = |dtype, shape: &[usize], data| TensorView::new(dtype, shape.to_vec(), data);
        let views = [
            (
                "input_ids",
                view(safetensors::Dtype::I64, &shapes[0], &tokens).unwrap(),
            ),
            (
                "logits",
                view(safetensors::Dtype::F32, &shapes[1], &logits).unwrap(),
            ),
        ];
        let path = root.join(name).join("said.safetensors");
        safetensors::serialize_to_file(views, None, &path).unwrap();
        println!("{}", root.join(name).display());
    };
    for name in ["lm", "prm"] {
        let config = fs::read_to_string(adapter(name).join("adapter_config.json")).unwrap();
        let config: Value = serde_json::from_str(&config).unwrap();
        let lora = LoraConfig {
            rank: config["r"].as_u64().unwrap() as usize,
            alpha: config["lora_alpha"].as_f64().unwrap(),
            targets: Projection::ALL.to_vec(),
            dropout: 0.0,
        };
        let checkpoint = Checkpoint::open(adapter(name))
            .unwrap()
            .with_adapter_apart();
        let tokens =
            Arrays::read(&adapter(name).join("ref.safetensors")).int::<2>("input_ids", &device);
        let (folder, positions) = (root.join(name), Positions::sequential(0, tokens.dims()[1]));
        let whole = folder.join("merged");
        let said = if name == "prm" {
            let prm = checkpoint.load_prm(&device, Precision::F32).unwrap();
            checkpoint.save_adapter_as(&folder, &prm, &lora).unwrap();
            checkpoint
                .save_prm_as(&whole, &prm, Precision::F32)
                .unwrap();
            prm.label_logits(prm.model.forward(tokens.clone(), &positions))
        } else {
            let lm = checkpoint.load(&device, Precision::F32).unwrap();
            checkpoint.save_adapter_as(&folder, &lm, &lora).unwrap();
            checkpoint
                .save_as(&whole, &merged(&lm), Precision::F32)
                .unwrap();
            logits(&lm, tokens.clone())
        };
        write(name, tokens, said);
    }
}
