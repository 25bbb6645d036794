//! Reward models in folders: saved, started from language models, and folders that hold none.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor};
use pure_model::{Checkpoint, Error, Precision, PrmHead};
use safetensors::SafeTensors;
use serde_json::json;
use tempfile::TempDir;

use crate::golden::{Arrays, folder};
use crate::prm::{Case, read_json};

/// Names, shapes and bytes of the tensors in a folder.
fn tensors(folder: &Path) -> BTreeMap<String, (Vec<usize>, Vec<u8>)> {
    let bytes = fs::read(folder.join("model.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensors = file.tensors().into_iter();
    tensors
        .map(|(name, view)| (name, (view.shape().to_vec(), view.data().to_vec())))
        .collect()
}

#[test]
fn a_saved_reward_model_has_the_tensors_it_was_loaded_from() {
    for case in Case::all() {
        let checkpoint = Checkpoint::open(&case.folder).unwrap();
        let prm = checkpoint
            .load_prm(&Device::flex(), Precision::F32)
            .unwrap();
        let out = TempDir::new().unwrap();
        checkpoint
            .save_prm_as(out.path(), &prm, Precision::F32)
            .unwrap();
        assert!(tensors(out.path()) == tensors(&case.folder));

        let config = |folder: &Path| read_json(&folder.join("config.json"));
        let (saved, original) = (config(out.path()), config(&case.folder));
        for key in ["architectures", "auto_map", "hidden_size", "model_type"] {
            assert_eq!(saved[key], original[key]);
        }
        let again = Checkpoint::open(out.path()).unwrap();
        assert_eq!(again.prm_head().unwrap(), prm.head());
        let again = again.load_prm(&Device::flex(), Precision::F32).unwrap();
        let answers = case.answers();
        assert_eq!(
            again.judge(&answers, 1000).unwrap(),
            prm.judge(&answers, 1000).unwrap()
        );
    }
}

#[test]
fn code_that_a_reward_model_brings_is_taken_along() {
    let original = copy_of("mlp_head");
    fs::write(original.path().join("modeling_qwen2_rm.py"), "# a class").unwrap();
    let checkpoint = Checkpoint::open(original.path()).unwrap();
    let prm = checkpoint
        .load_prm(&Device::flex(), Precision::F32)
        .unwrap();
    let out = TempDir::new().unwrap();
    checkpoint
        .save_prm_as(out.path(), &prm, Precision::F32)
        .unwrap();
    let code = fs::read_to_string(out.path().join("modeling_qwen2_rm.py"));
    assert_eq!(code.unwrap(), "# a class");
}

#[derive(Default)]
struct Parameters(Vec<Vec<f32>>);

impl ModuleVisitor for Parameters {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.push(param.val().into_data().try_into_vec().unwrap());
    }
}

fn parameters(module: &impl Module) -> Vec<Vec<f32>> {
    let mut parameters = Parameters::default();
    module.visit(&mut parameters);
    parameters.0
}

#[test]
fn a_reward_model_starts_from_a_language_model_and_a_fresh_head() {
    let heads = [
        PrmHead::TokenClassification { bias: true },
        PrmHead::TokenClassification { bias: false },
        PrmHead::TwoLayers,
    ];
    let models = [
        ("qwen2_tied", "Qwen2", Precision::F32),
        ("llama", "Llama", Precision::F32),
        ("qwen2_bf16", "Qwen2", Precision::Bf16),
    ];
    let device = Device::flex();
    for (name, class, precision) in models {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/models");
        let checkpoint = Checkpoint::open(models.join(name)).unwrap();
        let language = checkpoint.load(&device, precision).unwrap();
        for head in heads {
            let prm = checkpoint.start_prm(head, &device, precision).unwrap();
            assert_eq!(prm.head(), head);
            let same = prm.model.num_params() == language.model.num_params();
            assert!(same && prm.model.dtype() == precision.dtype());
            let out = TempDir::new().unwrap();
            checkpoint
                .save_prm_as(out.path(), &prm, Precision::F32)
                .unwrap();

            // The trunk is the model's, the head is small, its biases nothing.
            let saved = tensors(out.path());
            assert!(!saved.contains_key("lm_head.weight"));
            let arrays = Arrays::read(&out.path().join("model.safetensors"));
            let scores: Vec<&String> = saved.keys().filter(|n| n.starts_with("score")).collect();
            for name in &scores {
                let (values, _) = arrays.floats(name);
                let square = values.iter().map(|v| v * v).sum::<f32>() / values.len() as f32;
                let expected = if name.ends_with("bias") { 0.0 } else { 0.02 };
                assert!((square.sqrt() - expected).abs() < 0.006, "{name}");
            }
            let task = match head {
                PrmHead::TwoLayers => "ProcessRewardModel",
                _ => "TokenClassification",
            };
            let config = read_json(&out.path().join("config.json"));
            assert_eq!(config["architectures"][0], format!("{class}For{task}"));

            let again = Checkpoint::open(out.path()).unwrap();
            assert_eq!(again.prm_head().unwrap(), head);
            let again = again.load_prm(&device, Precision::F32).unwrap();
            let f32 = checkpoint.load(&device, Precision::F32).unwrap();
            assert!(parameters(&again.model) == parameters(&f32.model), "{name}");
        }
    }
}

#[test]
fn a_reward_model_that_came_from_no_folder_is_written_whole() {
    let device = Device::flex();
    let config = Checkpoint::open(folder(&["prm"]).join("token_cls")).unwrap();
    let config = config.config();
    let prm = config.init_prm(PrmHead::default(), &device);
    let out = TempDir::new().unwrap();
    Checkpoint::create_prm(out.path(), config, &prm, Precision::F32).unwrap();
    let again = Checkpoint::open(out.path()).unwrap();
    let again = again.load_prm(&device, Precision::F32).unwrap();
    assert!(parameters(&again) == parameters(&prm));
}

fn copy_of(name: &str) -> TempDir {
    let copy = TempDir::new().unwrap();
    for entry in fs::read_dir(folder(&["prm"]).join(name)).unwrap() {
        let path = entry.unwrap().path();
        // Not fs::copy: the original may be read-only.
        let bytes = fs::read(&path).unwrap();
        fs::write(copy.path().join(path.file_name().unwrap()), bytes).unwrap();
    }
    copy
}

/// Loads the reward model of a copy whose tensors were renamed by text, names of one length.
fn refusal(name: &str, renames: &[(&str, &str)]) -> Error {
    let copy = copy_of(name);
    let path = copy.path().join("model.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    for (from, to) in renames {
        assert_eq!(from.len(), to.len());
        let at = bytes.windows(from.len()).position(|w| w == from.as_bytes());
        let at = at.unwrap_or_else(|| panic!("no {from} in {name}"));
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    fs::write(&path, bytes).unwrap();
    let checkpoint = Checkpoint::open(copy.path()).unwrap();
    let prm = checkpoint.load_prm(&Device::flex(), Precision::F32);
    prm.map(|_| ()).expect_err("this is no reward model")
}

fn assert_says(error: &Error, words: &[&str]) {
    let error = error.to_string();
    for word in words {
        assert!(error.contains(word), "{error:?} does not say {word:?}");
    }
}

#[test]
fn a_missing_tensor_of_the_head_is_named_with_its_shape() {
    let error = refusal("token_cls", &[("\"score.weight\"", "\"score.biases\"")]);
    assert!(matches!(error, Error::MissingTensor { .. }), "{error}");
    assert_says(&error, &["`score.weight`", "[2, "]);
    let error = refusal("mlp_head", &[("\"score.2.bias\"", "\"score.2.loss\"")]);
    assert!(matches!(error, Error::MissingTensor { .. }), "{error}");
    assert_says(&error, &["`score.2.bias`", "[2]"]);
}

#[test]
fn a_head_of_other_shape_is_named_with_it() {
    let width = Checkpoint::open(folder(&["prm"]).join("mlp_head")).unwrap();
    let width = width.config().hidden_size;
    // Of as many numbers, so that the file stays in order.
    let (two, one) = (format!("[2,{width}]"), format!("[1,{}]", 2 * width));
    let error = refusal("token_cls", &[(&two, &one)]);
    assert!(matches!(error, Error::Labels { .. }), "{error}");
    assert_says(&error, &["`score.weight`", "two rows"]);
    let square = format!("[{width},{width}]");
    let other = format!("[{},{}]", 2 * width, width / 2);
    let error = refusal("mlp_head", &[(&square, &other)]);
    assert!(matches!(error, Error::TensorShape { .. }), "{error}");
    let spaced = |shape: &str| shape.replace(',', ", ");
    assert_says(&error, &[&spaced(&square), &spaced(&other)]);
}

#[test]
fn a_head_of_both_layouts_is_refused() {
    let error = refusal("mlp_head", &[("\"score.0.bias\"", "\"score.weight\"")]);
    assert!(matches!(error, Error::TwoHeads { .. }), "{error}");
    assert_says(&error, &["`score.weight`", "`score.0.weight`"]);
}

#[test]
fn a_language_model_opened_as_a_reward_model_is_told_what_it_is() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/models");
    let device = Device::flex();
    for (name, found) in [
        ("qwen2_tied", "no head"),
        ("qwen2_sharded", "`lm_head.weight` [96, 32]"),
    ] {
        let checkpoint = Checkpoint::open(models.join(name)).unwrap();
        let error = checkpoint.load_prm(&device, Precision::F32).unwrap_err();
        assert!(matches!(error, Error::NotARewardModel { .. }), "{error}");
        assert_says(&error, &[name, found, "start_prm", "Checkpoint::load`"]);
    }
}

#[test]
fn a_reward_model_opened_as_a_language_model_is_told_what_it_is() {
    let device = Device::flex();
    for case in Case::all() {
        let checkpoint = Checkpoint::open(&case.folder).unwrap();
        let as_language = checkpoint.load(&device, Precision::F32).map(|_| ());
        let as_trunk = checkpoint.start_prm(PrmHead::TwoLayers, &device, Precision::F32);
        for error in [as_language, as_trunk.map(|_| ())] {
            let error = error.expect_err("this is no language model");
            assert!(matches!(error, Error::NotALanguageModel { .. }), "{error}");
            assert_says(&error, &["`score.", "load_prm"]);
        }
    }
}

/// For tests/golden/check_prm.py, which says how to run it.
#[test]
#[ignore = "its folders are for a script in Python"]
fn write_reward_models_for_transformers() {
    let device = Device::flex();
    let case = Case::all().next().unwrap();
    let root = tempfile::tempdir().unwrap().keep();
    let mut models: Vec<_> = Case::all()
        .map(|case| {
            let checkpoint = Checkpoint::open(&case.folder).unwrap();
            let prm = checkpoint.load_prm(&device, Precision::F32).unwrap();
            (checkpoint, prm)
        })
        .collect();
    let language = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/models");
    for name in ["qwen2_tied", "qwen2_sharded", "qwen3", "llama"] {
        let checkpoint = Checkpoint::open(language.join(name)).unwrap();
        let head = PrmHead::TokenClassification { bias: true };
        let prm = checkpoint.start_prm(head, &device, Precision::F32).unwrap();
        models.push((checkpoint, prm));
    }
    for (number, (checkpoint, prm)) in models.iter().enumerate() {
        let folder = root.join(number.to_string());
        checkpoint
            .save_prm_as(&folder, prm, Precision::F32)
            .unwrap();
        let mut answers = case.answers();
        // Vocabularies differ.
        let small = |token: &mut u32| *token %= 64;
        for answer in &mut answers {
            answer.prompt.iter_mut().for_each(small);
            answer.answer.iter_mut().for_each(small);
        }
        let rewards = prm.judge(&answers, 1000).unwrap();
        let lines = answers.iter().zip(rewards).map(|(answer, rewards)| {
            let tokens = [answer.prompt.as_slice(), &answer.answer].concat();
            let ends = answer.ends.iter().map(|end| answer.prompt.len() + end);
            let ends: Vec<usize> = ends.collect();
            json!({"tokens": tokens, "ends": ends, "rewards": rewards}).to_string() + "\n"
        });
        fs::write(folder.join("judged.jsonl"), lines.collect::<String>()).unwrap();
        println!("{}", folder.display());
    }
}
