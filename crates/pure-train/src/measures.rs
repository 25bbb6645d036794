//! What is measured at a step or in an evaluation: named numbers, for the log and the dashboard.

use std::sync::Arc;

use burn::tensor::{ExecutionError, TensorReadError};
use burn::train::ItemLazy;
use burn::train::metric::state::{FormatOptions, NumericMetricState};
use burn::train::metric::{
    self, Adaptor, Metric as _, MetricAttributes, MetricMetadata, MetricName, Numeric,
    NumericAttributes, NumericEntry, SerializedEntry,
};
use pure_core::Metric;
use pure_core::metrics::{Better, Unit};
use serde_json::{Map, Value};

/// Named numbers, in the order in which they were put in; apart from them those that differ from run
/// to run, times and speeds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measures {
    numbers: Vec<(&'static str, f64)>,
    times: Vec<(&'static str, f64)>,
}

impl Measures {
    /// Puts a number in.
    pub fn put(&mut self, name: &'static str, value: f64) {
        self.numbers.push((name, value));
    }

    /// Puts in how long something took, in seconds, or how fast it was.
    pub fn put_time(&mut self, name: &'static str, value: f64) {
        self.times.push((name, value));
    }

    /// Puts all of another's in.
    pub fn extend(&mut self, other: Self) {
        self.numbers.extend(other.numbers);
        self.times.extend(other.times);
    }

    /// The same with one number more.
    pub fn with(mut self, name: &'static str, value: f64) -> Self {
        self.put(name, value);
        self
    }

    /// A number by its name.
    pub fn get(&self, name: &str) -> Option<f64> {
        let found = self.numbers.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| *value)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.numbers.iter().copied()
    }

    /// Times and speeds.
    pub fn times(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.times.iter().copied()
    }

    /// As JSON, times under `time`; what is not a finite number is null.
    pub fn to_json(&self) -> Map<String, Value> {
        let object = |numbers: &[(&'static str, f64)]| -> Map<String, Value> {
            let entry = |&(name, value): &(&'static str, f64)| (name.into(), value.into());
            numbers.iter().map(entry).collect()
        };
        let mut json = object(&self.numbers);
        json.insert("time".to_owned(), Value::Object(object(&self.times)));
        json
    }
}

impl ItemLazy for Measures {
    fn sync(self) -> Result<Self, ExecutionError> {
        Ok(self)
    }
}

impl Adaptor<Measures> for Measures {
    fn adapt(&self) -> Measures {
        self.clone()
    }
}

/// A metric as Burn's dashboard and its files take it.
#[derive(Clone)]
pub(crate) struct MeasuredMetric {
    metric: Metric,
    name: MetricName,
    state: NumericMetricState,
}

impl MeasuredMetric {
    pub fn new(metric: Metric) -> Self {
        Self {
            metric,
            name: Arc::new(metric.name.to_owned()),
            state: NumericMetricState::new(),
        }
    }

    fn format(&self) -> FormatOptions {
        FormatOptions::new(self.name()).precision(5)
    }
}

impl metric::Metric for MeasuredMetric {
    type Input = Measures;

    fn name(&self) -> MetricName {
        self.name.clone()
    }

    fn description(&self) -> Option<String> {
        Some(self.metric.meaning.to_owned())
    }

    fn attributes(&self) -> MetricAttributes {
        let unit = match self.metric.unit {
            Unit::Of(unit) => Some(unit.to_owned()),
            Unit::Fraction | Unit::Plain => None,
        };
        NumericAttributes {
            unit,
            higher_is_better: self.metric.better == Better::Higher,
        }
        .into()
    }

    fn update(
        &mut self,
        measures: &Measures,
        _: &MetricMetadata,
    ) -> Result<SerializedEntry, TensorReadError> {
        let Some(value) = measures.get(self.metric.name) else {
            return Ok(SerializedEntry::not_available(None));
        };
        self.state.update(value, 1);
        Ok(self.state.compute_update(self.format()))
    }

    fn compute(&mut self) -> Result<SerializedEntry, TensorReadError> {
        Ok(self.state.compute_final(self.format()))
    }

    fn clear(&mut self) {
        self.state.reset();
    }
}

impl Numeric for MeasuredMetric {
    fn value(&self) -> Option<NumericEntry> {
        Some(self.state.current_value())
    }

    fn running_value(&self) -> Option<NumericEntry> {
        Some(self.state.running_value())
    }

    fn final_value(&self) -> NumericEntry {
        self.state.final_value()
    }
}
