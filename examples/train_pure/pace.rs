//! How long the rest of the table takes, at the pace of what is finished.
//!
//! ```text
//! a run that is not finished: the mean seconds of finished runs of its variant, else of its arm, else of all;
//! less the seconds that it has had
//! ```

/// A run of the table, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Timed {
    pub arm: &'static str,
    pub is_weak: bool,
    pub is_finished: bool,
    /// Those that it has had.
    pub seconds: f64,
}

/// Seconds that are left; nothing as long as no run is finished.
pub fn seconds_left(runs: &[Timed]) -> Option<f64> {
    let mean = |of: &dyn Fn(&Timed) -> bool| {
        let finished = runs.iter().filter(|run| run.is_finished && of(run));
        let seconds: Vec<f64> = finished.map(|run| run.seconds).collect();
        (!seconds.is_empty()).then(|| seconds.iter().sum::<f64>() / seconds.len() as f64)
    };
    let of_all = mean(&|_| true)?;
    let left = runs.iter().filter(|run| !run.is_finished).map(|run| {
        let of_variant = mean(&|other| other.arm == run.arm && other.is_weak == run.is_weak);
        let of_arm = || mean(&|other| other.arm == run.arm);
        let whole = of_variant.or_else(of_arm).unwrap_or(of_all);
        (whole - run.seconds).max(0.0)
    });
    Some(left.sum())
}

/// A time as people say it.
pub fn in_words(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match (minutes / 60, minutes % 60) {
        (0, 0) => format!("{seconds:.0} s"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
