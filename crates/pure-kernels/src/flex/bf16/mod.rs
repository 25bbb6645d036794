//! Products of matrices in bf16 with sums in f32: `y = x W` of a layer, `dx = dy Wᵀ` and `dW = xᵀ dy` of its backward
//! pass.
//!
//! Each operand is rounded to bf16, eight bits of significand, and nothing else is: a sum over `k` is a chain of f32
//! additions in one order, whatever the shapes, the other rows and the threads, so a row has the same bits alone and
//! among others. A weight is packed once an update ([`Packed`]) and serves forward and backward; the other operand is
//! rounded on its way.
//!
//! | file | what |
//! | --- | --- |
//! | `numbers` | rounding, pairs |
//! | `packed`, `left` | the operands, in the order in which they are read |
//! | `product`, `tile` | who computes what, and where it goes |
//! | `unit`, `plain` | what a processor must offer, and the definition |
//! | `kernels`, `gate` | AVX-512; all of the `unsafe` |
//! | `ahead` | memory asked for in advance |
//! | `turned` | columns of f32 into rows, for products in f32 |

mod ahead;
#[cfg(target_arch = "x86_64")]
mod gate;
#[cfg(target_arch = "x86_64")]
mod kernels;
mod left;
mod numbers;
mod packed;
mod plain;
mod product;
#[cfg(test)]
mod tests;
mod tile;
mod turned;
mod unit;

pub(super) use self::ahead::ask;
use self::left::Left;
pub(super) use self::packed::{Order, Packed, Panels};
use self::product::Product;
pub(super) use self::product::{TASKS, WORTH_THREADS};
pub(super) use self::tile::ranges;
pub(super) use self::turned::turn;
pub(super) use self::unit::available;
use self::unit::on_fastest;

impl Panels<'_> {
    /// `out = x W`, of `rows` rows.
    ///
    /// # Panics
    ///
    /// If the lengths do not fit.
    pub fn forward(self, rows: usize, x: &[f32], out: &mut [f32]) {
        self.product(rows, x, out, false);
    }

    /// `dx = dy Wᵀ`, of `rows` rows.
    ///
    /// # Panics
    ///
    /// If the lengths do not fit.
    pub fn backward(self, rows: usize, dy: &[f32], dx: &mut [f32]) {
        self.product(rows, dy, dx, true);
    }

    fn product(self, rows: usize, numbers: &[f32], out: &mut [f32], turned: bool) {
        on_fastest(Product {
            left: Left {
                numbers,
                shape: [rows, self.shape()[usize::from(turned)]],
                transposed: false,
            },
            right: self,
            turned,
            out,
        });
    }
}

/// `dW = xᵀ dy`, of `rows` rows.
///
/// # Panics
///
/// If the lengths do not fit.
pub(super) fn weight_gradient(
    rows: usize,
    x: &[f32],
    dy: &[f32],
    [inner, width]: [usize; 2],
    dw: &mut [f32],
) {
    let right = Packed::new(dy, [rows, width], Order::Rows);
    on_fastest(Product {
        left: Left {
            numbers: x,
            shape: [inner, rows],
            transposed: true,
        },
        right: right.all(),
        turned: false,
        out: dw,
    });
}
