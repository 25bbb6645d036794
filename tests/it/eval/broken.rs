//! Benchmarks that are none: what is wrong with them, and where.

use super::{Place, told};

#[test]
fn a_broken_benchmark_is_named_with_the_line_at_fault() {
    let place = Place::new();
    let good = "{\"question\": \"1 + 1?\", \"answer\": \"2\"}\n";
    for (name, text, words) in [
        (
            "torn.jsonl",
            format!("{good}\n{{\"question\": \"2"),
            &["torn.jsonl, line 3"][..],
        ),
        (
            "fields.jsonl",
            format!("{good}{{\"answer\": \"2\"}}\n"),
            &["fields.jsonl, line 2", "`question`"],
        ),
        (
            "list.jsonl",
            format!("{good}{{\"question\": \"?\", \"answer\": {{}}}}\n"),
            &["list.jsonl, line 2", "`answer`"],
        ),
        (
            "empty.jsonl",
            String::new(),
            &["empty.jsonl", "no problem", "0 questions"],
        ),
        (
            "open.jsonl",
            "{\"question\": \"why?\"}\n".repeat(3),
            &["open.jsonl", "3 questions", "--answer-field"],
        ),
        (
            "twins.jsonl",
            "{\"id\": 1, \"question\": \"?\", \"answer\": 1}\n".repeat(2),
            &["twins.jsonl", "records 1 and 2", "--id-field"],
        ),
        (
            "words.jsonl",
            "once upon a time\n".to_owned(),
            &["words.jsonl, line 1"],
        ),
    ] {
        place.write(name, &text);
        let told = told(&place.eval(&[name], "out", &[]));
        // A long path may be broken into lines.
        let joined = told.replace(' ', "");
        for word in words {
            assert!(joined.contains(&word.replace(' ', "")), "{word}: {told}");
        }
    }
    let told = told(&place.eval(&["absent.jsonl"], "out", &[]));
    assert!(told.contains("check the path"), "{told}");
    assert!(!place.path("out").exists());
}

#[test]
fn two_benchmarks_of_one_name_are_refused() {
    let place = Place::new();
    std::fs::create_dir(place.path("other")).unwrap();
    place.benchmark("sums.jsonl", &["1"]);
    place.benchmark("other/sums.jsonl", &["2"]);
    let told = told(&place.eval(&["sums.jsonl", "other/sums.jsonl"], "out", &[]));
    assert!(told.contains("both called sums"), "{told}");
}

#[test]
fn questions_without_an_answer_are_left_out_and_counted() {
    let place = Place::new();
    place.write(
        "some.jsonl",
        "{\"question\": \"1 + 1?\", \"answer\": \"2\"}\n{\"question\": \"why?\"}\n",
    );
    let done = place.eval(&["some.jsonl"], "out", &[]);
    let told = crate::command_line::err(&done);
    assert!(done.status.success(), "{told}");
    assert!(
        told.contains("1 question of some without an answer that can be verified"),
        "{told}"
    );
    assert_eq!(place.results("out")["benchmarks"][0]["without_answer"], 1);
}
