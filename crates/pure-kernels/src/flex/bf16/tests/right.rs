//! Products against sums in f64 of the rounded numbers, and at the borders of numbers and shapes.

use half::bf16;

use super::super::numbers::{first, pair, round, second};
use super::super::{Order, Packed, weight_gradient};
use super::{Numbers, assert_product, shapes};

#[test]
fn products_are_sums_of_rounded_numbers_whatever_the_shape() {
    let mut numbers = Numbers(1);
    for [m, k, n] in shapes() {
        let (x, w, dy) = (
            numbers.some(m * k),
            numbers.some(k * n),
            numbers.some(m * n),
        );
        let (x_at, dy_at) = (|r, c| x[r * k + c], |r, c| dy[r * n + c]);
        let (w_at, w_across) = (|r, c| w[r * n + c], |c, r| w[r * n + c]);
        let packed = Packed::new(&w, [k, n], Order::Rows);
        let (mut y, mut dx, mut dw) = (
            vec![f32::NAN; m * n],
            vec![f32::NAN; m * k],
            vec![f32::NAN; k * n],
        );
        packed.all().forward(m, &x, &mut y);
        assert_product(&y, (m, k, &x_at), (k, n, &w_at));
        packed.all().backward(m, &dy, &mut dx);
        assert_product(&dx, (m, n, &dy_at), (n, k, &w_across));
        weight_gradient(m, &x, &dy, [k, n], &mut dw);
        assert_product(&dw, (k, m, &|c, r| x[r * k + c]), (m, n, &dy_at));
    }
}

#[test]
fn a_table_of_embeddings_is_a_head_as_well() {
    let mut numbers = Numbers(2);
    for [vocabulary, hidden] in [[1, 1], [31, 33], [64, 64], [100, 7], [33, 300]] {
        let table = numbers.some(vocabulary * hidden);
        let turned: Vec<f32> = (0..hidden * vocabulary)
            .map(|place| table[place % vocabulary * hidden + place / vocabulary])
            .collect();
        let head = Packed::new(&table, [hidden, vocabulary], Order::Columns);
        let same = Packed::new(&turned, [hidden, vocabulary], Order::Rows);
        assert!(head.lines == same.lines);
    }
}

#[test]
fn some_columns_are_multiplied_as_they_are_among_all() {
    let (mut numbers, [m, k, n]) = (Numbers(8), [20, 70, 150]);
    let (x, w) = (numbers.some(m * k), numbers.some(k * n));
    let packed = Packed::new(&w, [k, n], Order::Rows);
    let mut all = vec![0.0; m * n];
    packed.all().forward(m, &x, &mut all);
    for columns in [0..32, 32..96, 64..150, 0..150, 128..129] {
        let (width, part) = (columns.len(), packed.columns(columns.clone()));
        let mut some = vec![0.0; m * width];
        part.forward(m, &x, &mut some);
        for (row, some) in some.chunks(width).enumerate() {
            assert_eq!(some, &all[row * n..][columns.clone()]);
        }
        let (dy, mut dx) = (numbers.some(m * width), vec![0.0; m * k]);
        part.backward(m, &dy, &mut dx);
        let w_across = |c: usize, r: usize| w[r * n + columns.start + c];
        let dy_at = |r, c| dy[r * width + c];
        assert_product(&dx, (m, width, &dy_at), (width, k, &w_across));
    }
}

#[test]
fn of_nothing_comes_nothing_and_sums_of_nothing_are_zero() {
    for [m, k, n] in [
        [0, 3, 4],
        [3, 0, 4],
        [3, 4, 0],
        [0, 0, 0],
        [0, 0, 5],
        [5, 0, 0],
    ] {
        let (x, w, dy) = (vec![1.0; m * k], vec![1.0; k * n], vec![1.0; m * n]);
        for order in [Order::Rows, Order::Columns] {
            let packed = Packed::new(&w, [k, n], order);
            let (mut y, mut dx) = (vec![7.0; m * n], vec![7.0; m * k]);
            packed.all().forward(m, &x, &mut y);
            packed.all().backward(m, &dy, &mut dx);
            assert!(y.iter().chain(&dx).all(|&x| x == 0.0));
        }
        let mut dw = vec![7.0; k * n];
        weight_gradient(m, &x, &dy, [k, n], &mut dw);
        assert!(dw.iter().all(|&x| x == 0.0));
    }
}

#[test]
fn what_is_not_finite_stays_in_its_row_or_column() {
    let [m, k, n] = [30, 35, 37];
    for strange in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let (mut x, mut w) = (vec![1.0; m * k], vec![1.0; k * n]);
        x[4 * k + 34] = strange;
        w[34 * n + 36] = strange;
        let packed = Packed::new(&w, [k, n], Order::Rows);
        let (mut y, mut dx, mut dw) = (vec![0.0; m * n], vec![0.0; m * k], vec![0.0; k * n]);
        packed.all().forward(m, &x, &mut y);
        packed.all().backward(m, &vec![1.0; m * n], &mut dx);
        weight_gradient(m, &x, &vec![1.0; m * n], [k, n], &mut dw);
        let is_strange = |x: f32| {
            if strange.is_nan() {
                x.is_nan()
            } else {
                x == strange
            }
        };
        for (place, &y) in y.iter().enumerate() {
            match (place / n, place % n) {
                (4, 36) => assert!(!y.is_finite()),
                (4, _) | (_, 36) => assert!(is_strange(y)),
                _ => assert_eq!(y, k as f32),
            }
        }
        assert!(dx.iter().enumerate().all(|(p, &x)| if p % k == 34 {
            is_strange(x)
        } else {
            x == n as f32
        }));
        assert!(dw.iter().enumerate().all(|(p, &x)| if p / n == 34 {
            is_strange(x)
        } else {
            x == m as f32
        }));
    }
}

#[test]
fn numbers_are_rounded_to_the_nearest_and_the_smallest_are_zero() {
    let mut numbers = Numbers(6);
    let strange = [
        f32::NAN,
        -f32::NAN,
        f32::INFINITY,
        f32::MAX,
        f32::MIN,
        f32::MIN_POSITIVE,
        0.0,
        -0.0,
    ];
    let borders = [
        0x3f80_8000,
        0x3f81_8000,
        0x3f80_7fff,
        0x3f80_8001,
        0x7f7f_8000,
        0x007f_ffff,
    ]
    .map(f32::from_bits);
    let random = (0..1_000_000).map(|_| f32::from_bits(numbers.bits() as u32));
    for x in random.chain(strange).chain(borders) {
        let right = if x.is_subnormal() {
            bf16::from_f32(0.0_f32.copysign(x))
        } else {
            bf16::from_f32(x)
        };
        assert_eq!(round(x), u32::from(right.to_bits()), "{x:e}");
        let both = pair(x, 1.5);
        assert!(first(both).to_bits() == f32::from(right).to_bits() && second(both) == 1.5);
    }
}

#[test]
#[should_panic(expected = "numbers of [2, 3]")]
fn numbers_that_are_not_there_are_missed() {
    Packed::new(&[0.0; 6], [3, 2], Order::Rows)
        .all()
        .forward(2, &[0.0; 5], &mut [0.0; 4]);
}
