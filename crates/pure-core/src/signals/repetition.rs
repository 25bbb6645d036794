//! How much of a text has been said before.
//!
//! **Repetition score**: the fraction of a text's substrings that repeat another one.
//!
//! ```text
//! score = 1 - distinct substrings / all substrings,    all = n (n + 1) / 2
//! ```
//!
//! for a text of `n` symbols; 0 if every substring is new, towards 1 if one symbol is repeated for
//! ever. It equals the sum of the longest common prefixes of neighbours in the suffix array over
//! `all`, which is how the verl branch of PURE computes its "repeatness"; that is the score over the
//! code points of the answer's text.
//!
//! Departures: computed from a suffix automaton, in time linear in `n` for texts whose contexts have
//! few continuations, as all natural ones do.

/// The repetition score of a sequence of symbols: characters, or tokens.
pub fn repetition<T: Copy + Eq>(symbols: impl IntoIterator<Item = T>) -> f64 {
    let mut automaton = SuffixAutomaton::new();
    for symbol in symbols {
        automaton.extend(symbol);
    }
    let length = automaton.length() as f64;
    let all = length * (length + 1.0) / 2.0;
    match automaton.length() {
        0 => 0.0,
        _ => 1.0 - automaton.distinct_substrings() as f64 / all,
    }
}

/// The smallest automaton that reads every suffix of a text ("The smallest automaton recognizing the
/// subwords of a text", Blumer et al., 1985). Its paths from the root are the distinct substrings.
struct SuffixAutomaton<T> {
    states: Vec<State>,
    edges: Vec<Edge<T>>,
    last: usize,
}

struct State {
    /// Length of the longest substring that ends here.
    longest: usize,
    /// The state of the longest suffix that has other continuations.
    link: usize,
    /// Its first edge.
    edge: usize,
}

#[derive(Clone, Copy)]
struct Edge<T> {
    symbol: T,
    to: usize,
    next: usize,
}

const NONE: usize = usize::MAX;

impl<T: Copy + Eq> SuffixAutomaton<T> {
    fn new() -> Self {
        let mut automaton = Self {
            states: Vec::new(),
            edges: Vec::new(),
            last: 0,
        };
        automaton.add_state(0);
        automaton
    }

    fn length(&self) -> usize {
        self.states[self.last].longest
    }

    fn extend(&mut self, symbol: T) {
        let added = self.add_state(self.length() + 1);
        let mut state = self.last;
        self.last = added;
        while state != NONE && self.edge(state, symbol).is_none() {
            self.add_edge(state, symbol, added);
            state = self.states[state].link;
        }
        if state == NONE {
            self.states[added].link = 0;
            return;
        }
        let edge = self.edge(state, symbol).expect("the loop ended at one");
        let target = self.edges[edge].to;
        if self.states[target].longest == self.states[state].longest + 1 {
            self.states[added].link = target;
            return;
        }
        // The target also ends longer substrings that the new suffix is not part of: split it.
        let split = self.add_state(self.states[state].longest + 1);
        self.states[split].link = self.states[target].link;
        let mut copied = self.states[target].edge;
        while copied != NONE {
            let Edge { symbol, to, next } = self.edges[copied];
            self.add_edge(split, symbol, to);
            copied = next;
        }
        while state != NONE {
            match self.edge(state, symbol) {
                Some(edge) if self.edges[edge].to == target => self.edges[edge].to = split,
                _ => break,
            }
            state = self.states[state].link;
        }
        self.states[target].link = split;
        self.states[added].link = split;
    }

    fn add_state(&mut self, longest: usize) -> usize {
        self.states.push(State {
            longest,
            link: NONE,
            edge: NONE,
        });
        self.states.len() - 1
    }

    fn add_edge(&mut self, state: usize, symbol: T, to: usize) {
        let next = self.states[state].edge;
        self.edges.push(Edge { symbol, to, next });
        self.states[state].edge = self.edges.len() - 1;
    }

    fn edge(&self, state: usize, symbol: T) -> Option<usize> {
        let mut edge = self.states[state].edge;
        while edge != NONE && self.edges[edge].symbol != symbol {
            edge = self.edges[edge].next;
        }
        (edge != NONE).then_some(edge)
    }

    fn distinct_substrings(&self) -> usize {
        let ending = |state: &State| state.longest - self.states[state.link].longest;
        self.states[1..].iter().map(ending).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn it_counts_distinct_substrings() {
        for text in [
            "",
            "a",
            "ab",
            "aa",
            "aaa",
            "abab",
            "abcabcab",
            "mississippi",
            "数学数学",
        ] {
            let symbols: Vec<char> = text.chars().collect();
            let n = symbols.len();
            let all = (0..n).flat_map(|start| (start + 1..=n).map(move |end| (start, end)));
            let distinct: HashSet<&[char]> = all.clone().map(|(s, e)| &symbols[s..e]).collect();
            let expected = 1.0 - distinct.len() as f64 / all.count().max(1) as f64;
            let expected = if n == 0 { 0.0 } else { expected };
            assert!(
                (repetition(symbols.iter().copied()) - expected).abs() < 1e-12,
                "{text}"
            );
        }
    }

    #[test]
    fn a_loop_scores_high_and_new_symbols_score_nothing() {
        assert_eq!(repetition(0..1000), 0.0);
        assert!(repetition(std::iter::repeat_n('a', 1000)) > 0.99);
    }
}
