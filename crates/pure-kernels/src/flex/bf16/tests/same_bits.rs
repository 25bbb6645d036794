//! Units, batches, numbers of threads and widths of vectors against each other, bit for bit.

use super::super::left::Left;
use super::super::packed::Fill;
use super::super::product::Product;
use super::super::{Order, Packed, weight_gradient};
use super::{Numbers, UNITS, on, shapes};

#[test]
fn all_units_give_the_same_bits() {
    let mut numbers = Numbers(3);
    for [m, k, n] in shapes() {
        let (x, w, dy) = (
            numbers.some(m * k),
            numbers.some(k * n),
            numbers.some(m * n),
        );
        let packed = Packed::new(&w, [k, n], Order::Rows);
        let across = Packed::new(&w, [n, k], Order::Columns);
        let of_dy = Packed::new(&dy, [m, n], Order::Rows);
        let left = |numbers, shape, transposed| Left {
            numbers,
            shape,
            transposed,
        };
        let of = |unit: &str| {
            let mut outs = [vec![0.0; m * n], vec![0.0; m * k], vec![1.0; k * n]];
            let [y, dx, dw] = &mut outs;
            let forward = Product {
                left: left(&x, [m, k], false),
                right: packed.all(),
                turned: false,
                out: y,
            };
            let backward = Product {
                left: left(&dy, [m, n], false),
                right: packed.all(),
                turned: true,
                out: dx,
            };
            let gradient = Product {
                left: left(&x, [k, m], true),
                right: of_dy.all(),
                turned: false,
                out: dw,
            };
            let done = on(unit, forward) && on(unit, backward) && on(unit, gradient);
            done.then(|| outs.map(|out| out.iter().map(|x: &f32| x.to_bits()).collect::<Vec<_>>()))
        };
        let right = of("plain").unwrap();
        for unit in UNITS {
            assert!(
                of(unit).is_none_or(|found| found == right),
                "{unit} of {:?}",
                [m, k, n]
            );
            for (order, packed) in [(Order::Rows, &packed), (Order::Columns, &across)] {
                let mut again = Packed::new(&vec![7.0; k * n], packed.all().shape(), order);
                if on(
                    unit,
                    Fill {
                        packed: &mut again,
                        numbers: &w,
                        order,
                    },
                ) {
                    assert!(
                        again.lines == packed.lines,
                        "{unit} packs {order:?} of {:?}",
                        [m, k, n]
                    );
                }
            }
        }
    }
}

#[test]
fn a_row_has_the_same_bits_alone_and_among_others() {
    let (mut numbers, [m, k, n]) = (Numbers(4), [500, 601, 70]);
    let (x, dy) = (numbers.some(m * k), numbers.some(m * n));
    let packed = Packed::new(&numbers.some(k * n), [k, n], Order::Rows);
    let (mut y, mut dx) = (vec![0.0; m * n], vec![0.0; m * k]);
    packed.all().forward(m, &x, &mut y);
    packed.all().backward(m, &dy, &mut dx);
    for _ in 0..60 {
        let first = numbers.below(m);
        let most = [1, 8, 70, m][numbers.below(4)];
        let rows = 1 + numbers.below(most.min(m - first));
        let (mut some_y, mut some_dx) = (vec![0.0; rows * n], vec![0.0; rows * k]);
        packed
            .all()
            .forward(rows, &x[first * k..][..rows * k], &mut some_y);
        packed
            .all()
            .backward(rows, &dy[first * n..][..rows * n], &mut some_dx);
        assert!(
            some_y == y[first * n..][..rows * n],
            "{rows} rows from {first} on"
        );
        assert!(
            some_dx == dx[first * k..][..rows * k],
            "{rows} rows from {first} on"
        );
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let (mut numbers, [m, k, n]) = (Numbers(5), [300, 520, 600]);
    let (x, w, dy) = (
        numbers.some(m * k),
        numbers.some(k * n),
        numbers.some(m * n),
    );
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let packed = Packed::new(&w, [k, n], Order::Rows);
            let (mut y, mut dx, mut dw) = (vec![0.0; m * n], vec![0.0; m * k], vec![0.0; k * n]);
            packed.all().forward(m, &x, &mut y);
            packed.all().backward(m, &dy, &mut dx);
            weight_gradient(m, &x, &dy, [k, n], &mut dw);
            let mut one = vec![0.0; n];
            packed.all().forward(1, &x[..k], &mut one);
            [y, dx, dw, one]
        })
    };
    let right = of(1);
    for threads in [2, 3, 7] {
        assert!(of(threads) == right, "{threads} threads");
    }
}
