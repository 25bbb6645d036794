//! Filling a module from the tensors of a checkpoint.
//!
//! First every parameter is checked against the headers, then the parameters are made, one by one,
//! each straight in the precision it is to have. Nothing large is allocated before everything fits.

use std::collections::BTreeSet;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};
use half::bf16;

use super::names::NameTracker;
use super::{HEAD, Weights};
use crate::{Error, Precision};

impl Weights {
    /// Gives `module` the tensors that carry its parameters' names, in `precision`, factors of adapters in
    /// theirs.
    ///
    /// `may_ignore` tells of a tensor without a place in the module whether that is in order.
    pub(crate) fn load_into<M: Module>(
        &self,
        module: M,
        [precision, of_factors]: [Precision; 2],
        may_ignore: impl Fn(&str) -> bool,
    ) -> Result<M, Error> {
        let mut check = Check {
            weights: self,
            names: NameTracker::default(),
            wanted: BTreeSet::new(),
            error: None,
        };
        module.visit(&mut check);
        if let Some(error) = check.error {
            return Err(error);
        }
        let wanted = check.wanted;
        let without_place = |name: &&String| !wanted.contains(*name) && !may_ignore(name);
        if let Some(tensor) = self.places.keys().find(without_place) {
            let (file, info) = self.find(tensor).expect("every place was checked");
            return Err(Error::UnexpectedTensor {
                path: file.path().to_owned(),
                tensor: tensor.clone(),
                found: info.shape.clone(),
            });
        }

        let mut fill = Fill {
            weights: self,
            names: NameTracker::default(),
            precision,
            of_factors,
            error: None,
        };
        let module = module.map(&mut fill);
        fill.error.map_or(Ok(module), Err)
    }
}

/// Compares shapes; keeps the first thing that does not fit.
struct Check<'a> {
    weights: &'a Weights,
    names: NameTracker,
    wanted: BTreeSet<String>,
    error: Option<Error>,
}

impl Check<'_> {
    fn parameter(&mut self, shape: &[usize]) -> Result<(), Error> {
        let tensor = self.names.tensor_name();
        let expected = self.names.file_shape(shape);
        let Some((file, info)) = self.weights.find(&tensor) else {
            return Err(Error::MissingTensor {
                path: self.weights.entry.clone(),
                tensor,
                expected,
            });
        };
        file.precision(&tensor, info)?;
        if info.shape != expected {
            return Err(Error::TensorShape {
                path: file.path().to_owned(),
                tensor,
                expected,
                found: info.shape.clone(),
            });
        }
        self.wanted.insert(tensor);
        Ok(())
    }
}

impl ModuleVisitor for Check<'_> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.names.enter(name, container);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.names.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.error.is_none() {
            self.error = self.parameter(&param.lazy_shape().dims::<D>()).err();
        }
    }
}

/// Replaces parameters, until one cannot be read.
struct Fill<'a> {
    weights: &'a Weights,
    names: NameTracker,
    precision: Precision,
    of_factors: Precision,
    error: Option<Error>,
}

impl Fill<'_> {
    fn read(&self, shape: &[usize], precision: Precision) -> Result<TensorData, Error> {
        match precision {
            Precision::Bf16 => self.read_as(shape, bf16::from_f32),
            _ => self.read_as(shape, |number| number),
        }
    }

    fn read_as<E>(&self, shape: &[usize], from: impl Fn(f32) -> E) -> Result<TensorData, Error>
    where
        E: burn::tensor::Element + Default,
    {
        let tensor = self.names.tensor_name();
        let (file, info) = self.weights.find(&tensor).expect("checked before");
        let mut values = vec![E::default(); shape.iter().product()];
        let mut next = 0;
        match (self.names.is_transposed(), shape) {
            (true, &[inputs, outputs]) => file.read(&tensor, info, |numbers| {
                for &number in numbers {
                    values[next % inputs * outputs + next / inputs] = from(number);
                    next += 1;
                }
            })?,
            _ => file.read(&tensor, info, |numbers| {
                for (value, &number) in values[next..].iter_mut().zip(numbers) {
                    *value = from(number);
                }
                next += numbers.len();
            })?,
        }
        Ok(TensorData::new(values, shape))
    }
}

impl ModuleMapper for Fill<'_> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.names.enter(name, container);
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.names.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if self.error.is_some() {
            return param;
        }
        // Vectors and heads take no room: they stay as exact as they are.
        let precision = if D == 1 || self.names.tensor_name().starts_with(HEAD) {
            Precision::F32
        } else if self.names.is_factor() {
            self.of_factors
        } else {
            self.precision
        };
        match self.read(&param.lazy_shape().dims::<D>(), precision) {
            Ok(data) => {
                let device = param.lazy_device();
                let value = Tensor::from_data(data, (&device, precision.dtype()));
                let id = param.id;
                param.transform_for_load(value, id)
            }
            Err(error) => {
                self.error = Some(error);
                param
            }
        }
    }
}
