//! Mixtures of files: how many records of each, which, and in which order.
//!
//! ```text
//! n_i    = N w_i / sum_j w_j, rounded so that they add up to N: up where most is lost (Hamilton)
//! N      = the most for which no n_i is above the number of records, if no size is asked for
//! ```
//!
//! Where more records are asked for than there are, each is taken as often as every other one of its file, to within one.
//! Which are taken once more, or at all, follows from their names and the seed alone, so a larger mixture with the same
//! weights holds the smaller one, nearly: shares are rounded.

use crate::drawn::drawn;

/// The records of a file that a mixture takes from.
#[derive(Debug, Clone, PartialEq)]
pub struct MixturePart {
    /// What the file is called.
    pub name: String,
    /// The names of its records.
    pub ids: Vec<String>,
    /// Its share of the mixture, in proportion to those of the others.
    pub weight: f64,
}

/// A mixture of `size` records, or of as many as there can be without one twice: the part and the record, in an order that
/// the seed decides. Parts without a record are left out.
///
/// # Panics
///
/// If a weight is not above 0, or not finite.
pub fn mixture(parts: &[MixturePart], size: Option<usize>, seed: u64) -> Vec<(usize, usize)> {
    let weights = || parts.iter().map(|part| part.weight);
    assert!(
        weights().all(|weight| weight.is_finite() && weight > 0.0),
        "weights are above 0"
    );
    let mut taken = Vec::new();
    for (place, (part, count)) in parts.iter().zip(counts(parts, size)).enumerate() {
        let records = part.ids.len();
        let mut order: Vec<(f64, usize)> = (0..records)
            .map(|record| {
                let name = format!("taken: {}/{}", part.name, part.ids[record]);
                (drawn(&name, seed), record)
            })
            .collect();
        order.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
        for number in 0..count {
            let (record, pass) = (order[number % records].1, number / records);
            let name = format!("place {pass}: {}/{}", part.name, part.ids[record]);
            taken.push((drawn(&name, seed), (place, record)));
        }
    }
    taken.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    taken.into_iter().map(|(_, one)| one).collect()
}

/// How many records of each part.
fn counts(parts: &[MixturePart], size: Option<usize>) -> Vec<usize> {
    let weights: Vec<f64> = parts
        .iter()
        .map(|part| {
            if part.ids.is_empty() {
                0.0
            } else {
                part.weight
            }
        })
        .collect();
    let sum: f64 = weights.iter().sum();
    if sum == 0.0 {
        return vec![0; parts.len()];
    }
    let all = |part: &MixturePart| part.ids.len() as f64 * sum / part.weight;
    let there = parts.iter().filter(|part| !part.ids.is_empty()).map(all);
    // Of 7 records that are half of a mixture there are 14, also where floating point says 13.999….
    let most = || (there.fold(f64::INFINITY, f64::min) + 1e-6).floor() as usize;
    let size = size.unwrap_or_else(most);
    let exact: Vec<f64> = weights
        .iter()
        .map(|weight| size as f64 * weight / sum)
        .collect();
    let mut counts: Vec<usize> = exact.iter().map(|share| share.floor() as usize).collect();
    let mut by_loss: Vec<usize> = (0..parts.len()).filter(|&at| weights[at] > 0.0).collect();
    by_loss.sort_by(|&one, &other| exact[other].fract().total_cmp(&exact[one].fract()));
    let missing = size.saturating_sub(counts.iter().sum());
    for &part in by_loss.iter().cycle().take(missing) {
        counts[part] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use super::*;

    fn parts(sizes_and_weights: &[(usize, f64)]) -> Vec<MixturePart> {
        let part = |(number, &(size, weight)): (usize, &(usize, f64))| MixturePart {
            name: format!("file-{number}"),
            ids: (1..=size).map(|id| id.to_string()).collect(),
            weight,
        };
        sizes_and_weights.iter().enumerate().map(part).collect()
    }

    #[test]
    fn shares_are_those_of_the_weights_and_add_up() {
        for (of, size, expected) in [
            (&[(100, 1.0), (100, 1.0)][..], Some(10), vec![5, 5]),
            // 3.5, 2.1 and 1.4 of 7: one is missing, and 3.5 loses most.
            (&[(9, 5.0), (9, 3.0), (9, 2.0)], Some(7), vec![4, 2, 1]),
            // Where nothing is said, all are taken.
            (&[(7, 7.0), (3, 3.0)], None, vec![7, 3]),
            // Seven tenths and three tenths, of which the second has 30 alone.
            (&[(1000, 0.7), (30, 0.3)], None, vec![70, 30]),
            (&[(1000, 0.1), (7, 0.9)], None, vec![1, 6]),
            (&[(0, 1.0), (5, 1.0)], None, vec![0, 5]),
            (&[(0, 1.0)], Some(3), vec![0]),
            (&[(4, 1.0)], Some(10), vec![10]),
            (&[], Some(3), vec![]),
        ] {
            assert_eq!(counts(&parts(of), size), expected, "{of:?}");
        }
    }

    #[test]
    fn no_record_is_taken_twice_before_each_of_its_file_is_taken_once() {
        let parts = parts(&[(5, 3.0), (50, 1.0)]);
        let mut times = BTreeMap::new();
        for one in mixture(&parts, Some(16), 0) {
            *times.entry(one).or_insert(0) += 1;
        }
        let of = |part: usize| -> Vec<i32> {
            let of_part = times.iter().filter(|((at, _), _)| *at == part);
            of_part.map(|(_, &times)| times).collect()
        };
        let (mut few, many) = (of(0), of(1));
        few.sort_unstable();
        // 12 of 5 records, 4 of 50.
        assert_eq!(few, [2, 2, 2, 3, 3]);
        assert_eq!(many, [1; 4]);
    }

    #[test]
    fn a_seed_decides_and_a_larger_mixture_holds_the_smaller_one() {
        let parts = parts(&[(100, 1.0), (100, 1.0)]);
        let of = |size, seed| mixture(&parts, Some(size), seed);
        assert_eq!(of(40, 1), of(40, 1));
        assert_ne!(of(40, 1), of(40, 2));
        let larger: HashSet<_> = of(60, 1).into_iter().collect();
        assert!(of(40, 1).iter().all(|one| larger.contains(one)));
        // The parts are mixed: of the first half of an even mixture each has about a half.
        let whole = mixture(&parts, None, 1);
        let first = whole[..100].iter().filter(|(part, _)| *part == 0).count();
        assert!((35..=65).contains(&first), "{first}");
    }

    #[test]
    fn neither_the_order_of_records_nor_other_parts_decide_which_are_taken() {
        let mut parts = parts(&[(30, 1.0), (30, 1.0)]);
        let taken = |parts: &[MixturePart]| -> HashSet<String> {
            let of_first = mixture(parts, Some(20), 5).into_iter();
            let of_first = of_first.filter(|(part, _)| *part == 0);
            of_first
                .map(|(_, record)| parts[0].ids[record].clone())
                .collect()
        };
        let before = taken(&parts);
        parts[0].ids.reverse();
        parts[1].name = "another".to_owned();
        assert_eq!(taken(&parts), before);
    }
}
