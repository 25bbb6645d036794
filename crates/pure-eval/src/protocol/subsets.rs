//! A mean over the ways to draw some of many: over all of them where they are few, else over some at random.

use pure_task::chain::Dice;

/// The most ways that are tried.
pub(super) const MOST: usize = 1024;

/// The mean of what `of` says of the ways to draw `k` of `total`, told as the places that are drawn, in order: of all of
/// them, or of [`MOST`] that the dice choose.
pub(super) fn mean(
    total: usize,
    k: usize,
    dice: &mut Dice,
    mut of: impl FnMut(&[usize]) -> f64,
) -> f64 {
    let (mut sum, mut count) = (0.0, 0_usize);
    let mut add = |drawn: &[usize]| {
        sum += of(drawn);
        count += 1;
    };
    if are_few(total, k) {
        let mut drawn: Vec<usize> = (0..k).collect();
        loop {
            add(&drawn);
            // The last place that can move on; all behind it follow it closely.
            let Some(at) = (0..k).rev().find(|&at| drawn[at] < total - k + at) else {
                break;
            };
            let next = drawn[at] + 1;
            for (place, behind) in drawn[at..].iter_mut().enumerate() {
                *behind = next + place;
            }
        }
    } else {
        let mut all: Vec<usize> = (0..total).collect();
        for _ in 0..MOST {
            for place in 0..k {
                let left = u32::try_from(total - place).expect("there are not so many samples");
                all.swap(place, place + dice.below(left) as usize);
            }
            let mut drawn = all[..k].to_vec();
            drawn.sort_unstable();
            add(&drawn);
        }
    }
    sum / count as f64
}

/// Whether there are no more than [`MOST`] ways.
fn are_few(total: usize, k: usize) -> bool {
    let mut ways = 1;
    for i in 0..k.min(total - k) {
        ways = ways * (total - i) / (i + 1);
        if ways > MOST {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn drawn(total: usize, k: usize) -> Vec<Vec<usize>> {
        let mut all = Vec::new();
        mean(total, k, &mut Dice::new(0, "test"), |drawn| {
            all.push(drawn.to_vec());
            0.0
        });
        all
    }

    #[test]
    fn few_ways_are_all_tried_once() {
        assert_eq!(drawn(3, 2), [[0, 1], [0, 2], [1, 2]]);
        for (total, k, ways) in [(1, 1, 1), (12, 6, 924), (1024, 1, 1024), (1024, 1023, 1024)] {
            let drawn = drawn(total, k);
            let different: BTreeSet<_> = drawn.iter().collect();
            assert_eq!((drawn.len(), different.len()), (ways, ways));
        }
    }

    #[test]
    fn of_many_ways_some_are_tried_in_which_each_is_as_likely() {
        let drawn = drawn(40, 10);
        assert_eq!(drawn.len(), MOST);
        let mut counts = [0_u32; 40];
        for drawn in drawn {
            assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]));
            drawn.into_iter().for_each(|place| counts[place] += 1);
        }
        // 256 each, give or take five standard deviations.
        assert!(
            counts.iter().all(|&count| (187..326).contains(&count)),
            "{counts:?}"
        );
    }
}
