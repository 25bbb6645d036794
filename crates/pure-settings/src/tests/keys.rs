//! Mistakes in the keys of a file, and what is said of them.

use super::experiment::{GOOD, LEAST, bottom, changed, read, said, top};

#[test]
fn the_good_file_is_good() {
    read(GOOD, &[]).unwrap();
    read(LEAST, &[]).unwrap();
}

#[test]
fn text_that_is_no_toml_says_what_the_parser_missed() {
    assert_eq!(
        changed("seed = 7", "seed = "),
        "run.toml, line 3: this is not TOML: a value is missing"
    );
    let said = changed("0.95]", "0.95");
    assert!(
        said.starts_with("run.toml, line 12: this is not TOML: missing comma"),
        "{said}"
    );
}

#[test]
fn unknown_keys_are_told_the_nearest() {
    assert_eq!(
        changed("learning_rate", "learning_rte"),
        "run.toml, line 10: optimizer.learning_rte is not a setting; did you mean `learning_rate`?"
    );
    assert_eq!(
        changed("seed", "sede"),
        "run.toml, line 3: sede is not a setting; did you mean `seed`?"
    );
    assert_eq!(
        changed("shuffle", "shufle"),
        "run.toml, line 20: stages[0].shufle is not a setting; did you mean `shuffle`?"
    );
}

#[test]
fn unknown_tables_are_unknown_keys() {
    assert_eq!(
        changed("[optimizer]", "[optimiser]"),
        "run.toml, line 9: optimiser is not a setting; did you mean `optimizer`?"
    );
}

#[test]
fn unknown_keys_that_are_near_to_none_get_the_list() {
    assert_eq!(
        bottom("lr = 1"),
        "run.toml, line 4: optimizer.lr is not a setting; in optimizer there are `learning_rate`, \
         `betas`, `warmup_steps`, `clip` and `max_grad_norm`"
    );
}

#[test]
fn unknown_keys_of_tagged_tables_are_found_in_them() {
    assert_eq!(
        changed("floor", "flor"),
        "run.toml, line 16: schedule.flor is not a setting; did you mean `floor`?"
    );
    assert_eq!(
        bottom("[schedule]\nkind = 'pieces'\nat = []\nlast = { rat = 1 }"),
        "run.toml, line 7: schedule.last.rat is not a setting; did you mean `rate`?"
    );
}

#[test]
fn keys_beside_a_kind_without_settings_are_read_by_nothing() {
    assert_eq!(
        changed("\"cosine\"", "\"constant\""),
        "run.toml, line 16: schedule.floor is not a setting here: nothing reads it"
    );
    assert_eq!(
        changed("\"cosine\"", "\"flat\""),
        "run.toml, line 14: schedule has settings beside its name, and this kind has none"
    );
}

#[test]
fn missing_keys_say_their_table() {
    assert_eq!(
        said("[optimizer]\nlearning_rate = 1", &[]),
        "run.toml: model is missing, and has no default"
    );
    assert_eq!(
        changed("learning_rate = 1e-4\n", ""),
        "run.toml, line 9: optimizer.learning_rate is missing, and has no default"
    );
    assert_eq!(
        changed("data = \"data/hard.jsonl\"", ""),
        "run.toml, line 22: stages[1].data is missing, and has no default"
    );
    assert_eq!(
        changed("kind = \"cosine\"\n", ""),
        "run.toml, line 14: schedule.kind is missing, and has no default"
    );
    assert_eq!(
        said("model = 'm'", &[]),
        "run.toml: optimizer.learning_rate is missing, and has no default"
    );
}

#[test]
fn all_keys_that_are_missing_are_told_at_once() {
    assert_eq!(
        said("", &[]),
        "run.toml: `model` and `optimizer.learning_rate` are missing, and have no default"
    );
    assert_eq!(
        said("[[stages]]\nshuffle = true", &[]),
        "run.toml: `stages[0].data`, `model` and `optimizer.learning_rate` are missing, and have no default"
    );
}

#[test]
fn keys_given_twice_are_shown_where_they_come_again() {
    assert_eq!(
        changed("betas =", "learning_rate ="),
        "run.toml, line 11: learning_rate is given twice"
    );
    assert_eq!(
        bottom("clip = 1\nmax_grad_norm = 1"),
        "run.toml, line 5: optimizer.max_grad_norm is given twice, once under another name"
    );
}

#[test]
fn tables_without_end_are_refused() {
    let deep = format!("{}x = 1", "a.".repeat(70));
    assert!(top(&deep).ends_with("is nested deeper than settings are"));
    let deeper = format!("x = {}1{}", "[".repeat(5000), "]".repeat(5000));
    assert!(top(&deeper).contains("this is not TOML"));
}

#[test]
fn of_two_mistakes_the_first_in_the_file_is_shown() {
    assert!(top("zzzzzz = 1\naaaaaa = 1").contains("zzzzzz"));
}
