//! What an evaluation found, as `results.json` keeps it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{BenchmarkResults, Fingerprint};

/// The results of an evaluation on some benchmarks. The same samples, settings and seed make the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// What decided the samples, as whoever sampled them says it: model, template, sampling, verifier.
    pub settings: Map<String, Value>,
    /// What else was read, by what it is: the model, the reward model.
    pub fingerprints: BTreeMap<String, Fingerprint>,
    /// Of resampling.
    pub seed: u64,
    /// The mean of the benchmarks' accuracies, each counting the same; nothing without benchmarks.
    pub mean_accuracy: Option<f64>,
    /// One a benchmark.
    pub benchmarks: Vec<BenchmarkResults>,
}

impl Results {
    /// Those of benchmarks.
    pub fn of(
        settings: Map<String, Value>,
        fingerprints: BTreeMap<String, Fingerprint>,
        seed: u64,
        benchmarks: Vec<BenchmarkResults>,
    ) -> Self {
        let accuracies = benchmarks.iter().map(|benchmark| benchmark.accuracy.value);
        let mean = accuracies.sum::<f64>() / benchmarks.len() as f64;
        Self {
            settings,
            fingerprints,
            seed,
            mean_accuracy: (!benchmarks.is_empty()).then_some(mean),
            benchmarks,
        }
    }

    /// The text of `results.json`.
    pub fn json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("results are always JSON");
        text + "\n"
    }
}
