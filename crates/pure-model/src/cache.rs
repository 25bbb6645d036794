//! Keys and values of texts that grow, in blocks of a few tokens (PagedAttention, arXiv 2309.06180).
//!
//! ```text
//! pool of a layer   | nobody's | b1 | b2 | b3 | b4 | b5 | b6 |      16 tokens a block
//! text 0            b3 b1                                           its first 16 tokens, and up to 16 more
//! text 1            b3 b4                                           the same beginning, going on otherwise
//! ```
//!
//! A text holds as many blocks as its tokens fill. A clone shares them, so a prompt is read and kept once for
//! all of its answers: where one of several texts goes on in a block that is not full, it takes a copy of
//! the block. The blocks of a text that is dropped are free for others.

use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::{DType, Device, IndexingUpdateOp, Int, Tensor, TensorData};
use pure_kernels::{BlockTables, Heads, attention_in_blocks};

use crate::positions::Positions;

/// Tokens of a block.
const BLOCK: usize = 16;

/// Room for the keys and values of texts.
#[derive(Debug)]
pub struct KvCache {
    /// Of each layer `[blocks, BLOCK, 2 * kv_heads * head_dim]`; block 0 takes what is read of pads.
    layers: Vec<Tensor<3>>,
    free: Free,
    most_held: usize,
}

/// One layer of a cache that is taking in new tokens.
pub(crate) struct LayerCache<'a> {
    pool: &'a mut Tensor<3>,
    tables: &'a BlockTables,
}

impl LayerCache<'_> {
    /// Takes in keys and values, and attends to those of each text; see [`attention_in_blocks`].
    pub(crate) fn attend(self, heads: Heads, scale: f64) -> Tensor<4> {
        attention_in_blocks(heads, self.pool, self.tables, scale)
    }
}

/// Numbers of the blocks that are free, the next one last.
type Free = Arc<Mutex<Vec<u32>>>;

/// A block in use.
#[derive(Debug)]
struct Block {
    number: u32,
    free: Free,
}

impl Drop for Block {
    fn drop(&mut self) {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.push(self.number);
    }
}

/// A text whose keys and values are in a [`KvCache`].
#[derive(Debug, Clone, Default)]
pub struct CachedText {
    blocks: Vec<Arc<Block>>,
    length: usize,
}

impl CachedText {
    /// Tokens that were read.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Forgets all behind its first tokens, so that it can go on otherwise from there.
    pub fn truncate(&mut self, tokens: usize) {
        if tokens < self.length {
            self.blocks.truncate(KvCache::blocks_of(tokens));
            self.length = tokens;
        }
    }

    /// Blocks that it holds, those that it shares included.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Blocks that no other text shares.
    pub fn own_blocks(&self) -> usize {
        let own = |block: &&Arc<Block>| Arc::strong_count(block) == 1;
        self.blocks.iter().filter(own).count()
    }

    /// Free blocks that so many more tokens would take.
    pub fn blocks_for(&self, tokens: usize) -> usize {
        let copied = tokens > 0 && self.goes_on_in_a_shared_block();
        KvCache::blocks_of(self.length + tokens) - self.blocks.len() + usize::from(copied)
    }

    fn goes_on_in_a_shared_block(&self) -> bool {
        let last = self
            .blocks
            .last()
            .filter(|_| !self.length.is_multiple_of(BLOCK));
        last.is_some_and(|block| Arc::strong_count(block) > 1)
    }
}

impl KvCache {
    /// See [`Decoder::new_cache`](crate::Decoder::new_cache). `slot` are the numbers of a token.
    pub(crate) fn new(layers: usize, blocks: usize, slot: usize, device: &Device) -> Self {
        let layer = |_| Tensor::zeros([1 + blocks, BLOCK, slot], (device, DType::F32));
        Self {
            layers: (0..layers).map(layer).collect(),
            free: Arc::new(Mutex::new((1..=blocks as u32).rev().collect())),
            most_held: 0,
        }
    }

    /// Blocks that a text of so many tokens holds.
    pub fn blocks_of(tokens: usize) -> usize {
        tokens.div_ceil(BLOCK)
    }

    /// Tokens that so many blocks hold.
    pub fn tokens_in(blocks: usize) -> usize {
        blocks * BLOCK
    }

