//! The keys and values of tokens already read, owned by the caller.
//!
//! Storage is allocated once, at full capacity, and written in place: every forward pass appends
//! its tokens at the same columns of all rows, one cheap slice assignment a layer. Rows may be of
//! different ages and hold pads anywhere, because each column remembers its token's position (see
//! [`Positions`](crate::Positions)) and a query sees only what stands before it.
//!
//! Only a window of columns is read, from the [first](KvCache::first) to the last one written. So
//! texts of different ages live side by side, all ending at the last column:
//!
//! ```text
//!             first                length          capacity
//! row 0   . . | p p p a a a a a a a |   . . . . . . |      p prompt, a answer
//! row 1   . . | . . . . . p p p a a |   . . . . . . |      placed later, behind another text
//! ```
//!
//! In place means: with one owner. A clone of a cache that is still alive makes the next append
//! copy the whole of it.
//!
//! On a GPU the window that is read is a little wider, from a multiple of some columns to another:
//! Burn's part of a tensor is a view there only where its bytes begin and end at multiples of 512, and
//! else a copy. What lies outside of the window has no position, so no query sees it.

use std::ops::Range;

use burn::tensor::{DType, Device, Int, Tensor};

use crate::device::is_processor;
use crate::positions::{PAD, Positions};

/// A key-value cache for a number of texts.
#[derive(Debug, Clone)]
pub struct KvCache {
    layers: Vec<Layer>,
    /// `[rows, capacity]`; only the columns of the window mean anything.
    positions: Tensor<2, Int>,
    first: usize,
    length: usize,
    capacity: usize,
    /// The window is read from and to multiples of so many columns.
    step: usize,
}

/// Bytes at whose multiples a part of a tensor on a GPU begins and ends.
const ALIGNMENT: usize = 512;

/// Keys and values of one layer, `[rows, kv_heads, capacity, head_dim]`.
#[derive(Debug, Clone)]
struct Layer {
    keys: Tensor<4>,
    values: Tensor<4>,
}

/// One layer of a cache that is taking in new tokens.
pub(crate) struct LayerCache<'a> {
    layer: &'a mut Layer,
    /// Columns written so far, the new ones included.
    length: usize,
    /// Columns that are read.
    window: Range<usize>,
}

impl KvCache {
    /// See [`Decoder::new_cache`](crate::Decoder::new_cache).
    ///
    /// `[rows, kv_heads, capacity, head_dim]` is the shape of each of `layers` twice.
    pub(crate) fn new(layers: usize, shape: [usize; 4], device: &Device) -> Self {
        let [rows, _, capacity, width] = shape;
        let step = match is_processor(device) {
            true => 1,
            // The least number of columns whose bytes are a multiple of it.
            false => ALIGNMENT >> (width * DType::F32.size()).trailing_zeros().min(9),
        };
        let zeros = || Tensor::<4>::zeros(shape, (device, DType::F32));
        let layer = |_| Layer {
            keys: zeros(),
            values: zeros(),
        };
        Self {
            layers: (0..layers).map(layer).collect(),
            positions: nothing([rows, capacity], device),
            first: 0,
            length: 0,
            capacity,
            step,
        }
    }

    /// The columns that are read.
    fn window(&self) -> Range<usize> {
        let start = self.first - self.first % self.step;
        start..self.length.next_multiple_of(self.step).min(self.capacity)
    }

    /// Takes their positions from columns that are no longer to be seen.
    fn wipe(&mut self, columns: Range<usize>) {
        if !columns.is_empty() {
            let rows = self.rows();
            let positions = nothing([rows, columns.len()], &self.positions.device());
            self.positions
                .inplace(|all| all.slice_assign([0..rows, columns], positions));
        }
    }

    /// The first column that is read.
    pub fn first(&self) -> usize {
        self.first
    }

    /// Columns written so far, pads included.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Columns that there is room for.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Number of texts.
    pub fn rows(&self) -> usize {
        self.positions.dims()[0]
    }

    /// Layers of the model that it serves.
    pub fn layers(&self) -> usize {
        self.layers.len()
    }

    /// Bytes of its keys and values.
    pub fn bytes(&self) -> u64 {
        let numbers = |layer: &Layer| 2 * layer.keys.shape().num_elements();
        let size = |layer: &Layer| numbers(layer) * layer.keys.dtype().size();
        self.layers.iter().map(|layer| size(layer) as u64).sum()
    }

    /// A cache of the given rows of this one, in their order; a row may be taken several times,
    /// so one prompt that was read once can be continued many times.
    ///
    /// # Panics
    ///
    /// If a row is not in the cache.
    pub fn select(&self, rows: &[usize]) -> Self {
        let mut selected = self.clone();
        selected.rearrange(rows, self.length);
        selected
    }

