//! The weights of a model in training: masters in f32 that the optimizer changes, and the model that computes.
//!
//! ```text
//! masters, f32  -- rounded, brought over, once an update -->  model that computes: bf16, or on another device
//!      ^------------------ optimizer <--------------------------------- its gradients, f32
//! ```
//!
//! Where the model computes in f32 on the device where the masters are, it is the masters themselves. Mixed precision
//! of arXiv 1710.03740 without scaled losses, which bf16 does not need.

use std::path::Path;

use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Device;
use pure_model::{Precision, copied};

use crate::parts::{Saved, is_finite, load_weights, save_weights};

/// The weights of a model. Apart from the moment of an update there always are some.
pub(crate) struct Weights<M> {
    masters: Option<M>,
    /// How another model than the masters computes, if one does, and that model.
    other: Option<(Precision, Device, M)>,
}

impl<M: Module> Weights<M> {
    /// Weights that compute themselves.
    pub fn new(masters: M) -> Self {
        let masters = Some(masters);
        Self {
            masters,
            other: None,
        }
    }

    /// The same with a model of its own that computes in that precision on that device.
    pub fn computing(self, precision: Precision, device: &Device) -> Self {
        let model = copied(self.masters(), precision, device);
        Self {
            other: Some((precision, device.clone(), model)),
            ..self
        }
    }

    pub fn masters(&self) -> &M {
        self.masters
            .as_ref()
            .expect("an update gives the weights back")
    }

    /// The model that computes.
    pub fn model(&self) -> &M {
        match &self.other {
            Some((.., model)) => model,
            None => self.masters(),
        }
    }

    /// One step of the optimizer.
    pub fn update(
        &mut self,
        optimizer: &mut ModuleOptimizer,
        rate: f64,
        gradients: GradientsParams,
    ) {
        // It is the only owner of the weights, so that they are changed in place.
        let masters = self
            .masters
            .take()
            .expect("an update gives the weights back");
        let gradients = match (&self.other, masters.devices().as_slice()) {
            (Some(_), [device, ..]) => gradients.to_device(device, &masters),
            _ => gradients,
        };
        self.masters = Some(optimizer.step(rate, masters, gradients));
        self.refresh();
    }

    fn refresh(&mut self) {
        if let Some((precision, device, model)) = self.other.take() {
            drop(model);
            let model = copied(self.masters(), precision, &device);
            self.other = Some((precision, device, model));
        }
    }
}

impl<M: Module> Saved for Weights<M> {
    fn save(&self, path: &Path) -> Result<(), String> {
        if !is_finite(self.masters()) {
            return Err(
                "weights are not finite: the training has diverged; lower the learning rate and go back to an \
                 earlier checkpoint"
                    .to_owned(),
            );
        }
        save_weights(self.masters(), path)
    }

    fn load(&mut self, path: &Path) -> Result<(), String> {
        let masters = self
            .masters
            .take()
            .expect("an update gives the weights back");
        self.masters = Some(load_weights(masters, path)?);
        self.refresh();
        Ok(())
    }
}