    /// Bytes of so many blocks, and of one more that every cache has, where a token takes so many.
    pub fn bytes_of(blocks: usize, bytes_per_token: u64) -> u64 {
        (1 + blocks as u64).saturating_mul(BLOCK as u64 * bytes_per_token)
    }

    /// Blocks that there are.
    pub fn blocks(&self) -> usize {
        self.layers[0].dims()[0] - 1
    }

    /// Blocks that no text holds.
    pub fn free(&self) -> usize {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        free.len()
    }

    /// The most blocks that texts ever held.
    pub fn most_held(&self) -> usize {
        self.most_held
    }

    /// Makes room for more tokens of some texts: after this, they count as read.
    ///
    /// # Panics
    ///
    /// If there are too few free blocks, or a text is in another cache.
    pub(crate) fn extend(
        &mut self,
        texts: &mut [&mut CachedText],
        new: &[usize],
        positions: &Positions,
    ) -> BlockTables {
        let (mut from, mut to) = (Vec::new(), Vec::new());
        let queries = positions.length();
        let mut slots = vec![0; texts.len() * queries];
        for ((text, &new), slots) in texts.iter_mut().zip(new).zip(slots.chunks_mut(queries)) {
            let is_own = |block: &Arc<Block>| Arc::ptr_eq(&block.free, &self.free);
            assert!(text.blocks.iter().all(is_own), "a text of another cache");
            if new > 0 && text.goes_on_in_a_shared_block() {
                let shared = text.blocks.pop().expect("it goes on in one");
                let own = self.take();
                from.push(shared.number as i32);
                to.push(own.number as i32);
                text.blocks.push(own);
            }
            while text.blocks.len() < Self::blocks_of(text.length + new) {
                text.blocks.push(self.take());
            }
            for slot in &mut slots[..new] {
                let block = &text.blocks[text.length / BLOCK];
                *slot = (block.number as usize * BLOCK + text.length % BLOCK) as i32;
                text.length += 1;
            }
        }
        self.copy(&from, &to);
        self.most_held = self.most_held.max(self.blocks() - self.free());

        let width = texts.iter().map(|text| text.blocks.len()).max();
        let width = width.unwrap_or(0).max(1);
        let table = |text: &&mut CachedText| {
            let numbers = text.blocks.iter().map(|block| block.number as i32);
            let row = numbers.chain(std::iter::repeat(0)).take(width);
            row.collect::<Vec<_>>()
        };
        let blocks: Vec<i32> = texts.iter().flat_map(table).collect();
        let device = self.layers[0].device();
        BlockTables {
            slots: Tensor::from_data(TensorData::from(slots.as_slice()), (&device, DType::I32)),
            blocks: Tensor::from_data(
                TensorData::new(blocks, [texts.len(), width]),
                (&device, DType::I32),
            ),
            spans: positions.spans(&device),
        }
    }