    /// Keeps the given rows, in their order, and moves the window so that it ends at column `end`.
    ///
    /// It goes layer by layer: beside the cache there are at most two more of one layer's tensors.
    ///
    /// # Panics
    ///
    /// If a row is not in the cache, or the window does not fit in front of `end`.
    pub fn rearrange(&mut self, rows: &[usize], end: usize) {
        let own = self.rows();
        assert!(
            rows.iter().all(|&row| row < own),
            "rows {rows:?} of a cache of {own} rows"
        );
        let (first, window) = (self.first, self.length - self.first);
        assert!(
            window <= end && end <= self.capacity,
            "{window} columns moved to end at {end} of {}",
            self.capacity
        );
        let device = self.positions.device();
        let all = rows.iter().copied().eq(0..own);
        let index: Vec<i32> = rows.iter().map(|&row| row as i32).collect();
        let index = Tensor::<1, Int>::from_ints(index.as_slice(), &device);
        let columns = end - window..end;

        let moved = |tensor: &Tensor<4>| {
            let [_, heads, capacity, width] = tensor.dims();
            let shape = [rows.len(), heads, capacity, width];
            let zeros = Tensor::zeros(shape, (&device, tensor.dtype()));
            if window == 0 {
                return zeros;
            }
            let kept = tensor.clone().narrow(2, first, window);
            let kept = if all {
                kept
            } else {
                kept.select(0, index.clone())
            };
            let range = [0..rows.len(), 0..heads, columns.clone(), 0..width];
            zeros.slice_assign(range, kept)
        };
        for layer in &mut self.layers {
            layer.keys = moved(&layer.keys);
            layer.values = moved(&layer.values);
        }
        let positions = nothing([rows.len(), self.capacity], &device);
        self.positions = if window == 0 {
            positions
        } else {
            let kept = self.positions.clone().narrow(1, first, window);
            positions.slice_assign([0..rows.len(), columns.clone()], kept.select(0, index))
        };
        (self.first, self.length) = (columns.start, end);
    }

    /// Puts a text from another cache into rows of this one, over whatever they held: the first
    /// `length` columns of `row` in `source`, so that the text ends where this cache ends.
    ///
    /// # Panics
    ///
    /// If one of the rows is not there, or `length` columns are not.
    pub fn place(&mut self, rows: &[usize], source: &Self, row: usize, length: usize) {
        assert!(
            length <= source.length && length <= self.length && row < source.rows(),
            "{length} columns of row {row} of {} x {}, put before column {}",
            source.rows(),
            source.length,
            self.length
        );
        let (start, end) = (self.length - length, self.length);
        let text = |tensor: &Tensor<4>| tensor.clone().narrow(0, row, 1).narrow(2, 0, length);
        let positions = source.positions.clone().narrow(0, row, 1);
        let positions = positions.narrow(1, 0, length);
        let device = self.positions.device();
        let positions = if start == 0 {
            positions
        } else {
            Tensor::cat(vec![nothing([1, start], &device), positions], 1)
        };
        for run in runs(rows) {
            let copies = run.len();
            for (own, theirs) in self.layers.iter_mut().zip(&source.layers) {
                let [_, heads, _, width] = own.keys.dims();
                let range = [run.clone(), 0..heads, start..end, 0..width];
                let keys = text(&theirs.keys).repeat_dim(0, copies);
                let values = text(&theirs.values).repeat_dim(0, copies);
                own.keys
                    .inplace(|all| all.slice_assign(range.clone(), keys));
                own.values.inplace(|all| all.slice_assign(range, values));
            }
            let positions = positions.clone().repeat_dim(0, copies);
            self.positions
                .inplace(|all| all.slice_assign([run, 0..end], positions));
        }
        self.first = self.first.min(start);
    }

    /// Reads no column before `column` from now on.
    ///
    /// # Panics
    ///
    /// If the cache is not that long.
    pub fn forget_before(&mut self, column: usize) {
        assert!(
            column <= self.length,
            "column {column} of a cache of {} columns",
            self.length
        );
        self.first = column;
        self.wipe(self.window().start..column);
    }

    /// Forgets all columns from `length` on.
    ///
    /// # Panics
    ///
    /// If the cache is not that long.
    pub fn truncate(&mut self, length: usize) {
        assert!(
            length <= self.length,
            "a cache of {} columns cut to {length}",
            self.length
        );
        if self.step > 1 {
            self.wipe(length..self.length);
        }
        self.length = length;
        self.first = self.first.min(length);
    }

