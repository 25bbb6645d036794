//! The exponential of one number, written so that a loop of them vectorises.

/// `e^x` to about one unit in the last place.
///
/// `x = n ln 2 + r` with `|r| <= ln 2 / 2`; `e^r` by its Taylor row to the seventh power (the next
/// term is below 2^-27), then `n` is added to the exponent. `ln 2` is split in two so that `r` keeps
/// its last bits. Clamped to where the result is a normal number. Whole numbers are made by adding
/// `1.5 * 2^23`, whose last bit is worth one: a conversion to an integer, which checks for an overflow
/// that cannot happen, makes a loop six times slower.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    const LN2_HIGH: f32 = 0.693_359_4;
    const LN2_LOW: f32 = -2.121_944_4e-4;
    const WHOLE: f32 = 12_582_912.0;
    let x = x.clamp(-87.3, 88.3);
    let moved = x * std::f32::consts::LOG2_E + WHOLE;
    let n = moved - WHOLE;
    let r = n.mul_add(-LN2_HIGH, x);
    let r = n.mul_add(-LN2_LOW, r);
    let e = (1.0_f32 / 5040.0)
        .mul_add(r, 1.0 / 720.0)
        .mul_add(r, 1.0 / 120.0)
        .mul_add(r, 1.0 / 24.0)
        .mul_add(r, 1.0 / 6.0)
        .mul_add(r, 0.5)
        .mul_add(r, 1.0)
        .mul_add(r, 1.0);
    f32::from_bits(moved.to_bits().wrapping_add(127) << 23) * e
}

#[cfg(test)]
mod tests {
    use super::exp;

    #[test]
    fn the_exponential_is_right_to_two_units_in_the_last_place() {
        for step in -870_000..=880_000 {
            let x = step as f32 / 10_000.0;
            let right = f64::from(x).exp();
            let error = (f64::from(exp(x)) - right).abs() / right;
            assert!(
                error < 2.0 * f64::from(f32::EPSILON),
                "e^{x} is off by {error:e}"
            );
        }
    }
}
