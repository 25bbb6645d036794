//! Which product is made how: in f32 of [few rows](super::few_rows) here, of many by Burn's flex; with a weight in
//! bf16 by [`bf16`].

use burn::backend::Flex;
use burn::backend::ops::FloatTensorOps;
use burn::tensor::{DType, FloatDType};
use burn_flex::FlexTensor;

use super::few_rows::{self, Right};
use super::packs::Pack;
use super::{bf16, contiguous, numbers, numbers_mut, zeros};

/// `x w`, or `x wᵀ`.
pub(super) fn product(x: FlexTensor, w: FlexTensor, turned: bool) -> FlexTensor {
    if (x.dtype(), w.dtype()) == (DType::F32, DType::BF16) {
        return mixed(x, w, turned);
    }
    match of_few_rows(&x, [(&w, turned)]) {
        Some([y]) => y,
        None => Flex::float_matmul(x, turned_if(turned, w)),
    }
}

/// `x w` of several.
pub(super) fn products<const N: usize>(x: &FlexTensor, all: [FlexTensor; N]) -> [FlexTensor; N] {
    let found = of_few_rows(x, all.each_ref().map(|w| (w, false)));
    found.unwrap_or_else(|| all.map(|w| product(x.clone(), w, false)))
}

/// `xᵀ dy`, the gradient of a weight of that type.
pub(super) fn gradient(x: FlexTensor, dy: FlexTensor, dtype: DType) -> FlexTensor {
    if x.dtype() == dtype {
        return Flex::float_matmul(Flex::float_transpose(x), dy);
    }
    if !bf16::available() {
        return Flex::float_matmul(Flex::float_transpose(rounded(x)), rounded(dy));
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