    /// Takes in the positions of new tokens and gives those of all keys, `[rows, keys]`.
    ///
    /// # Panics
    ///
    /// If there is no room, or the rows are not this cache's.
    pub(crate) fn append_positions(&mut self, new: &Positions) -> Tensor<2, Int> {
        let (rows, end) = (self.rows(), self.length + new.length());
        assert!(
            end <= self.capacity,
            "{end} tokens in a cache with room for {}",
            self.capacity
        );
        assert!(
            new.rows() == rows || new.rows() == 1,
            "positions of {} rows for a cache of {rows}",
            new.rows()
        );
        let new = new.keys(&self.positions.device());
        let new = new.expand([rows, end - self.length]);
        let columns = self.length..end;
        self.positions
            .inplace(|all| all.slice_assign([0..rows, columns], new));
        self.length = end;
        let window = self.window();
        self.positions.clone().slice_dim(1, window)
    }

    /// The layers, to take in what belongs to the positions just appended.
    pub(crate) fn layers_mut(&mut self) -> impl Iterator<Item = LayerCache<'_>> {
        let (length, window) = (self.length, self.window());
        let layers = self.layers.iter_mut();
        layers.map(move |layer| LayerCache {
            layer,
            length,
            window: window.clone(),
        })
    }
}

impl LayerCache<'_> {
    /// Writes `[rows, kv_heads, new, head_dim]` into the last columns and gives the whole window.
    pub(crate) fn append(self, keys: Tensor<4>, values: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let Self {
            layer,
            length,
            window,
        } = self;
        let [rows, heads, new, width] = keys.dims();
        let range = [0..rows, 0..heads, length - new..length, 0..width];
        layer
            .keys
            .inplace(|all| all.slice_assign(range.clone(), keys));
        layer.values.inplace(|all| all.slice_assign(range, values));
        (
            layer.keys.clone().slice_dim(2, window.clone()),
            layer.values.clone().slice_dim(2, window),
        )
    }
}

/// Positions that no query sees.
fn nothing(shape: [usize; 2], device: &Device) -> Tensor<2, Int> {
    Tensor::full(shape, PAD, (device, DType::I32))
}

/// Runs of consecutive rows: one assignment serves a run.
fn runs(rows: &[usize]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for &row in rows {
        match runs.last_mut() {
            Some(run) if run.end == row => run.end += 1,
            _ => runs.push(row..row + 1),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CausalLm, ModelConfig};

    fn read(
        model: &CausalLm,
        tokens: &[[i32; 2]],
        positions: &Positions,
        cache: &mut KvCache,
    ) -> Vec<f32> {
        let tokens: Vec<i32> = tokens.iter().flatten().copied().collect();
        let rows = tokens.len() / 2;
        let tokens = Tensor::<1, Int>::from_ints(tokens.as_slice(), &model.model.device());
        let hidden = model
            .model
            .forward_cached(tokens.reshape([rows, 2]), positions, cache);
        hidden.into_data().try_into_vec().unwrap()
    }

    #[test]
    fn a_wider_window_changes_nothing_that_is_seen() {
        let device = Device::flex();
        device.seed(5);
        let model = ModelConfig::small().init(&device);
        let outcome = |step: usize| {
            let mut cache = model.model.new_cache(2, 13);
            cache.step = step;
            let mut all = Vec::new();
            let mut go = |cache: &mut KvCache, tokens, positions: Positions| {
                all.extend(read(&model, tokens, &positions, cache));
            };
            go(&mut cache, &[[1, 2], [3, 4]], Positions::sequential(0, 2));
            go(&mut cache, &[[5, 6], [7, 8]], Positions::sequential(2, 2));
            go(&mut cache, &[[9, 9], [9, 9]], Positions::sequential(4, 2));
            // Two other tokens in place of the last, then the first two forgotten, as in a sliding window.
            cache.truncate(4);
            go(
                &mut cache,
                &[[10, 11], [12, 13]],
                Positions::sequential(4, 2),
            );
            cache.forget_before(3);
            go(
                &mut cache,
                &[[14, 15], [16, 17]],
                Positions::sequential(6, 2),
            );
            let mut other = model.model.new_cache(1, 2);
            read(
                &model,
                &[[18, 19]],
                &Positions::sequential(0, 2),
                &mut other,
            );
            cache.place(&[1], &other, 0, 2);
            let positions = Positions::from_mask(&[true; 4], 2, 2);
            go(&mut cache, &[[20, 21], [22, 23]], positions);
            cache.rearrange(&[1, 0], 9);
            go(
                &mut cache,
                &[[24, 25], [26, 27]],
                Positions::sequential(2, 2),
            );
            all
        };
        let exact = outcome(1);
        for step in [2, 4, 8] {
            let gaps = outcome(step).into_iter().zip(&exact);
            let largest = gaps.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(largest < 1e-5, "{largest} with steps of {step}");
        }
    }
}
