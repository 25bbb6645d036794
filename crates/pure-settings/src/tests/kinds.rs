//! Mistakes in the values of a file, and what is said of them.

use super::experiment::{LEAST, bottom, changed, read, said, top};

#[test]
fn values_of_the_wrong_kind_say_both_kinds() {
    assert_eq!(
        changed("1e-4", "\"fast\""),
        "run.toml, line 10: optimizer.learning_rate is the string \"fast\", but must be a number"
    );
    assert_eq!(
        changed("seed = 7", "seed = 7.0"),
        "run.toml, line 3: seed is 7.0, but must be a whole number, 0 or more"
    );
    assert_eq!(
        changed("= true", "= 1"),
        "run.toml, line 20: stages[0].shuffle is 1, but must be true or false"
    );
    assert_eq!(
        changed("\"out/base\"", "2026-01-01"),
        "run.toml, line 2: model is a date, but must be a path, as a string"
    );
    assert_eq!(
        said("model = 'm'\noptimizer = 3", &[]),
        "run.toml, line 2: optimizer is 3, but must be a table"
    );
    assert_eq!(
        said("model = 'm'\noptimizer = [1]", &[]),
        "run.toml, line 2: optimizer is an array, but must be a table"
    );
    assert_eq!(
        top("schedule = ['constant']"),
        "run.toml, line 1: schedule is an array, but must be a table"
    );
    assert_eq!(
        changed("betas = [0.9, 0.95]", "betas = [0.9, 'x']"),
        "run.toml, line 11: optimizer.betas[1] is the string \"x\", but must be a number"
    );
}

#[test]
fn values_of_the_wrong_kind_are_found_in_tagged_tables() {
    assert_eq!(
        changed("floor = 0.1", "floor = '0.1'"),
        "run.toml, line 16: schedule.floor is the string \"0.1\", but must be a number; write it without \
         quotes"
    );
    assert_eq!(
        changed("floor = 0.1", "floor = {}"),
        "run.toml, line 16: schedule.floor is a table, but must be a number"
    );
    assert_eq!(
        changed("floor = 0.1", "floor = 0\ndecay-steps = 300"),
        "run.toml, line 17: schedule.decay-steps is 300, but must be a whole number from 0 to 255"
    );
}

#[test]
fn whole_numbers_pass_for_numbers() {
    let settings = read(LEAST, &["schedule={kind='cosine', floor=0}", "weights.a=2"]).unwrap();
    assert_eq!(settings.optimizer.learning_rate, 1.0);
    assert_eq!(settings.weights["a"], 2.0);
}

#[test]
fn numbers_out_of_range_say_the_range() {
    assert_eq!(
        top("steps = -1"),
        "run.toml, line 1: steps is -1, but must be a whole number from 0 to 4294967295"
    );
    assert_eq!(
        bottom("warmup_steps = 18446744073709551615"),
        "run.toml, line 4: optimizer.warmup_steps is 18446744073709551615, but must be a whole \
         number from 0 to 4294967295"
    );
    assert_eq!(
        top("seed = 99999999999999999999"),
        "run.toml, line 1: seed is 99999999999999999999, but must be a number that 64 bits can hold"
    );
    assert_eq!(
        bottom("warmup_steps = 1e999"),
        "run.toml, line 4: optimizer.warmup_steps is 1e999, but must be a number that 64 bits can \
         hold"
    );
}

#[test]
fn arrays_of_the_wrong_length_say_both_lengths() {
    let wrong = |length| {
        format!(
            "run.toml, line 11: optimizer.betas is an array of length {length}, but must be an \
             array of length 2"
        )
    };
    assert_eq!(changed("[0.9, 0.95]", "[0.9]"), wrong(1));
    assert_eq!(changed("[0.9, 0.95]", "[0.9, 0.95, 1]"), wrong(3));
}

#[test]
fn unknown_names_are_told_the_nearest_or_all() {
    assert_eq!(
        changed("\"bf16\"", "\"bf-16\""),
        "run.toml, line 7: precision cannot be \"bf-16\"; did you mean \"bf16\"?"
    );
    assert_eq!(
        changed("\"cosine\"", "\"cos\""),
        "run.toml, line 15: schedule.kind cannot be \"cos\"; there are \"constant\", \"cosine\", \
         \"pieces\" and \"flat\""
    );
    assert_eq!(
        changed("reinforce-plus-plus", "reinforce"),
        "run.toml, line 6: baseline.reinforce is not a setting; in baseline there are `rloo`, \
         `token-leave-one-out`, `reinforce-plus-plus` and `limit`"
    );
}

#[test]
fn kinds_with_settings_want_them_and_kinds_without_do_not() {
    assert_eq!(
        top("baseline = 'limit'"),
        "run.toml, line 1: baseline is the name \"limit\" alone, but must be a table with the \
         settings of it, as { limit = ... }"
    );
    assert_eq!(
        top("baseline = { rloo = 1 }"),
        "run.toml, line 1: baseline.rloo is 1, but must be an empty table, for this kind has no \
         settings"
    );
    assert_eq!(
        top("baseline = {}"),
        "run.toml, line 1: baseline is a table of 0 keys, but must be a table of one key, out of \
         rloo, token-leave-one-out, reinforce-plus-plus, limit"
    );
    assert_eq!(
        top("baseline = 1"),
        "run.toml, line 1: baseline is 1, but must be one of rloo, token-leave-one-out, \
         reinforce-plus-plus, limit"
    );
    assert_eq!(
        top("baseline = { limit = 256 }"),
        "run.toml, line 1: baseline.limit is 256, but must be a whole number from 0 to 255"
    );
    read(LEAST, &["baseline={rloo={}}"]).unwrap();
}

#[test]
fn values_that_contradict_each_other_are_shown_where_they_stand() {
    assert_eq!(
        changed("warmup_steps = 20", "warmup_steps = 2000"),
        "run.toml, line 12: optimizer.warmup_steps is more than the 1000 steps"
    );
    assert_eq!(
        changed("hard.jsonl\"", "hard.jsonl\"\nshuffle = true"),
        "run.toml, line 24: stages[1].shuffle is only for the first"
    );
    assert_eq!(
        top("seed = 13"),
        "run.toml: note, left at its default, must explain the seed"
    );
}
