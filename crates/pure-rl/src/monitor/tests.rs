use pure_core::metrics::TRUNCATED;

use super::*;

fn measures(accuracy: f64, process: f64) -> Measures {
    Measures::default()
        .with(ACCURACY.name, accuracy)
        .with(PROCESS.name, process)
        .with(TRUNCATED.name, 0.0)
}

/// The steps at which a run with these accuracies and process rewards is flagged.
fn flagged(run: impl IntoIterator<Item = (f64, f64)>) -> Vec<usize> {
    let mut monitor = Monitor::new(MonitorConfig::default());
    let steps = run.into_iter().enumerate();
    let alarms = steps.map(|(step, (accuracy, process))| {
        (step, monitor.observe(step, &measures(accuracy, process)))
    });
    let alarms = alarms.filter(|(_, alarms)| !alarms.is_empty());
    alarms.map(|(step, _)| step).collect()
}

#[test]
fn a_hack_is_flagged_when_it_is_as_old_as_the_rule_says() {
    // Good until step 20, then the smallest of steady falls.
    let run = (0..40_i32).map(|step| {
        let hacked = f64::from((step - 20).max(0));
        let learned = f64::from(step.min(20));
        (
            0.5 + 0.01 * learned - 0.001 * hacked,
            0.02 * f64::from(step),
        )
    });
    assert_eq!(flagged(run), [25]);
}

#[test]
fn a_hack_in_noise_is_flagged_and_noise_alone_is_not() {
    let noise = |step: i32| 0.02 * f64::from((step * step * 13 + step * 7) % 23 - 11) / 11.0;
    let calm = (0..200).map(|step| (0.8 + noise(step), 0.5 + noise(step + 3)));
    assert_eq!(flagged(calm), [0; 0]);
    let hacked = (0..60_i32).map(|step| {
        let fallen = 0.04 * f64::from((step - 30).max(0));
        (
            0.8 - fallen + noise(step),
            0.02 * f64::from(step) + noise(step + 3),
        )
    });
    let found = flagged(hacked);
    assert!((33..=37).contains(&found[0]), "{found:?}");
}

#[test]
fn learning_and_a_failure_that_the_reward_sees_are_no_hack() {
    let step = |n: i32| f64::from(n) * 0.01;
    assert_eq!(flagged((0..40).map(|n| (step(n), step(n)))), [0; 0]);
    assert_eq!(flagged((0..40).map(|n| (-step(n), -step(n)))), [0; 0]);
}

#[test]
fn a_rule_speaks_once_until_what_it_saw_has_been_gone_for_a_while() {
    let rule = |when| SignalRule {
        signal: TRUNCATED.name.to_owned(),
        when,
        iterations: 2,
        then: vec![Action::Warn],
    };
    let spoken = |when, values: &[f64]| -> Vec<usize> {
        let mut monitor = Monitor::new(MonitorConfig {
            rules: vec![rule(when)],
            ..MonitorConfig::default()
        });
        let steps = values.iter().enumerate();
        let alarms = steps.map(|(step, value)| {
            let measures = Measures::default().with(TRUNCATED.name, *value);
            (step, monitor.observe(step, &measures).len())
        });
        let spoken: Vec<(usize, usize)> = alarms.filter(|(_, count)| *count > 0).collect();
        spoken.into_iter().map(|(step, _)| step).collect()
    };
    let values = [0.1, 0.6, 0.7, 0.8, 0.2, 0.6, 0.6, 0.2, 0.2, 0.2, 0.6, 0.6];
    assert_eq!(spoken(Bound::Above(0.5), &values), [2, 11]);
    assert_eq!(spoken(Bound::Below(0.5), &[0.4, 0.4, 0.4, 0.6]), [1]);
    assert_eq!(spoken(Bound::Rises(1.0), &[1.0, 1.5, 1.9, 3.1]), [3]);
    assert_eq!(spoken(Bound::Falls(0.5), &[1.0, 0.6, 0.4]), [2]);
}

#[test]
fn a_monitor_that_was_restored_says_what_the_other_would_have() {
    let run: Vec<Measures> = (0..30)
        .map(|step| measures(1.0 - 0.01 * f64::from(step), 0.1 * f64::from(step)))
        .collect();
    let mut whole = Monitor::new(MonitorConfig::default());
    let expected: Vec<_> = (0..30)
        .map(|step| whole.observe(step, &run[step]))
        .collect();
    for cut in 0..30 {
        let mut first = Monitor::new(MonitorConfig::default());
        let mut found: Vec<_> = (0..cut)
            .map(|step| first.observe(step, &run[step]))
            .collect();
        let mut second = Monitor::new(MonitorConfig::default());
        second.restore(&first.state()).unwrap();
        found.extend((cut..30).map(|step| second.observe(step, &run[step])));
        assert_eq!(found, expected);
    }
}