    /// Layer by layer, to take in tokens that there is [room](Self::extend) for.
    pub(crate) fn layers_mut<'a>(
        &'a mut self,
        tables: &'a BlockTables,
    ) -> impl Iterator<Item = LayerCache<'a>> {
        let layers = self.layers.iter_mut();
        layers.map(move |pool| LayerCache { pool, tables })
    }

    fn take(&self) -> Arc<Block> {
        let number = {
            let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
            free.pop()
        };
        let number = number.unwrap_or_else(|| panic!("all {} blocks are in use", self.blocks()));
        let free = Arc::clone(&self.free);
        Arc::new(Block { number, free })
    }

    /// Copies blocks into others.
    fn copy(&mut self, from: &[i32], to: &[i32]) {
        if from.is_empty() {
            return;
        }
        let device = self.layers[0].device();
        let [from, to] = [from, to].map(|numbers| Tensor::<1, Int>::from_ints(numbers, &device));
        for pool in &mut self.layers {
            let shape = pool.dims();
            pool.inplace(|pool| {
                // As a matrix, as which Burn's processor backend copies whole rows.
                let pool = pool.flatten::<2>(1, 2);
                let kept = pool.clone().select(0, from.clone());
                pool.select_assign(0, to.clone(), kept, IndexingUpdateOp::Assign)
                    .reshape(shape)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CausalLm, ModelConfig};

    fn model() -> CausalLm {
        let device = Device::flex();
        device.seed(5);
        ModelConfig::small().init(&device)
    }

    fn read(
        model: &CausalLm,
        cache: &mut KvCache,
        text: &mut CachedText,
        tokens: &[u32],
    ) -> Vec<f32> {
        let hidden = model.model.forward_cached(cache, &mut [text], &[tokens]);
        hidden.into_data().try_into_vec().unwrap()
    }

    #[test]
    fn a_text_holds_the_blocks_that_it_fills_and_gives_them_back() {
        let model = model();
        let mut cache = model.model.new_cache(9);
        let mut text = CachedText::default();
        for (tokens, held) in [(15, 1), (1, 1), (1, 2), (40, 4)] {
            assert_eq!(text.blocks_for(tokens), held - text.blocks());
            read(&model, &mut cache, &mut text, &vec![3; tokens]);
            assert_eq!((text.blocks(), cache.free()), (held, 9 - held));
        }
        drop(text);
        assert_eq!(cache.free(), cache.blocks());
    }

    #[test]
    fn clones_share_what_they_have_in_common_and_each_goes_on_for_itself() {
        let model = model();
        let (prompt, ends) = ([1, 2, 3].repeat(7), [[4, 5], [6, 7], [8, 9]]);
        let alone = |end: &[u32]| {
            let mut cache = model.model.new_cache(2);
            let mut text = CachedText::default();
            read(&model, &mut cache, &mut text, &prompt);
            read(&model, &mut cache, &mut text, end)
        };
        let mut cache = model.model.new_cache(4);
        let mut first = CachedText::default();
        read(&model, &mut cache, &mut first, &prompt);
        let (mut second, mut third) = (first.clone(), first.clone());
        assert_eq!((cache.free(), first.blocks_for(2)), (2, 1));
        let texts = [&mut first, &mut second, &mut third];
        for (place, (text, end)) in texts.into_iter().zip(&ends).enumerate() {
            // The last that is left of several goes on in the block itself.
            assert_eq!(text.blocks_for(2), usize::from(place < 2));
            assert_eq!(read(&model, &mut cache, text, end), alone(end));
        }
        assert_eq!(cache.free(), 0);
        drop((second, third));
        assert_eq!(cache.free(), 2);
        let whole = [&prompt[..], &ends[0], &[10]].concat();
        let mut again = CachedText::default();
        let mut other = model.model.new_cache(2);
        let right = read(&model, &mut other, &mut again, &whole);
        let found = read(&model, &mut cache, &mut first, &[10]);
        let gaps = found.iter().zip(&right[right.len() - found.len()..]);
        let gap = gaps.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(gap < 1e-5, "{gap}");
    }

    #[test]
    fn a_text_that_forgets_its_end_goes_on_as_one_that_never_had_it() {
        let model = model();
        for kept in [0, 5, 16, 19] {
            let right = {
                let mut cache = model.model.new_cache(3);
                let mut text = CachedText::default();
                if kept > 0 {
                    read(&model, &mut cache, &mut text, &vec![3; kept]);
                }
                read(&model, &mut cache, &mut text, &[7, 8])
            };
            let mut cache = model.model.new_cache(3);
            let mut text = CachedText::default();
            if kept > 0 {
                read(&model, &mut cache, &mut text, &vec![3; kept]);
            }
            read(&model, &mut cache, &mut text, &[9; 20]);
            text.truncate(kept);
            assert_eq!(cache.blocks() - cache.free(), KvCache::blocks_of(kept));
            assert_eq!(read(&model, &mut cache, &mut text, &[7, 8]), right);
            text.truncate(100);
            assert_eq!(text.len(), kept + 2);
        }
    }

    #[test]
    #[should_panic(expected = "all 2 blocks are in use")]
    fn a_cache_that_is_full_says_so() {
        let model = model();
        let mut cache = model.model.new_cache(2);
        read(&model, &mut cache, &mut CachedText::default(), &[1; 33]);
    }

    #[test]
    #[should_panic(expected = "a text of another cache")]
    fn a_text_of_another_cache_is_not_read() {
        let model = model();
        let [mut one, mut other] = [0; 2].map(|_| model.model.new_cache(2));
        let mut text = CachedText::default();
        read(&model, &mut one, &mut text, &[1]);
        read(&model, &mut other, &mut text, &[2]);
    }
}
