//! The keys and values of tokens already read, owned by the caller.
//!
//! Storage is allocated once, at full capacity, and written in place: every forward pass appends
//! its tokens at the same columns of all rows, one cheap slice assignment a layer. Rows may be of
//! different ages and hold pads anywhere, because each column remembers its token's position (see
//! [`Positions`](crate::Positions)) and a query sees only what stands before it.
//!
//! In place means: with one owner. A clone of a cache that is still alive makes the next append
//! copy the whole of it.

use burn::tensor::{DType, Device, Int, Tensor};

use crate::positions::Positions;

/// A key-value cache for `rows` texts of up to `capacity` tokens each.
#[derive(Debug, Clone)]
pub struct KvCache {
    layers: Vec<LayerCache>,
    /// `[rows, capacity]`; only the first `length` columns mean anything.
    positions: Tensor<2, Int>,
    length: usize,
    capacity: usize,
}

/// Keys and values of one layer, `[rows, kv_heads, capacity, head_dim]`.
#[derive(Debug, Clone)]
pub(crate) struct LayerCache {
    keys: Tensor<4>,
    values: Tensor<4>,
    length: usize,
}

impl KvCache {
    /// See [`Decoder::new_cache`](crate::Decoder::new_cache).
    ///
    /// `[rows, kv_heads, capacity, head_dim]` is the shape of each of `layers` twice.
    pub(crate) fn new(layers: usize, shape: [usize; 4], dtype: DType, device: &Device) -> Self {
        let [rows, _, capacity, _] = shape;
        let zeros = || Tensor::<4>::zeros(shape, (device, dtype));
        let layers = (0..layers)
            .map(|_| LayerCache {
                keys: zeros(),
                values: zeros(),
                length: 0,
            })
            .collect();
        Self {
            layers,
            positions: Tensor::zeros([rows, capacity], (device, DType::I32)),
            length: 0,
            capacity,
        }
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

    /// A cache of the given rows of this one, in their order; a row may be taken several times,
    /// so one prompt that was read once can be continued many times.
    ///
    /// # Panics
    ///
    /// If a row is not in the cache.
    pub fn select(&self, rows: &[usize]) -> Self {
        let own = self.rows();
        assert!(
            rows.iter().all(|&row| row < own),
            "rows {rows:?} of a cache of {own} rows"
        );
        let rows: Vec<i32> = rows.iter().map(|&row| row as i32).collect();
        let rows = Tensor::<1, Int>::from_ints(rows.as_slice(), &self.positions.device());
        let layers = self
            .layers
            .iter()
            .map(|layer| LayerCache {
                keys: layer.keys.clone().select(0, rows.clone()),
                values: layer.values.clone().select(0, rows.clone()),
                length: layer.length,
            })
            .collect();
        Self {
            layers,
            positions: self.positions.clone().select(0, rows),
            length: self.length,
            capacity: self.capacity,
        }
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
        self.length = length;
        for layer in &mut self.layers {
            layer.length = length;
        }
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
        let new = new.to_tensor(&self.positions.device());
        let new = new.expand([rows, end - self.length]);
        let columns = self.length..end;
        self.positions
            .inplace(|all| all.slice_assign([0..rows, columns], new));
        self.length = end;
        self.positions.clone().narrow(1, 0, end)
    }

    pub(crate) fn layers_mut(&mut self) -> impl Iterator<Item = &mut LayerCache> {
        self.layers.iter_mut()
    }
}

impl LayerCache {
    /// Writes `[rows, kv_heads, new, head_dim]` behind what is there and gives all of it.
    pub(crate) fn append(&mut self, keys: Tensor<4>, values: Tensor<4>) -> (Tensor<4>, Tensor<4>) {
        let [rows, heads, new, width] = keys.dims();
        let end = self.length + new;
        let range = [0..rows, 0..heads, self.length..end, 0..width];
        self.keys
            .inplace(|all| all.slice_assign(range.clone(), keys));
        self.values.inplace(|all| all.slice_assign(range, values));
        self.length = end;
        (
            self.keys.clone().narrow(2, 0, end),
            self.values.clone().narrow(2, 0, end),
        )
    }
}
