//! The reliability diagram and the curve of best-of-n as SVG: 360 units wide, as a phone is, and larger
//! where there is room. Colours are those of all pages, light or dark.

use std::fmt::Write as _;

use pure::prm::judgement::{BestOf, BestOfN, Reliability, ReliabilityBin};

use super::rows::percent;

const WIDTH: f64 = 360.0;
/// The square, or oblong, in which shares are drawn.
const LEFT: f64 = 50.0;
const RIGHT: f64 = 338.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 300.0;
/// The strip below, of counts.
const COUNTS: [f64; 2] = [312.0, 352.0];

/// The style of both, beside that of all pages.
pub const STYLE: &str = "
figure { margin: 1rem 0; max-width: 34rem; }
svg { width: 100%; height: auto; }
svg .diagonal { stroke: currentColor; opacity: .6; stroke-dasharray: 5 4; }
svg .bar { fill: var(--c0); opacity: .3; }
svg .range { stroke: var(--c0); stroke-width: 1.5; }
svg .dot { fill: var(--c0); }
svg .first { stroke: var(--c0); stroke-width: 2.5; fill: none; }
svg .second { stroke: var(--c1); stroke-width: 2; stroke-dasharray: 6 4; fill: none; }
svg .second-dot { fill: var(--c1); }
svg .level { stroke: currentColor; stroke-width: 1.5; stroke-dasharray: 2 3; }
";

fn across(share: f64) -> f64 {
    LEFT + share * (RIGHT - LEFT)
}

fn up(share: f64) -> f64 {
    BOTTOM - share * (BOTTOM - TOP)
}

/// Lines of equal share, with their names at the left.
fn grid(out: &mut String) {
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let y = up(share);
        let _ = writeln!(
            out,
            "<line class=grid x1={LEFT} x2={RIGHT} y1={y:.1} y2={y:.1} />\
             <text x={:.1} y={:.1} text-anchor=end>{:.0} %</text>",
            LEFT - 6.0,
            y + 4.5,
            100.0 * share
        );
    }
}

fn name_across(out: &mut String, x: f64, y: f64, name: &str) {
    *out += &format!("<text x={x:.1} y={y:.1} text-anchor=middle>{name}</text>\n");
}

/// Share good over what the model says, each with its interval, and below how many steps there are.
pub fn reliability(reliability: &Reliability) -> String {
    let mut out =
        format!("<svg viewBox=\"0 0 {WIDTH} 376\" role=img aria-label=\"Reliability diagram\">\n");
    grid(&mut out);
    out += &format!("<line class=diagonal x1={LEFT} y1={BOTTOM} x2={RIGHT} y2={TOP} />\n");
    let most = reliability.bins.iter().map(|bin| bin.steps).max();
    let most = most.unwrap_or(0).max(1);
    for bin in &reliability.bins {
        column(&mut out, bin, most);
    }
    let [_, floor] = COUNTS;
    out += &format!("<line class=grid x1={LEFT} x2={RIGHT} y1={floor} y2={floor} />\n");
    name_across(&mut out, LEFT / 2.0, floor - 12.0, "steps");
    for share in [0.0, 0.5, 1.0] {
        let name = format!("{:.0} %", 100.0 * share);
        name_across(&mut out, across(share), floor + 17.0, &name);
    }
    out + "</svg>\n"
}

fn column(out: &mut String, bin: &ReliabilityBin, most: usize) {
    let (Some(says), Some(good)) = (bin.mean_predicted, bin.share_good) else {
        return;
    };
    let [ceiling, floor] = COUNTS;
    let (left, right) = (across(bin.above), across(bin.up_to));
    let (x, width) = (left + 1.0, right - left - 2.0);
    // One step among thousands must still be seen.
    let height = (bin.steps as f64 / most as f64 * (floor - ceiling)).max(1.0);
    let [low, high] = wilson(good, bin.steps);
    let (dot, y) = (across(says), up(good));
    let [says, share, from, to] = [says, good, low, high].map(|share| percent(Some(share)));
    let _ = writeln!(
        out,
        "<g><title>{} steps: the model says {says}, {share} are good ({from} to {to})</title>\
         <rect class=bar x={x:.1} width={width:.1} y={y:.1} height={:.1} />\
         <line class=range x1={dot:.1} x2={dot:.1} y1={:.1} y2={:.1} />\
         <circle class=dot cx={dot:.1} cy={y:.1} r=3.5 />\
         <rect class=bar x={x:.1} width={width:.1} y={:.1} height={height:.1} /></g>",
        bin.steps,
        BOTTOM - y,
        up(low),
        up(high),
        floor - height,
    );
}

/// Shares over the number of samples, each step to the right a doubling.
pub fn best_of_n(found: &BestOfN) -> String {
    let mut out = format!("<svg viewBox=\"0 0 {WIDTH} 330\" role=img aria-label=\"Best of n\">\n");
    grid(&mut out);
    let doublings = |n: usize| (n as f64).log2();
    let all = doublings(found.samples.max(2));
    let x = |n: usize| across(0.03 + 0.94 * doublings(n) / all);
    let points = |share: fn(&BestOf) -> f64| -> Vec<[f64; 2]> {
        let points = found.curve.iter();
        points.map(|point| [x(point.n), up(share(point))]).collect()
    };
    let (pass, best) = (points(|point| point.pass), points(|point| point.best));
    line(&mut out, "second", "second-dot", &pass);
    line(&mut out, "first", "dot", &best);
    if let Some(votes) = found.votes {
        let y = up(votes.majority);
        out += &format!("<line class=level x1={LEFT} x2={RIGHT} y1={y:.1} y2={y:.1} />\n");
    }
    for point in &found.curve {
        name_across(&mut out, x(point.n), BOTTOM + 18.0, &point.n.to_string());
    }
    out + "</svg>\n"
}

fn line(out: &mut String, class: &str, dot: &str, points: &[[f64; 2]]) {
    let path = points.iter().map(|[x, y]| format!("{x:.1},{y:.1}"));
    let path = path.collect::<Vec<_>>().join(" ");
    *out += &format!("<polyline class={class} points=\"{path}\" />\n");
    for [x, y] in points {
        *out += &format!("<circle class={dot} cx={x:.1} cy={y:.1} r=3.5 />\n");
    }
}

/// How far a share of a few may be from that of all: the ends of the interval of Wilson (1927) around a share `s` of `n`,
/// at least one, at `z = 1.96` for 95 %.
///
/// ```text
/// (s + z^2 / 2n ± z sqrt(s (1 - s) / n + z^2 / 4n^2)) / (1 + z^2 / n)
/// ```
///
/// It never leaves `[0, 1]`, and is as wide as it should be for few and for shares near its ends.
fn wilson(share: f64, of: usize) -> [f64; 2] {
    const Z: f64 = 1.96;
    let n = of as f64;
    let middle = share + Z * Z / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    [middle - spread, middle + spread].map(|end| (end / (1.0 + Z * Z / n)).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_those_of_the_textbook() {
        for ((share, of), expected) in [
            ((0.5, 10), [0.2366, 0.7634]),
            ((0.0, 10), [0.0, 0.2775]),
            ((1.0, 1), [0.2065, 1.0]),
        ] {
            for (found, expected) in wilson(share, of).into_iter().zip(expected) {
                assert!((found - expected).abs() < 1e-4, "{share} of {of}: {found}");
            }
        }
    }
}
