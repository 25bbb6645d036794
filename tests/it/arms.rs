//! The arms of the example `train_pure`: what each changes, and nothing else.

#[path = "../../examples/train_pure/pace.rs"]
mod pace;
#[path = "../../examples/train_pure/reward_models.rs"]
mod reward_models;
#[path = "../../examples/train_pure/arms.rs"]
mod table_of_arms;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pace::{Timed, in_words, seconds_left};
use pure::prm::PrmConfig;
use pure::rl::PolicyConfig;
use pure::settings::{self, Override, Validate};
use reward_models::{CONSENSUS, HOT, MONTE_CARLO, PQM, PRM};
use serde::Serialize;
use serde::de::DeserializeOwned;
use table_of_arms::ARMS;
use toml::{Table, Value};

/// The settings of a shipped file with some changes.
fn changed<T: DeserializeOwned + Validate>(
    file: &str,
    changes: impl Iterator<Item = &'static str>,
) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("configs/chain")
        .join(file);
    let changes = changes.map(|change| change.parse().unwrap_or_else(|e| panic!("{change}: {e}")));
    let changes: Vec<Override> = changes.collect();
    let loaded = settings::load(&path, &changes).unwrap_or_else(|error| panic!("{error}"));
    assert!(loaded.renamed.is_empty(), "{:?}", loaded.renamed);
    loaded.settings
}

/// Every setting by its dotted key.
fn by_key(settings: &impl Serialize) -> BTreeMap<String, String> {
    fn flatten(above: &str, table: &Table, keys: &mut BTreeMap<String, String>) {
        for (key, value) in table {
            let key = format!("{above}{key}");
            match value {
                Value::Table(table) => flatten(&format!("{key}."), table, keys),
                value => _ = keys.insert(key, value.to_string()),
            }
        }
    }
    let text = settings::resolved(settings).unwrap();
    let mut keys = BTreeMap::new();
    flatten("", &text.parse().unwrap(), &mut keys);
    keys
}

/// The settings that differ follow from those that are named, each of which makes a difference.
fn assert_differs_as_named(
    name: &str,
    base: &BTreeMap<String, String>,
    own: &BTreeMap<String, String>,
    changes: impl Iterator<Item = &'static str>,
) {
    let keys: BTreeSet<&String> = base.keys().chain(own.keys()).collect();
    let mut differ = keys
        .into_iter()
        .filter(|&key| base.get(key) != own.get(key))
        .peekable();
    let named: Vec<&str> = changes
        .map(|change| change.split('=').next().unwrap())
        .collect();
    let is_within = |key: &str, table: &str| {
        let rest = key.strip_prefix(table);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    // A table that the base has not comes with all its settings, and so does another form of credit.
    let comes_with = |named: &str| {
        let tables = named.match_indices('.').map(|(at, _)| &named[..at]);
        let mut new = tables.filter(|table| !base.keys().any(|key| is_within(key, table)));
        new.next()
            .or_else(|| named.strip_suffix(".form"))
            .unwrap_or(named)
            .to_owned()
    };
    let mut unused: BTreeSet<&str> = named.iter().copied().collect();
    assert_eq!(unused.len(), named.len(), "{name} names a setting twice");
    assert_eq!(differ.peek().is_none(), named.is_empty(), "{name}");
    for key in differ {
        let exactly = named.iter().find(|named| key == *named);
        let by = exactly.or_else(|| {
            named
                .iter()
                .find(|named| is_within(key, &comes_with(named)))
        });
        let by = by.unwrap_or_else(|| panic!("{name}: {key} differs, and is not named"));
        unused.remove(by);
    }
    assert!(unused.is_empty(), "{name}: {unused:?} changes nothing");
}

#[test]
fn every_arm_is_the_shipped_settings_but_for_what_its_entry_names() {
    let base = by_key(&changed::<PolicyConfig>("pure.toml", std::iter::empty()));
    for arm in ARMS {
        let own: PolicyConfig = changed("pure.toml", arm.settings());
        assert_differs_as_named(arm.name, &base, &by_key(&own), arm.settings());
    }
}

#[test]
fn every_reward_model_is_the_shipped_settings_but_for_what_its_entry_names() {
    let base = by_key(&changed::<PrmConfig>("prm.toml", std::iter::empty()));
    for model in [PRM, PQM, MONTE_CARLO, CONSENSUS] {
        let own: PrmConfig = changed("prm.toml", model.settings());
        assert_differs_as_named(model.name, &base, &by_key(&own), model.settings());
        // A second labelling is of the policy's own answers.
        assert!(
            model
                .consensus
                .is_none_or(|file| file == HOT && model.learns_from_completions())
        );
    }
}

#[test]
fn every_arm_is_held_to_its_start_by_one_weight_in_the_reward_or_in_the_loss() {
    for arm in ARMS {
        let own: PolicyConfig = changed("pure.toml", arm.settings());
        let weights = [own.method.kl.coefficient, own.loss.kl_coefficient];
        let expected = if arm.name.ends_with("-loose") {
            0.001
        } else {
            0.01
        };
        assert!(weights.contains(&expected), "{}: {weights:?}", arm.name);
        assert!(weights.contains(&0.0), "{}: {weights:?}", arm.name);
    }
}

#[test]
fn arms_have_names_and_meanings_of_their_own_and_share_no_folder_with_what_is_prepared() {
    let names: BTreeSet<&str> = ARMS.iter().map(|arm| arm.name).collect();
    let meanings: BTreeSet<&str> = ARMS.iter().map(|arm| arm.about).collect();
    assert_eq!([names.len(), meanings.len()], [ARMS.len(); 2]);
    for arm in ARMS {
        assert!(
            !arm.name.ends_with("-weak") && !arm.name.starts_with("prm"),
            "{}",
            arm.name
        );
        assert!(!["data", "init", "sft", "trunk"].contains(&arm.name));
        let known = [PRM, PQM, MONTE_CARLO, CONSENSUS];
        let is_known = |name| known.iter().any(|known| known.name == name);
        assert!(is_known(arm.reward_model.name) || !arm.reward_model.is_taught());
    }
}

fn timed(arm: &'static str, is_weak: bool, is_finished: bool, seconds: f64) -> Timed {
    Timed {
        arm,
        is_weak,
        is_finished,
        seconds,
    }
}

#[test]
fn the_time_that_is_left_is_told_by_runs_of_the_variant_or_of_the_arm_or_of_all() {
    let mut runs = vec![
        timed("a", false, false, 3.0),
        timed("a", true, false, 0.0),
        timed("b", false, false, 0.0),
        timed("c", false, false, 200.0),
    ];
    assert_eq!(seconds_left(&runs), None);
    runs.push(timed("a", false, true, 10.0));
    runs.push(timed("a", false, true, 20.0));
    runs.push(timed("d", false, true, 90.0));
    // Of the variant 15, of which 3 are had; of the arm 15; of all 40; and nothing of what took longer already.
    assert_eq!(seconds_left(&runs), Some(12.0 + 15.0 + 40.0));
    let said = [20.0, 100.0, 3600.0, 20_000.0].map(in_words);
    assert_eq!(said, ["20 s", "2 min", "1 h 0 min", "5 h 33 min"]);
}
