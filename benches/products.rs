//! Speed of the products of a model's layers, in numbers of arithmetic and in bytes of weights a second.
//!
//! ```sh
//! cargo bench -p pure-benches --profile dev --bench products
//! ```

use burn::tensor::{DType, Device, Distribution, Tensor};
use divan::Bencher;
use divan::counter::BytesCount;
use pure_kernels::product;

fn main() {
    pure_model::keep_freed_memory();
    divan::main();
}

/// A matrix of SmolLM2-135M, and its head.
const MATRICES: [[usize; 2]; 2] = [[576, 1536], [49_152, 576]];

const ROWS: [usize; 7] = [1, 4, 8, 32, 64, 256, 1024];

fn run(bencher: Bencher, rows: usize, [from, to]: [usize; 2], dtype: DType) {
    let device = Device::flex();
    let random = |shape| Tensor::<2>::random(shape, Distribution::Default, &device);
    // The larger one is the table of embeddings, used as a head.
    let turned = from > to;
    // More of them than caches hold, as a model has.
    let count = (1 << 26) / (from * to) + 1;
    let weights: Vec<Tensor<2>> = (0..count).map(|_| random([from, to]).cast(dtype)).collect();
    let x = random([rows, if turned { to } else { from }]);
    // Weights in bf16 are packed when they are first used.
    for w in &weights {
        product(x.clone(), w.clone(), turned);
    }
    let mut next = 0;
    bencher
        .counter(BytesCount::new(from * to * dtype.size()))
        .bench_local(|| {
            next = (next + 1) % count;
            product(x.clone(), weights[next].clone(), turned)
        });
}

#[divan::bench(args = ROWS, consts = [0, 1], max_time = 1.0)]
fn in_f32<const MATRIX: usize>(bencher: Bencher, rows: usize) {
    run(bencher, rows, MATRICES[MATRIX], DType::F32);
}

#[divan::bench(args = ROWS, consts = [0, 1], max_time = 1.0)]
fn in_bf16<const MATRIX: usize>(bencher: Bencher, rows: usize) {
    run(bencher, rows, MATRICES[MATRIX], DType::BF16);
}
