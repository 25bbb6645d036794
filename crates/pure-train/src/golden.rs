//! Curves of PyTorch that tests compare with: those in tests/golden, or in what `PURE_GOLDEN` names.

use std::path::{Path, PathBuf};

use burn::train::{Learner, LearnerModel, TrainStep};
use pure_core::metrics;
use safetensors::SafeTensors;
use serde_json::Value;

use crate::optim::{Decay, OptimizerConfig, Schedule};
use crate::{Measures, update::Updater};

/// A recorded curve.
pub struct Curve {
    root: PathBuf,
    pub json: Value,
    bytes: Vec<u8>,
}

impl Curve {
    /// The curves of these names, wherever they are.
    pub fn all(names: &[&str]) -> Vec<Self> {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/optim");
        let other = std::env::var_os("PURE_GOLDEN").map(PathBuf::from);
        let read = |name: &&str| {
            let given = other
                .as_ref()
                .map(|root| (root.clone(), root.join("optim")));
            let given = given.filter(|(_, folder)| folder.join(format!("{name}.json")).exists());
            let (root, folder) = given.unwrap_or((committed.clone(), committed.clone()));
            let json = std::fs::read(folder.join(format!("{name}.json"))).ok()?;
            Some(Self {
                root,
                json: serde_json::from_slice(&json).unwrap(),
                bytes: std::fs::read(folder.join(format!("{name}.safetensors"))).unwrap(),
            })
        };
        let curves: Vec<Self> = names.iter().filter_map(read).collect();
        assert!(
            !curves.is_empty(),
            "there is no curve of the names {names:?}"
        );
        curves
    }

    /// The folder of the model that the curve begins with.
    pub fn model(&self) -> PathBuf {
        self.root.join(self.json["model"].as_str().unwrap())
    }

    /// Rows of whole numbers.
    pub fn rows(&self, name: &str) -> Vec<Vec<i64>> {
        let file = SafeTensors::deserialize(&self.bytes).unwrap();
        let view = file.tensor(name).unwrap();
        let bytes = view.data().as_chunks().0.iter();
        let numbers: Vec<i64> = bytes.map(|bytes| i64::from_le_bytes(*bytes)).collect();
        let width = *view.shape().last().unwrap();
        numbers.chunks(width).map(<[i64]>::to_vec).collect()
    }

    /// Rows of numbers.
    pub fn floats(&self, name: &str) -> Vec<Vec<f32>> {
        let file = SafeTensors::deserialize(&self.bytes).unwrap();
        let view = file.tensor(name).unwrap();
        let bytes = view.data().as_chunks().0.iter();
        let numbers: Vec<f32> = bytes.map(|bytes| f32::from_le_bytes(*bytes)).collect();
        let width = *view.shape().last().unwrap();
        numbers.chunks(width).map(<[f32]>::to_vec).collect()
    }

    pub fn optimizer(&self) -> OptimizerConfig {
        let number = |name: &str| self.json[name].as_f64().unwrap();
        let decays = self.json["weight_decay_applies_to"].as_str();
        OptimizerConfig {
            betas: [0, 1].map(|index| self.json["betas"][index].as_f64().unwrap()),
            epsilon: number("eps"),
            weight_decay: number("weight_decay"),
            decay: match decays {
                Some("all parameters") => Decay::All,
                _ => Decay::Matrices,
            },
            max_grad_norm: number("grad_clip"),
        }
    }

    /// Trains as the curve was made, and compares every step with it.
    pub fn compare<M>(
        &self,
        model: M,
        schedule: Schedule,
        batches: impl Fn(usize) -> Vec<<M as TrainStep>::Input>,
        signals: &[&str],
    ) -> M
    where
        M: LearnerModel + TrainStep<Output = Measures>,
    {
        let log = self.json["log"].as_array().unwrap();
        let config = self.optimizer();
        let mut learner = Learner::new(model, config.init(), schedule.over(log.len()));
        let mut updater = Updater::new(config.max_grad_norm);
        for (step, expected) in log.iter().enumerate() {
            let mut sums = vec![0.0; signals.len()];
            let updated = updater.step(&mut learner, step, batches(step), |part| {
                for (sum, name) in sums.iter_mut().zip(signals) {
                    *sum += part.get(name).unwrap();
                }
            });
            let updated = updated.unwrap();
            let found = signals.iter().copied().zip(sums);
            let found = found.chain([
                ("grad_norm", updated.get(metrics::GRAD_NORM.name).unwrap()),
                ("lr", updated.get(metrics::LEARNING_RATE.name).unwrap()),
            ]);
            for (name, found) in found {
                let name = if name == "accuracy" { "acc" } else { name };
                let expected = expected[name].as_f64().unwrap();
                // AdamW divides by what may be tiny: later steps drift apart in any two orders of
                // adding up.
                let tolerance = if step < 3 { 1e-5 } else { 1e-3 };
                let difference = (found - expected).abs() / expected.abs().max(1e-6);
                assert!(
                    difference < tolerance,
                    "step {step}, {name}: {found}, expected {expected}"
                );
            }
        }
        learner.model()
    }

    /// Compares the weights of a saved model with those that the curve ends at.
    pub fn compare_weights(&self, folder: &Path) {
        let bytes = std::fs::read(folder.join("model.safetensors")).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        for (name, expected) in self.json["final_weights"].as_object().unwrap() {
            let view = file
                .tensor(name)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
            let numbers = view.data().as_chunks().0.iter();
            let numbers: Vec<f64> = numbers.map(|b| f64::from(f32::from_le_bytes(*b))).collect();
            let close = |what: &str, found: f64, expected: &Value, scale: f64| {
                let expected = expected.as_f64().unwrap();
                let difference = (found - expected).abs();
                assert!(
                    difference < 1e-3 * scale,
                    "{name}, {what}: {found}, expected {expected}"
                );
            };
            let abs_sum = numbers.iter().map(|number| number.abs()).sum();
            let typical = expected["abs_sum"].as_f64().unwrap() / numbers.len() as f64;
            close("abs_sum", abs_sum, &expected["abs_sum"], abs_sum);
            let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
            close("mean", mean, &expected["mean"], typical);
            for (index, first) in expected["first8"].as_array().unwrap().iter().enumerate() {
                close(
                    "first8",
                    numbers[index],
                    first,
                    typical.max(numbers[index].abs()),
                );
            }
        }
    }
}
