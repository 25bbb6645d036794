//! The one rule about numbers here: sums are carried in f64 and rounded once, into f32 that is
//! finite whenever the sum is. So finite inputs give finite outputs, however extreme.

/// The nearest f32 that is not infinite.
pub(crate) fn to_f32(value: f64) -> f32 {
    value.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
}

/// A quotient, or zero where there is nothing to divide by.
pub(crate) fn ratio(sum: f64, count: f64) -> f64 {
    if count > 0.0 { sum / count } else { 0.0 }
}
