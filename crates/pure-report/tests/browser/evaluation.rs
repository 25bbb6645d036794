//! The page of an evaluation.

use serde_json::{Value, json};

use crate::driver::Browser;
use crate::evaluated::{SAMPLES, evaluation, page};

struct Open {
    browser: Browser,
    _folder: tempfile::TempDir,
}

/// The page of an evaluation of two benchmarks of so many problems.
fn open(problems: usize) -> Open {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    std::fs::write(&path, page(&evaluation(problems))).unwrap();
    let browser = Browser::open();
    browser.screen(1280, 900, false);
    browser.go(&format!("file://{}", path.display()));
    browser.screen(1280, 900, false);
    Open {
        browser,
        _folder: folder,
    }
}

impl Open {
    /// The number of samples that are let through.
    fn found(&self) -> u64 {
        let said = "return document.getElementById('count').textContent";
        let said = self.browser.js(said);
        let said = said.as_str().unwrap().to_owned();
        match said.split(" of ").nth(1) {
            Some(count) if !said.starts_with("No ") => {
                count.split(' ').next().unwrap().parse().unwrap()
            }
            _ => 0,
        }
    }

    /// Sets the filter under this label, and waits until it is applied.
    fn filter(&self, label: &str, value: &str) {
        self.browser.js(&format!(
            "const it = [...document.querySelectorAll('#filters label')].find((it) => it.firstChild.textContent === {label:?}).lastChild;
             it.value = {value:?};
             it.dispatchEvent(new Event('input', {{ bubbles: true }}))"
        ));
        std::thread::sleep(std::time::Duration::from_millis(250));
    }

    fn listed(&self, of: &str) -> Value {
        let script = format!(
            "return [...document.querySelectorAll('#listed {of}')].map((it) => it.textContent)"
        );
        self.browser.js(&script)
    }
}

#[test]
#[ignore = "needs Chromium"]
fn samples_are_found_by_filters_and_are_turned_page_by_page() {
    let open = open(12);
    let all = 2 * 12 * SAMPLES as u64;
    assert_eq!(open.found(), all * 3 / 4, "wrong ones at first");
    for (label, value, expected) in [
        ("Verdict", "right", all / 4),
        ("Verdict", "another", all / 4),
        ("Verdict", "cut_off", all / 4),
        ("Verdict", "no_answer", all / 4),
        ("Verdict", "", all),
        ("Benchmark", "1", all / 2),
        ("Subject", "Algebra", all / 4),
        // Of 12 numbers 0, 5 and 10 are of level 1; two of them even.
        ("Level", "1", 2 * SAMPLES as u64),
        ("to", "-0.5", SAMPLES as u64),
        ("Lowest step reward from", "-0.6", 2),
        ("Text", "ADD THEM", 2),
        ("Text", "nobody said so", 0),
    ] {
        open.filter(label, value);
        assert_eq!(open.found(), expected, "{label} {value}");
    }
    open.filter("Text", "");
    open.filter("Order", "low");
    assert_eq!(open.listed("h3"), json!(["p0", "p10"]));
    assert_eq!(open.listed(".reward")[1], "−0.50");
    assert_eq!(open.browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn pages_are_turned_and_only_what_is_in_sight_is_there() {
    let open = open(12);
    assert_eq!(open.listed("article").as_array().unwrap().len(), 20);
    let press = |name: &str| {
        open.browser.js(&format!(
            "[...document.querySelectorAll('#pages button')].find((it) => it.textContent === {name:?}).click()"
        ));
    };
    press("Next");
    press("Last");
    let last = open.listed("article");
    assert_eq!(last.as_array().unwrap().len(), 72 - 3 * 20);
    press("First");
    assert_eq!(open.listed("h3")[0], "p0");
    assert_eq!(open.browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn texts_stay_texts_and_curves_are_drawn_over_doublings() {
    let open = open(12);
    let browser = &open.browser;
    assert_eq!(browser.js("return typeof window.hacked"), "undefined");
    let drawn = "return [...document.querySelectorAll('[data-chart]')].map((it) => it.querySelectorAll('.valid').length)";
    assert_eq!(browser.js(drawn), json!([4, 4]));
    let places = "return [...document.querySelectorAll('[data-chart=\"0\"] svg text')].map((it) => it.textContent)";
    let places = browser.js(places);
    for tick in ["1", "2", "4", "k"] {
        assert!(
            places.as_array().unwrap().iter().any(|it| it == tick),
            "{places}"
        );
    }
    // Doublings are as far apart.
    let ticks = browser.js(
        "return [...document.querySelectorAll('[data-chart=\"0\"] svg text')]
           .filter((it) => ['1', '2'].includes(it.textContent)).map((it) => Number(it.getAttribute('x')))",
    );
    let [one, two] = [0, 1].map(|at| ticks[at].as_f64().unwrap());
    assert!(two > one, "{ticks}");
    assert_eq!(
        browser.js("return performance.getEntriesByType('resource').length"),
        0
    );
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn ten_thousand_samples_can_be_searched_and_few_become_elements() {
    let open = open(1250);
    assert_eq!(open.found(), 7500);
    open.filter("Text", "what is 1249 + 1249");
    assert_eq!(open.found(), 6);
    open.filter("Text", "");
    let elements = open
        .browser
        .js("return document.querySelectorAll('*').length");
    assert!(elements.as_u64().unwrap() < 2000, "{elements}");
    assert_eq!(open.browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn a_phone_shows_all_of_an_evaluation() {
    let open = open(3);
    open.browser.screen(360, 740, false);
    open.browser
        .js("document.querySelectorAll('details').forEach((it) => (it.open = true))");
    open.browser.screen(360, 740, false);
    let wide = open.browser.js(
        "return [...document.querySelectorAll('body *')].filter((it) => {
           const box = it.getBoundingClientRect();
           return box.width && box.right > 361 && !it.closest('.scroll, #legend');
         }).slice(0, 5).map((it) => it.outerHTML.slice(0, 80))",
    );
    assert_eq!(wide, json!([]));
    assert_eq!(
        open.browser
            .js("return document.documentElement.scrollWidth"),
        360
    );
}
