//! Which product is made how: in f32 of [few rows](super::few_rows) here, of many by the `gemm` crate; with a weight in
//! bf16 by [`bf16`].

use burn::backend::Flex;
use burn::backend::ops::FloatTensorOps;
use burn::tensor::{DType, FloatDType};
use burn_flex::FlexTensor;

use super::few_rows::{self, Right};
use super::packs::Pack;
use super::product::{Matrix, large_product};
use super::{bf16, contiguous, numbers, numbers_mut, zeros};

/// `x w`, or `x wᵀ`.
pub(super) fn product(x: FlexTensor, w: FlexTensor, turned: bool) -> FlexTensor {
    if (x.dtype(), w.dtype()) == (DType::F32, DType::BF16) {
        return mixed(x, w, turned);
    }
    match of_few_rows(&x, [(&w, turned)]) {
        Some([y]) => y,
        None if x.dtype() != DType::F32 => Flex::float_matmul(x, turned_if(turned, w)),
        None => of_many_rows(x, turned_if(turned, w)),
    }
}

/// `x w` of several.
pub(super) fn products<const N: usize>(x: &FlexTensor, all: [FlexTensor; N]) -> [FlexTensor; N] {
    let found = of_few_rows(x, all.each_ref().map(|w| (w, false)));
    found.unwrap_or_else(|| all.map(|w| product(x.clone(), w, false)))
}

/// `xᵀ dy`, the gradient of a weight of that type.
pub(super) fn gradient(x: FlexTensor, dy: FlexTensor, dtype: DType) -> FlexTensor {
    match (x.dtype(), dtype) {
        (DType::F32, DType::F32) => return of_many_rows(Flex::float_transpose(x), dy),
        (DType::F32, _) if bf16::available() => {}
        (DType::F32, _) => return of_many_rows(Flex::float_transpose(rounded(x)), rounded(dy)),
        _ => return Flex::float_matmul(Flex::float_transpose(x), dy),
    }
    let (x, dy) = (contiguous(x), contiguous(dy));
    let [rows, inner] = x.layout().shape().dims();
    let shape = [inner, dy.layout().shape()[1]];
    let mut dw = zeros(shape);
    bf16::weight_gradient(rows, numbers(&x), numbers(&dy), shape, numbers_mut(&mut dw));
    dw
}

fn mixed(x: FlexTensor, w: FlexTensor, turned: bool) -> FlexTensor {
    let pack = bf16::available().then(|| Pack::of(&w, turned)).flatten();
    let Some(pack) = pack else {
        let w = turned_if(turned, Flex::float_cast(w, FloatDType::F32));
        return product(rounded(x), w, false);
    };
    let rows = x.layout().shape()[0];
    let mut y = zeros([rows, w.layout().shape()[usize::from(!turned)]]);
    pack.product(rows, numbers(&contiguous(x)), turned, numbers_mut(&mut y));
    y
}

/// `None` where there are many rows, or a matrix is of no use.
fn of_few_rows<const N: usize>(
    x: &FlexTensor,
    all: [(&FlexTensor, bool); N],
) -> Option<[FlexTensor; N]> {
    let rows = x.layout().shape()[0];
    let mut rights = Vec::with_capacity(N);
    for (w, turned) in all {
        rights.push(right_of(w, turned)?);
    }
    if rows > few_rows::MOST || x.dtype() != DType::F32 {
        return None;
    }
    let mut out: [FlexTensor; N] =
        std::array::from_fn(|place| zeros([rows, rights[place].shape[1]]));
    let mut pairs: Vec<_> = rights
        .into_iter()
        .zip(out.iter_mut().map(numbers_mut))
        .collect();
    few_rows::products(rows, numbers(&contiguous(x.clone())), &mut pairs);
    Some(out)
}

/// The product of Burn's flex, which makes its output twice: once with zeros, and once more for a vector's alignment.
fn of_many_rows(a: FlexTensor, b: FlexTensor) -> FlexTensor {
    let [a, b] = [a, b].map(|tensor| match matrix(&tensor) {
        Some(_) => tensor,
        None => contiguous(tensor),
    });
    let [a, b] = [&a, &b].map(|tensor| matrix(tensor).expect("rows one behind the other"));
    let mut y = zeros([a.shape[0], b.shape[1]]);
    if a.shape[1] > 0 {
        large_product(numbers_mut(&mut y), a, b);
    }
    y
}

/// `None` if some number has more than one place.
fn matrix(tensor: &FlexTensor) -> Option<Matrix<'_>> {
    let layout = tensor.layout();
    let [down, right] = *layout.strides() else {
        return None;
    };
    let strides = [down, right].map(|stride| usize::try_from(stride).ok().filter(|&s| s > 0));
    Some(Matrix {
        numbers: &tensor.storage()[layout.start_offset()..],
        shape: layout.shape().dims(),
        strides: [strides[0]?, strides[1]?],
    })
}

/// `None` if neither rows nor columns lie without gaps.
fn right_of(w: &FlexTensor, turned: bool) -> Option<Right<'_>> {
    let layout = w.layout();
    let [rows, columns] = layout.shape().dims();
    let (stride, lies_turned) = match *layout.strides() {
        [stride, 1] => (stride, false),
        [1, stride] => (stride, true),
        _ => return None,
    };
    let stride = usize::try_from(stride).ok().filter(|&stride| stride > 0)?;
    (w.dtype() == DType::F32).then(|| Right {
        numbers: &w.storage()[layout.start_offset()..],
        shape: if turned {
            [columns, rows]
        } else {
            [rows, columns]
        },
        stride,
        turned: turned != lies_turned,
    })
}

fn turned_if(turned: bool, w: FlexTensor) -> FlexTensor {
    if turned { Flex::float_transpose(w) } else { w }
}

/// Numbers of sixteen bits, as f32.
fn rounded(tensor: FlexTensor) -> FlexTensor {
    Flex::float_cast(Flex::float_cast(tensor, FloatDType::BF16), FloatDType::F32)
}
