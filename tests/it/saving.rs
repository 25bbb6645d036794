//! What is saved is what was loaded, bit for bit.

use std::fs;
use std::path::Path;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor};
use pure_model::{CausalLm, Checkpoint, Precision};
use tempfile::TempDir;

use crate::golden::folder;

/// The bits of every parameter, in the order of the module.
#[derive(Default)]
struct Bits(Vec<Vec<u32>>);

impl ModuleVisitor for Bits {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let values = param.val().into_data().try_into_vec::<f32>().unwrap();
        self.0.push(values.into_iter().map(f32::to_bits).collect());
    }
}

fn bits(model: &CausalLm) -> Vec<Vec<u32>> {
    let mut bits = Bits::default();
    model.visit(&mut bits);
    bits.0
}

fn load(folder: &Path) -> (Checkpoint, CausalLm) {
    let checkpoint = Checkpoint::open(folder).unwrap();
    let model = checkpoint.load(&Device::flex(), Precision::F32).unwrap();
    (checkpoint, model)
}

#[test]
fn load_save_load_is_bit_exact_for_every_family_and_precision() {
    for entry in fs::read_dir(folder(&["models", "qwen2"])).unwrap() {
        let (checkpoint, model) = load(&entry.unwrap().path());
        let out = TempDir::new().unwrap();
        let stored = checkpoint.precision();
        checkpoint.save_as(out.path(), &model, stored).unwrap();
        let (again, same) = load(out.path());
        assert_eq!(again.precision(), stored);
        assert_eq!(again.config().rope, checkpoint.config().rope);
        assert!(
            bits(&same) == bits(&model),
            "{}",
            checkpoint.folder().display()
        );
    }
}

#[test]
fn a_saved_model_brings_its_companions_along() {
    let source = TempDir::new().unwrap();
    for (from, name) in [
        ("models/qwen2_tied", "config.json"),
        ("models/qwen2_tied", "generation_config.json"),
        ("models/qwen2_tied", "model.safetensors"),
        ("tokenizer", "tokenizer.json"),
        ("tokenizer", "tokenizer_config.json"),
    ] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden")
            .join(from);
        fs::copy(from.join(name), source.path().join(name)).unwrap();
    }
    let (checkpoint, model) = load(source.path());
    let out = TempDir::new().unwrap();
    checkpoint
        .save_as(out.path(), &model, Precision::F32)
        .unwrap();
    for name in [
        "generation_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
    ] {
        let read = |folder: &TempDir| fs::read(folder.path().join(name)).unwrap();
        assert!(read(&out) == read(&source), "{name}");
    }
    Checkpoint::open(out.path()).unwrap().tokenizer().unwrap();
}

#[test]
fn saving_over_a_sharded_model_leaves_no_shard_of_it() {
    let (checkpoint, model) = load(&folder(&["models"]).join("qwen2_sharded"));
    let out = TempDir::new().unwrap();
    for name in [
        "model-00001-of-00002.safetensors",
        "model.safetensors.index.json",
    ] {
        fs::write(out.path().join(name), "old").unwrap();
    }
    checkpoint
        .save_as(out.path(), &model, Precision::F32)
        .unwrap();
    let mut left: Vec<_> = fs::read_dir(out.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(
        left,
        ["config.json", "generation_config.json", "model.safetensors"]
    );
}

#[test]
fn a_seed_gives_the_same_new_model_again() {
    let (checkpoint, _) = load(&folder(&["models"]).join("qwen2_tied"));
    let device = Device::flex();
    let [first, again, other] = [1, 1, 2].map(|seed| {
        device.seed(seed);
        bits(&checkpoint.config().init(&device))
    });
    assert!(first == again);
    assert!(first != other);
}
