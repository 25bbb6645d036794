//! What a checkpoint holds: parts with names, each a file of its own.
//!
//! ```text
//! step-000040/model.bpk  step-000040/optimizer.bpk      one learner
//! …  policy.bpk  policy.optimizer.bpk  prm.bpk  …       two of them in one run: more parts, the same loop
//! ```
//!
//! The files are Burn's records (burnpack). A record of a GPU backend is a view of device memory that is
//! read when it is written to its file, while AdamW updates that memory in place: so parts are saved before
//! the next step begins, never beside it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use burn::module::{Module, ModuleVisitor, Param, ParamGroup, ParamId};
use burn::optim::{ModuleOptimizer, OptimizerRecord};
use burn::store::ModuleRecord;
use burn::tensor::{DType, Tensor};

/// A named part of a checkpoint.
pub struct Part<'a> {
    /// Its name, which its file goes by.
    pub name: &'static str,
    /// What is saved.
    pub content: &'a mut dyn Saved,
}

/// Something that is saved with a checkpoint and found again in it.
pub trait Saved {
    /// Writes everything to a file.
    ///
    /// # Errors
    ///
    /// What is wrong, as it follows the name of the part.
    fn save(&self, path: &Path) -> Result<(), String>;

    /// Becomes what was saved.
    ///
    /// # Errors
    ///
    /// What is wrong, as it follows the name of the part.
    fn load(&mut self, path: &Path) -> Result<(), String>;
}

impl Saved for ModuleOptimizer {
    fn save(&self, path: &Path) -> Result<(), String> {
        self.to_record()
            .save(path)
            .map_err(|error| error.to_string())
    }

    fn load(&mut self, path: &Path) -> Result<(), String> {
        let optimizer = self.clone();
        *self = readable(|| Ok(optimizer.load_record(OptimizerRecord::load(path)?)))?;
        Ok(())
    }
}

/// Writes the weights of a model to a file, without those that are frozen: they are where they came from.
pub(crate) fn save_weights<M: Module>(model: &M, path: &Path) -> Result<(), String> {
    let model = model.clone();
    let record = match trained_among_frozen(&model) {
        Some(trained) => model.into_record_group(ParamGroup::from_ids(trained)),
        None => model.into_record(),
    };
    record.save(path).map_err(|error| error.to_string())
}

/// The model with the weights of a file; frozen ones, which no file has, stay as they are.
///
/// # Errors
///
/// What is wrong with the file, as it follows its name.
pub fn load_weights<M: Module>(model: M, path: &Path) -> Result<M, String> {
    let trained = trained_among_frozen(&model);
    readable(|| {
        let record = ModuleRecord::load(path)?;
        let is_all = trained.is_some_and(|trained| trained.len() == record.len());
        Ok(model.load_record(record.allow_partial(is_all)))
    })
}

/// The trained parameters of a model of which others are frozen.
fn trained_among_frozen<M: Module>(model: &M) -> Option<Vec<ParamId>> {
    #[derive(Default)]
    struct Sorted {
        trained: Vec<ParamId>,
        frozen: usize,
    }

    impl ModuleVisitor for Sorted {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            match param.is_require_grad() {
                true => self.trained.push(param.id),
                false => self.frozen += 1,
            }
        }
    }

    let mut sorted = Sorted::default();
    model.visit(&mut sorted);
    (!sorted.trained.is_empty() && sorted.frozen > 0).then_some(sorted.trained)
}

/// Burn checks a record's header and panics at much of what may be wrong behind it.
fn readable<T>(read: impl FnOnce() -> Result<T, burn::store::RecordError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|error| error.to_string()),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or(panic.downcast_ref::<&str>().copied());
            let reason = text.unwrap_or("Burn cannot read it");
            Err(format!("it is no record of this model: {reason}"))
        }
    }
}

/// Whether every weight of a model is a finite number.
pub fn is_finite<M: Module>(model: &M) -> bool {
    /// Zero for each parameter whose values are all finite, else NaN.
    struct Zeros(Vec<Tensor<1>>);

    impl ModuleVisitor for Zeros {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let zeros = param.val().detach().mul_scalar(0.0);
            self.0.push(zeros.sum().cast(DType::F32));
        }
    }

    let mut zeros = Zeros(Vec::new());
    model.visit(&mut zeros);
    let sum = zeros.0.into_iter().reduce(|sum, zero| sum + zero);
    sum.is_none_or(|sum| sum.into_scalar::<f32>() == 0.0)
}

#[cfg(test)]
mod tests {
    use burn::module::Initializer;
    use burn::nn::{Linear, LinearConfig};
    use burn::tensor::Device;

    use super::*;
    use crate::weights::Weights;

    fn linear(value: f64) -> Linear {
        let config = LinearConfig::new(3, 2).with_initializer(Initializer::Constant { value });
        config.init(&Device::flex())
    }

    #[test]
    fn weights_that_are_not_finite_are_noticed() {
        assert!(is_finite(&linear(1e38)));
        assert!(!is_finite(&linear(f64::INFINITY)));
        assert!(!is_finite(&linear(f64::NAN)));
    }

    #[test]
    fn weights_that_are_not_finite_are_not_saved_and_the_reason_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.bpk");
        let refused = Weights::new(linear(f64::NAN)).save(&path).unwrap_err();
        assert!(refused.contains("diverged"), "{refused}");
        assert!(!path.exists());
    }

    #[test]
    fn a_file_that_is_no_record_or_that_of_another_model_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.bpk");
        std::fs::write(&path, b"not a record").unwrap();
        assert!(load_weights(linear(1.0), &path).is_err());
        Weights::new(linear(2.0)).save(&path).unwrap();
        let other = LinearConfig::new(5, 5).init(&Device::flex());
        assert!(load_weights(other, &path).is_err());
        let bytes = std::fs::read(&path).unwrap();
        for length in [0, 3, bytes.len() / 2, bytes.len() - 1] {
            std::fs::write(&path, &bytes[..length]).unwrap();
            assert!(load_weights(linear(1.0), &path).is_err(), "{length}");
        }
    }
}
