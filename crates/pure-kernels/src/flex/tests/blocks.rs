//! Attention in blocks against the textbook, and against attention to a whole text.

use burn::tensor::{DType, Tensor};

use super::attention::{ints, last_of, textbook};
use super::random;
use crate::{BlockTables, Heads, attention, attention_in_blocks, rotate_half};

/// Texts of the given lengths before and after new tokens came, in blocks strewn over a pool.
struct InBlocks {
    before: Vec<usize>,
    new: Vec<usize>,
    tables: BlockTables,
}

impl InBlocks {
    const BLOCK: usize = 4;
    const BLOCKS: usize = 1000;

    /// Rows of so many tokens before and so many new ones; block 0 is nobody's.
    fn of(rows: &[[usize; 2]]) -> Self {
        let (before, new): (Vec<_>, Vec<_>) = rows.iter().map(|&[a, b]| (a, b)).unzip();
        let (queries, most) = (*new.iter().max().unwrap(), 160);
        // 7 is prime to the number of blocks, so these are all of them but 0, each once.
        let mut free = (1..Self::BLOCKS).map(|place| (place * 7 % Self::BLOCKS) as i32);
        let (mut slots, mut blocks, mut spans) = (Vec::new(), Vec::new(), Vec::new());
        for &[before, new] in rows {
            let of_row: Vec<i32> = free.by_ref().take(most).collect();
            for query in 0..queries {
                let (token, is_real) = (before + query, query < new);
                let slot = of_row[token / Self::BLOCK % most] as usize * Self::BLOCK;
                slots.push(if is_real {
                    (slot + token % Self::BLOCK) as i32
                } else {
                    0
                });
                spans.extend(if is_real { [0, token as i32] } else { [1, 0] });
            }
            blocks.extend(of_row);
        }
        let tables = BlockTables {
            slots: ints(slots, [rows.len() * queries]),
            blocks: ints(blocks, [rows.len(), most]),
            spans: ints(spans, [rows.len(), queries, 2]),
        };
        Self {
            before,
            new,
            tables,
        }
    }

    /// Fills a pool with what was there before, adds what is new, and compares each row with the textbook.
    fn assert_attends_as_the_textbook(&self, [heads, kv_heads, width]: [usize; 3], dtype: DType) {
        let [rows, queries, _] = self.tables.spans.dims();
        fn some<const D: usize>(shape: [usize; D], dtype: DType) -> Tensor<D> {
            random(shape).inner().cast(dtype) * 0.3
        }
        let mut pool = some([Self::BLOCKS, Self::BLOCK, 2 * kv_heads * width], dtype);
        let blocks = self
            .tables
            .blocks
            .clone()
            .into_data()
            .try_into_vec::<i32>()
            .unwrap();
        let held = |pool: &Tensor<3>, row: usize, tokens: usize| {
            let blocks = &blocks[row * 160..][..160];
            let blocks = Tensor::from_ints(blocks, &pool.device());
            let held = pool.clone().select(0, blocks);
            let held = held
                .reshape([1, 160 * Self::BLOCK, 2 * kv_heads, width])
                .swap_dims(1, 2);
            let part = |first| {
                held.clone()
                    .slice([0..1, first..first + kv_heads, 0..tokens])
            };
            [part(0), part(kv_heads)]
        };
        let old = pool.clone();
        let q = some([rows, queries, heads, width], dtype);
        let [k, v] = [0; 2].map(|_| some([rows, queries, kv_heads, width], dtype));
        let angles = some([rows, queries, 1, width / 2], dtype) * 2.0;
        let angles = [angles.clone().cos(), angles.sin()];
        let biases = [heads, kv_heads, kv_heads].map(|heads| some([1, 1, heads, width], dtype));
        let made = Heads {
            q: q.clone(),
            k: k.clone(),
            v: v.clone(),
            biases: Some(biases.clone().map(|bias| bias.flatten(0, 3))),
            angles: angles.clone(),
        };
        let mixed = attention_in_blocks(made, &mut pool, &self.tables, 0.3);
        let [of_q, of_k, of_v] = biases;
        let (q, k, v) = (q + of_q, k + of_k, v + of_v);
        let [cos, sin] = angles;
        let [q, k] = [q, k].map(|heads| rotate_half(heads, cos.clone(), sin.clone()));
        for row in 0..rows {
            let (before, new) = (self.before[row], self.new[row]);
            let of_row = |x: &Tensor<4>| x.clone().slice([row..row + 1, 0..new]).swap_dims(1, 2);
            let [old_k, old_v] = held(&old, row, before);
            let k = Tensor::cat(vec![old_k, of_row(&k)], 2);
            let v = Tensor::cat(vec![old_v, of_row(&v)], 2);
            let now = held(&pool, row, before + new);
            assert!(now[0].clone().into_data() == k.clone().into_data());
            assert!(now[1].clone().into_data() == v.clone().into_data());
            let visible = last_of(new as i32, (before + new) as i32);
            if dtype == DType::F32 {
                let at_once = attention(of_row(&q), k.clone(), v.clone(), &visible, 0.3);
                assert!(of_row(&mixed).into_data() == at_once.into_data());
            }
            let [q, k, v, mixed] = [of_row(&q), k, v, of_row(&mixed)].map(|x| x.cast(DType::F32));
            let gap = mixed - textbook(q, k, v, &visible);
            let gap: f32 = gap.abs().max().into_scalar();
            assert!(gap < 1e-5, "{gap} in row {row} of {before} + {new}");
        }
    }
}

#[test]
fn attention_in_blocks_equals_the_textbook_and_to_the_bit_that_of_a_text_read_at_once() {
    for rows in [
        &[[0, 1], [9, 1], [3, 1], [4, 1], [43, 1]][..],
        &[[600, 1], [255, 1], [256, 1]],
        &[[7, 1]],
        &[[0, 5], [13, 2], [40, 8]],
    ] {
        for shape in [[4, 2, 16], [6, 2, 10], [3, 3, 64]] {
            let texts = InBlocks::of(rows);
            texts.assert_attends_as_the_textbook(shape, DType::F32);
            // On flex the plain body serves what is not f32.
            texts.assert_attends_as_the_textbook(shape, DType::F64);
        }
    }
}
