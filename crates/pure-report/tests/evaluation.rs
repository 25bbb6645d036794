//! The page of an evaluation as a text; tests/browser opens it.

mod evaluated;

use evaluated::{HOSTILE, evaluation, page};
use serde_json::Value;

/// What its scripts are given.
fn data(page: &str) -> Value {
    let (_, data) = page.split_once("id=data>").unwrap();
    let (data, _) = data.split_once("</script>").unwrap();
    serde_json::from_str(data).unwrap()
}

#[test]
fn every_sample_is_there_with_what_it_was_asked_and_its_steps_where_there_are_as_many_as_rewards() {
    let made = evaluation(6);
    let data = data(&page(&made));
    let samples = data["samples"].as_array().unwrap();
    assert_eq!(samples.len(), 2 * 6 * 4);
    let mut expected = made
        .iter()
        .enumerate()
        .flat_map(|(place, (benchmark, samples))| {
            samples.iter().map(move |it| (place, benchmark, it))
        });
    for shown in samples {
        let (place, benchmark, sample) = expected.next().unwrap();
        let [at, problem, number] = [0, 1, 2].map(|it| shown["at"][it].as_u64().unwrap() as usize);
        assert_eq!((at, number), (place, sample.sample));
        assert_eq!(benchmark.problems[problem].id, sample.id);
        let asked = &data["groups"][at]["problems"][problem];
        assert_eq!(asked["id"], sample.id);
        assert_eq!(asked["answer"], benchmark.problems[problem].answer);
        let steps = shown["steps"].as_array().unwrap();
        let apart = steps.len() == sample.rewards.as_ref().unwrap().len();
        assert_eq!(apart, sample.sample != 3, "{shown}");
        let joined: Vec<&str> = steps.iter().map(|it| it.as_str().unwrap()).collect();
        assert_eq!(joined.join("\n\n"), sample.generation.text);
        assert_eq!(shown["wrong"].is_null(), sample.verdict.correct);
        let reason = shown["reason"].as_u64().unwrap() as usize;
        assert_eq!(data["reasons"][reason], sample.verdict.reason.to_string());
    }
    assert_eq!(data["leftOut"], 0);
}

#[test]
fn curves_are_those_of_the_results_and_few_are_shown_at_first() {
    let data = data(&page(&evaluation(6)));
    let arms = data["arms"].as_array().unwrap();
    assert_eq!(arms.len(), 12);
    assert_eq!(arms[0]["name"], "pass@k");
    assert_eq!(data["hidden"].as_array().unwrap().len(), 8);
    let pass = &data["charts"][1]["curves"][0];
    // One of four is right: k of four hold it in k / 4 of the cases.
    assert_eq!(pass["median"], serde_json::json!([0.25, 0.5, 1.0]));
    assert_eq!(
        data["steps"][pass["steps"].as_u64().unwrap() as usize],
        serde_json::json!([1, 2, 4])
    );
}

#[test]
fn no_text_of_a_model_leaves_its_place() {
    let page = page(&evaluation(3));
    let pieces = page.split("</script>").count();
    assert_eq!(pieces, 3, "the data, the scripts, and the rest");
    assert!(!page.contains(HOSTILE) && !page.contains("<img"));
    assert!(page.contains("&lt;chat&gt;"));
}

#[test]
fn tables_say_what_the_results_say() {
    let page = page(&evaluation(10));
    assert!(
        page.contains("80 answers to 20 problems of 2 benchmarks."),
        "{page}"
    );
    for cell in [
        "<th scope=row>first<td>10<td>4<td>25.0 %",
        "<th scope=row>Number Theory<td>5<td>25.0 %",
    ] {
        assert!(page.contains(cell), "{cell}");
    }
}
