//! A loader without batches.

use std::marker::PhantomData;
use std::sync::Arc;

use burn::data::dataloader::{DataLoader, DataLoaderIterator, Progress};
use burn::data::dataset::DatasetError;
use burn::tensor::Device;

/// Burn's training wants loaders, whether or not its strategy asks them.
struct NoBatches;

pub(super) fn no_batches<B: 'static>() -> Arc<dyn DataLoader<B>> {
    Arc::new(NoBatches)
}

impl<B: 'static> DataLoader<B> for NoBatches {
    fn iter<'a>(&'a self) -> Box<dyn DataLoaderIterator<B> + 'a> {
        Box::new(NoBatch(PhantomData))
    }

    fn num_items(&self) -> usize {
        0
    }

    fn to_device(&self, _: &Device) -> Arc<dyn DataLoader<B>> {
        no_batches()
    }

    fn slice(&self, _: usize, _: usize) -> Arc<dyn DataLoader<B>> {
        no_batches()
    }
}

struct NoBatch<B>(PhantomData<B>);

impl<B> Iterator for NoBatch<B> {
    type Item = Result<B, DatasetError>;

    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}

impl<B> DataLoaderIterator<B> for NoBatch<B> {
    fn progress(&self) -> Progress {
        Progress::new(0, 0, None)
    }
}
