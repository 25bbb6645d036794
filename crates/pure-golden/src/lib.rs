//! Training curves recorded in PyTorch, for the tests of several crates to compare with: those in `tests/golden`,
//! and the rest where `PURE_GOLDEN` names a folder that has them.

use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use serde_json::Value;

/// A recorded curve.
pub struct Curve {
    root: PathBuf,
    /// Its settings, its numbers step by step, and the weights that it ends at.
    pub json: Value,
    bytes: Vec<u8>,
}

impl Curve {
    /// The committed curves of these names.
    ///
    /// # Panics
    ///
    /// If one of them is not there.
    pub fn committed(names: &[&str]) -> Vec<Self> {
        // Where the tested package is when its tests run: what is compiled may have been built in another copy.
        let package = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
        let mut folders = Path::new(&package).ancestors();
        let folder = folders.find_map(|folder| {
            let curves = folder.join("tests/golden/optim");
            curves.is_dir().then_some(curves)
        });
        let root = folder.expect("tests/golden/optim is above the package");
        names
            .iter()
            .map(|name| Self::read(&root, &root, name))
            .collect()
    }

    /// Those of the folder that `PURE_GOLDEN` names.
    ///
    /// # Panics
    ///
    /// If it is not set, or one of them is not there.
    pub fn elsewhere(names: &[&str]) -> Vec<Self> {
        let root = std::env::var_os("PURE_GOLDEN").expect("PURE_GOLDEN names a folder");
        let root = PathBuf::from(root);
        let folder = root.join("optim");
        names
            .iter()
            .map(|name| Self::read(&root, &folder, name))
            .collect()
    }

    fn read(root: &Path, folder: &Path, name: &str) -> Self {
        let bytes = |end: &str| {
            let path = folder.join(format!("{name}.{end}"));
            std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        Self {
            root: root.to_owned(),
            json: serde_json::from_slice(&bytes("json")).unwrap(),
            bytes: bytes("safetensors"),
        }
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

    /// A setting that is a number.
    pub fn number(&self, name: &str) -> f64 {
        self.json[name].as_f64().unwrap()
    }

    /// Takes every step of the curve with `step`, and compares the numbers that it names, among them the gradient's
    /// norm and the learning rate, with those of PyTorch.
    pub fn compare(&self, mut step: impl FnMut(usize) -> Vec<(&'static str, f64)>) {
        let log = self.json["log"].as_array().unwrap();
        for (number, expected) in log.iter().enumerate() {
            let found = step(number);
            assert!(!found.is_empty());
            for (name, found) in found {
                let expected = expected[name].as_f64().unwrap();
                // AdamW divides by what may be tiny: later steps drift apart in any two orders of
                // adding up.
                let tolerance = if number < 3 { 1e-5 } else { 1e-3 };
                let difference = (found - expected).abs() / expected.abs().max(1e-6);
                assert!(
                    difference < tolerance,
                    "step {number}, {name}: {found}, expected {expected}"
                );
            }
        }
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
