//! Accuracy over the iterations, as small as a word.
//!
//! The line is the mean over seeds, a faint line is one seed. A seed that the monitor ended stays what it was then: so
//! the mean is always of the same seeds. Lines across are at 0, a half and 1.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::OverSeeds;

const WIDTH: f64 = 108.0;
const HEIGHT: f64 = 34.0;
/// Room for the mark at the end.
const MARGIN: f64 = 3.0;

/// The curve, of which `last` is the iteration at the right edge. `look` is the class that gives its colour.
pub(super) fn small_curve(over: &OverSeeds, last: u64, look: &str) -> String {
    let steps: BTreeSet<u64> = (over.seeds.iter())
        .flat_map(|seed| seed.accuracy.iter().map(|(step, _)| *step))
        .chain([last])
        .collect();
    let x = |step: u64| {
        let share = step as f64 / last.max(1) as f64;
        MARGIN + share * (WIDTH - 2.0 * MARGIN)
    };
    let y = |accuracy: f64| HEIGHT - MARGIN - accuracy * (HEIGHT - 2.0 * MARGIN);
    let line = |points: &mut dyn Iterator<Item = (u64, f64)>| {
        let points = points.map(|(step, accuracy)| format!("{:.1},{:.1}", x(step), y(accuracy)));
        points.collect::<Vec<_>>().join(" ")
    };
    let mean = |step: u64| {
        let known = over.seeds.iter().filter_map(|seed| seed.accuracy_at(step));
        let known: Vec<f64> = known.collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    };
    let means: Vec<(u64, f64)> = (steps.iter())
        .filter_map(|&step| Some((step, mean(step)?)))
        .collect();
    let Some(((_, begun), (_, ended))) = means.first().copied().zip(means.last().copied()) else {
        return String::new();
    };
    let mut out = format!(
        "<svg class=\"small {look}\" width={WIDTH} height={HEIGHT} viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=img \
         aria-label=\"accuracy from {:.0} to {:.0} per cent\">",
        100.0 * begun,
        100.0 * ended
    );
    for accuracy in [0.0, 0.5, 1.0] {
        let y = y(accuracy);
        let _ = write!(out, "<path class=grid d=\"M0 {y:.1}H{WIDTH}\"/>");
    }
    for seed in over.seeds.iter().filter(|_| over.seeds.len() > 1) {
        let points = line(&mut seed.accuracy.iter().copied());
        let _ = write!(out, "<polyline class=seed points=\"{points}\"/>");
    }
    let points = line(&mut means.iter().copied());
    let _ = write!(
        out,
        "<polyline class=mean points=\"{points}\"/><circle cx={:.1} cy={:.1} r=2.5 /></svg>",
        x(last),
        y(ended)
    );
    out
}
