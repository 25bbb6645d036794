//! The pages in a browser. Needs Chromium and its driver (Debian: `chromium chromium-driver`):
//!
//! ```sh
//! cargo test -p pure-report --test browser -- --ignored
//! ```

mod driver;
#[path = "../evaluated/mod.rs"]
mod evaluated;
mod evaluation;
#[path = "../made/mod.rs"]
mod made;
#[path = "../made/supervised.rs"]
mod made_supervised;

use std::fs;

use driver::Browser;
use made::{EVALUATIONS, Fate};
use pure_report::Report;
use tempfile::{TempDir, tempdir};

/// Keys as WebDriver writes them.
const HOME: &str = "\u{e011}";
const RIGHT: &str = "\u{e014}";
const END: &str = "\u{e010}";

/// An arm that collapses, one of two seeds that learns, and their page, open.
fn open() -> (TempDir, Report, Browser) {
    let folder = tempdir().unwrap();
    let mut runs = vec![made::run(folder.path(), "sum", "sum", 0, Fate::Collapses)];
    runs.extend((0..2).map(|seed| {
        made::run(
            folder.path(),
            &format!("min-{seed}"),
            "min",
            seed,
            Fate::Learns,
        )
    }));
    let report = Report::read(&runs).unwrap();
    let browser = show(&folder, &report);
    (folder, report, browser)
}

/// The page of a report in a browser.
fn show(folder: &TempDir, report: &Report) -> Browser {
    let page = folder.path().join("report.html");
    fs::write(&page, report.to_html()).unwrap();
    let browser = Browser::open();
    browser.screen(1280, 900, false);
    browser.go(&format!("file://{}", page.display()));
    browser.screen(1280, 900, false);
    browser
}

/// Pictures in which nothing is drawn, once all of them are in sight.
fn empty_pictures(browser: &Browser) -> serde_json::Value {
    browser.js("document.querySelectorAll('details').forEach((it) => (it.open = true))");
    browser.screen(1280, 900, false);
    browser.js(
        "return [...document.querySelectorAll('[data-chart], [data-points], [data-lengths]')]
           .filter((it) => !it.querySelector('svg polyline, svg .heat')).map((it) => it.innerText)",
    )
}

fn count(browser: &Browser, selector: &str) -> u64 {
    let script = format!("return document.querySelectorAll({selector:?}).length");
    browser.js(&script).as_u64().unwrap()
}

fn readout(browser: &Browser) -> String {
    let text = browser.js("return document.querySelector('[data-chart=\"0\"] .readout').innerText");
    text.as_str()
        .unwrap()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
#[ignore = "needs Chromium"]
fn every_picture_is_drawn_and_nothing_goes_wrong() {
    let (_folder, _report, browser) = open();
    assert_eq!(empty_pictures(&browser), serde_json::json!([]));
    assert!(count(&browser, "[data-chart]") > 12);
    assert!(
        count(&browser, "[data-chart=\"0\"] .band") == 1,
        "seeds have a band"
    );
    assert!(
        count(&browser, "[data-chart=\"0\"] .collapse") == 1,
        "the collapse is marked"
    );
    assert!(
        count(&browser, "[data-chart=\"0\"] .notice") == 1,
        "the notice is marked"
    );
    let numbers = browser.js("return [...document.querySelectorAll('svg *')].filter((it) => [...it.attributes].some((a) => /NaN|undefined|Infinity/.test(a.value))).length");
    assert_eq!(numbers, 0, "everything has a place");
    assert_eq!(
        browser.js("return typeof window.hacked"),
        "undefined",
        "texts stay texts"
    );
    assert_eq!(
        browser.js("return performance.getEntriesByType('resource').length"),
        0,
        "nothing is loaded"
    );
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn a_run_without_evaluations_is_drawn_from_what_training_sampled() {
    let folder = tempdir().unwrap();
    let run = made::run(folder.path(), "mean", "mean", 0, Fate::Learns);
    made::without_evaluations(&run);
    let report = Report::read(&[run]).unwrap();
    let browser = show(&folder, &report);
    assert_eq!(empty_pictures(&browser), serde_json::json!([]));
    assert!(readout(&browser).starts_with("step 30 mean train "));
    assert_eq!(browser.errors(), Vec::<String>::new());
}

/// Two arms of fine-tuning, one of them of two seeds.
fn fine_tuned() -> (TempDir, Browser) {
    let folder = tempdir().unwrap();
    let seeds =
        [0, 1].map(|seed| made_supervised::sft(folder.path(), &format!("low-{seed}"), seed, 1e-5));
    let other = made_supervised::sft(folder.path(), "high", 3, 1e-4);
    let report = Report::read(&[&seeds[..], &[other]].concat()).unwrap();
    let browser = show(&folder, &report);
    (folder, browser)
}

#[test]
#[ignore = "needs Chromium"]
fn fine_tuning_and_reward_models_are_drawn() {
    let (_folder, browser) = fine_tuned();
    assert_eq!(empty_pictures(&browser), serde_json::json!([]));
    assert!(readout(&browser).starts_with("step 40 low "));
    assert_eq!(count(&browser, "[data-chart=\"0\"] .valid"), 2);
    assert_eq!(browser.errors(), Vec::<String>::new());

    let folder = tempdir().unwrap();
    let prm = made_supervised::reward_model(folder.path(), "prm", 0);
    let browser = show(&folder, &Report::read(&[prm]).unwrap());
    assert_eq!(empty_pictures(&browser), serde_json::json!([]));
    assert_eq!(
        count(&browser, "[data-chart=\"0\"] .notice"),
        1,
        "the second stage is marked"
    );
    assert_eq!(browser.errors(), Vec::<String>::new());
}

/// Chooses what curves are drawn over.
fn over(browser: &Browser, axis: &str) {
    browser.js(&format!(
        "document.querySelector('#controls [value={axis}]').click()"
    ));
}

#[test]
#[ignore = "needs Chromium"]
fn curves_are_drawn_over_steps_tokens_or_time() {
    let (_folder, browser) = fine_tuned();
    let axis = |browser: &Browser| {
        let texts = "[...document.querySelectorAll('[data-chart=\"0\"] svg text')]";
        browser.js(&format!("return {texts}.map((it) => it.textContent)"))
    };
    let ends = "const points = document.querySelector('[data-chart=\"0\"] .valid').getAttribute('points').split(' ');
                return [points.length, Number(points.at(-1).split(',')[0])]";
    let by_step = browser.js(ends);
    for (chosen, name, last) in [
        ("tokens", "million tokens", "2 million tokens"),
        ("seconds", "minutes", "2.02 minutes"),
        ("step", "step", "step 40"),
    ] {
        over(&browser, chosen);
        let texts = axis(&browser);
        assert!(texts.as_array().unwrap().contains(&name.into()), "{texts}");
        assert!(readout(&browser).starts_with(last), "{}", readout(&browser));
        // The last evaluation is at the right end, whatever the axis.
        let found = browser.js(ends);
        assert_eq!(found[0], by_step[0]);
        let far = found[1].as_f64().unwrap() - by_step[1].as_f64().unwrap();
        assert!(far.abs() < 0.5, "{found} {by_step}");
    }
    // The first of them is pointed at from the keyboard, in tokens.
    over(&browser, "tokens");
    browser.js("document.querySelector('[data-chart=\"0\"] .plot').focus()");
    browser.keys(HOME);
    assert!(
        readout(&browser).starts_with("0.05 million tokens low train "),
        "{}",
        readout(&browser)
    );
    assert_eq!(browser.errors(), Vec::<String>::new());

    // A policy has the tokens that it sampled; where nobody counted any there is no such axis.
    let (folder, _report, browser) = open();
    over(&browser, "tokens");
    assert!(
        readout(&browser).contains("thousand tokens"),
        "{}",
        readout(&browser)
    );
    let metrics = folder.path().join("sum/metrics.jsonl");
    let text = fs::read_to_string(&metrics).unwrap();
    fs::write(&metrics, text.replace("tokens_per_second", "other")).unwrap();
    let report = Report::read(&[folder.path().join("sum")]).unwrap();
    let browser = show(&folder, &report);
    assert_eq!(count(&browser, "#controls [value=tokens]:disabled"), 1);
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn smoothing_is_the_moving_average_that_it_says() {
    let (_folder, browser) = fine_tuned();
    browser.js(
        "const range = document.querySelector('#controls [type=range]');
         range.value = 0.9;
         range.dispatchEvent(new Event('input', { bubbles: true }))",
    );
    assert_eq!(count(&browser, "[data-chart=\"0\"] .train.smooth"), 2);
    assert_eq!(count(&browser, "[data-chart=\"0\"] .raw"), 2);
    // Of the arm with one run, as its definition has it.
    let losses: Vec<f64> = (1..=40)
        .map(|step| made_supervised::loss(step, 3))
        .collect();
    let weights = |at: usize| 0.9_f64.powi(39 - at as i32);
    let sum: f64 = losses
        .iter()
        .enumerate()
        .map(|(at, loss)| weights(at) * loss)
        .sum();
    let all: f64 = (0..40).map(weights).sum();
    let expected = format!("smoothed {}", (1000.0 * sum / all).round() / 1000.0);
    assert!(
        readout(&browser).contains(&expected),
        "{} {expected}",
        readout(&browser)
    );
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn the_outermost_ticks_of_an_axis_are_named() {
    let (_folder, _report, browser) = open();
    // Among them domains whose ticks stand farther apart once they are widened.
    let unnamed = browser.js(&format!(
        "{}
         const domains = [[-0.765, -0.61], [0, 1], [0.0527, 0.0634], [-0.53, -0.36], [3, 47], [0.1, 0.13], [5, 5]];
         return domains.filter(([low, high]) => [3, 4].some((count) => {{
           const [first, last] = widened(low, high, count), all = ticks(first, last, count);
           const near = (a, b) => Math.abs(a - b) < 1e-9 * Math.max(1, Math.abs(b));
           return first > low || last < high || !near(all[0], first) || !near(all.at(-1), last);
         }}))",
        include_str!("../../src/page/assets/plot.js")
    ));
    assert_eq!(unnamed, serde_json::json!([]));
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn arms_go_and_come_by_mouse_and_keyboard() {
    let (_folder, _report, browser) = open();
    let curves = "[data-chart=\"0\"] .valid.c0";
    assert_eq!(count(&browser, curves), 1);
    browser.js("document.querySelector('#legend button').click()");
    assert_eq!(count(&browser, curves), 0);
    assert_eq!(count(&browser, "#legend [aria-pressed=false]"), 1);
    assert!(!readout(&browser).contains("sum"), "{}", readout(&browser));
    browser.js("document.querySelector('#legend button').focus()");
    browser.keys(" ");
    assert_eq!(count(&browser, curves), 1);
    assert_eq!(count(&browser, "#legend [aria-pressed=false]"), 0);
    // With no arm shown the page still stands.
    browser.js("document.querySelectorAll('#legend button').forEach((it) => it.click())");
    assert_eq!(readout(&browser), "nothing shown");
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn values_are_read_by_mouse_and_keyboard() {
    let (_folder, report, browser) = open();
    let [sum, min] = report.summaries() else {
        panic!("{:?}", report.summaries());
    };
    let percent = |share: f64| format!("{} %", (1000.0 * share).round() / 10.0);
    let says = |step: u64, sum: f64, min: f64| {
        let text = readout(&browser);
        assert!(text.starts_with(&format!("step {step} ")), "{text}");
        assert!(
            text.contains(&format!("sum {}", percent(sum))),
            "{text}, not {}",
            percent(sum)
        );
        assert!(
            text.contains(&format!("min {}", percent(min))),
            "{text}, not {}",
            percent(min)
        );
    };
    let first = |row: &pure_report::ArmSummary| row.accuracy.before.unwrap().median;
    let last = |row: &pure_report::ArmSummary| row.accuracy.last.unwrap().median;
    let end = EVALUATIONS[EVALUATIONS.len() - 1];
    says(end, last(sum), last(min));
    browser.js("document.querySelector('[data-chart=\"0\"] .plot').focus()");
    browser.keys(HOME);
    says(0, first(sum), first(min));
    browser.keys(&RIGHT.repeat(4));
    assert!(
        readout(&browser).starts_with("step 4 "),
        "{}",
        readout(&browser)
    );
    // The notice is told where it was made.
    browser.keys(&RIGHT.repeat(8));
    let text = readout(&browser);
    assert!(
        text.starts_with("step 12 ") && text.contains("truncated is above 0.9"),
        "{text}"
    );
    browser.keys(END);
    says(end, last(sum), last(min));
    // Half-way across lies half of the steps.
    let place = browser.js(
        "document.querySelector('[data-chart=\"0\"]').scrollIntoView({ block: 'center' });
         const box = document.querySelector('[data-chart=\"0\"] svg .axis').getBoundingClientRect();
         return [(box.left + box.right) / 2, box.top - 40]",
    );
    browser.point(place[0].as_f64().unwrap(), place[1].as_f64().unwrap());
    let half = format!("step {} ", end / 2);
    assert!(
        readout(&browser).starts_with(&half),
        "{}",
        readout(&browser)
    );
    // The other charts follow.
    let other =
        browser.js("return document.querySelector('[data-chart=\"1\"] .readout').innerText");
    assert!(other.as_str().unwrap().starts_with(half.trim()), "{other}");
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn a_picture_is_saved_with_its_title_its_styles_and_the_arms_that_are_shown() {
    let (_folder, _report, browser) = open();
    let saved = "
      const link = document.querySelector('[data-chart=\"0\"] .save');
      link.addEventListener('click', (event) => event.preventDefault(), { once: true });
      link.click();
      const text = decodeURIComponent(link.href.slice('data:image/svg+xml,'.length));
      const file = new DOMParser().parseFromString(text, 'image/svg+xml');
      const texts = [...file.querySelectorAll('text')].map((it) => it.textContent);
      return [link.download, file.documentElement.nodeName, texts, file.querySelector('style').textContent.length > 1000,
              file.querySelectorAll('polyline').length]";
    let file = browser.js(saved);
    assert_eq!(
        (&file[0], &file[1]),
        (&"accuracy.svg".into(), &"svg".into())
    );
    let says = |file: &serde_json::Value, text: &str| {
        let texts = file[2].as_array().unwrap();
        texts.iter().any(|it| it == text)
    };
    assert!(
        ["Accuracy", "sum", "min (2 seeds)", "100 %"]
            .iter()
            .all(|text| says(&file, text)),
        "{file}"
    );
    assert_eq!(
        (&file[3], &file[4]),
        (&true.into(), &4.into()),
        "two arms, learning and measured"
    );
    browser.js("document.querySelector('#legend button').click()");
    let file = browser.js(saved);
    assert!(
        says(&file, "min (2 seeds)") && !says(&file, "sum"),
        "{file}"
    );
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn a_phone_shows_all_of_it() {
    let (_folder, _report, browser) = open();
    browser.screen(360, 740, false);
    browser.js("document.querySelectorAll('details').forEach((it) => (it.open = true))");
    browser.screen(360, 740, false);
    // What is wider than the screen scrolls inside something.
    let wide = browser.js(
        "return [...document.querySelectorAll('body *')].filter((it) => {
           const box = it.getBoundingClientRect();
           return box.width && box.right > 361 && !it.closest('.scroll, #legend');
         }).slice(0, 5).map((it) => it.outerHTML.slice(0, 80))",
    );
    assert_eq!(wide, serde_json::json!([]));
    assert_eq!(
        browser.js("return document.documentElement.scrollWidth"),
        360
    );
    let outside = browser.js(
        "return [...document.querySelectorAll('svg text')].filter((it) => {
           const [box, frame] = [it.getBoundingClientRect(), it.closest('svg').getBoundingClientRect()];
           return box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 3 || box.top < frame.top - 1;
         }).map((it) => it.textContent)",
    );
    assert_eq!(
        outside,
        serde_json::json!([]),
        "labels lie inside their pictures"
    );
}

#[test]
#[ignore = "needs Chromium"]
fn light_and_dark_can_both_be_read() {
    let (_folder, _report, browser) = open();
    // WCAG's contrast of texts and curves with what is behind them.
    let contrast = "
      const channels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map(Number);
      const light = (colour) => {
        const [r, g, b] = channels(colour).map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = light(getComputedStyle(document.body).backgroundColor);
      const ratio = (colour) => { const l = light(colour); return (Math.max(l, ground) + 0.05) / (Math.min(l, ground) + 0.05); };
      const probe = document.body.appendChild(document.createElement('i'));
      const arms = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => { probe.style.color = `var(--c${n})`; return ratio(getComputedStyle(probe).color); });
      probe.remove();
      return [ground, ratio(getComputedStyle(document.body).color), ratio(getComputedStyle(document.querySelector('.note')).color), Math.min(...arms)]";
    for dark in [false, true] {
        browser.screen(1280, 900, dark);
        let found = browser.js(contrast);
        let [ground, text, note, arm] = [0, 1, 2, 3].map(|at| found[at].as_f64().unwrap());
        assert_eq!(ground < 0.1, dark, "{found}");
        assert!(
            text > 7.0 && note > 4.5 && arm > 3.0,
            "dark {dark}: {found}"
        );
    }
}

#[test]
#[ignore = "needs Chromium"]
fn answers_of_a_policy_are_found_by_filters() {
    let (_folder, _report, browser) = open();
    let filter = |label: &str, value: &str| {
        browser.js(&format!(
            "const it = [...document.querySelectorAll('#filters label')].find((it) => it.firstChild.textContent === {label:?}).lastChild;
             it.value = {value:?};
             it.dispatchEvent(new Event('input', {{ bubbles: true }}))"
        ));
        std::thread::sleep(std::time::Duration::from_millis(250));
        let ids =
            "return [...document.querySelectorAll('#listed .verdict')].map((it) => it.textContent)";
        let verdicts: Vec<String> = serde_json::from_value(browser.js(ids)).unwrap();
        assert!(!verdicts.is_empty(), "{label} {value}");
        verdicts
    };
    assert!(filter("Verdict", "right").iter().all(|it| it == "right"));
    assert!(
        filter("Verdict", "another")
            .iter()
            .all(|it| it == "wrong: another answer")
    );
    assert!(
        filter("Verdict", "cut_off")
            .iter()
            .all(|it| it == "wrong: cut off")
    );
    filter("Verdict", "");
    filter("to", "-0.5");
    let lowest = browser.js(
        "return [...document.querySelectorAll('#listed article')].map((it) => Math.min(...[...it.querySelectorAll('.reward')].map((r) => Number(r.textContent.replace('−', '-')))))",
    );
    let lowest: Vec<f64> = serde_json::from_value(lowest).unwrap();
    assert!(lowest.iter().all(|it| *it <= -0.5), "{lowest:?}");
    assert_eq!(browser.errors(), Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium"]
fn a_page_that_follows_a_run_is_loaded_anew_and_stays_where_it_was() {
    let folder = tempdir().unwrap();
    let run = made::run(folder.path(), "sum", "sum", 0, Fate::Learns);
    let report = Report::read(&[run]).unwrap();
    let page = folder.path().join("report.html");
    fs::write(&page, report.to_live_html(1)).unwrap();
    let browser = Browser::open();
    browser.screen(1280, 900, false);
    browser.go(&format!("file://{}", page.display()));
    browser.js(
        "const it = document.querySelector('#filters select'); it.value = 'right';
         it.dispatchEvent(new Event('input', { bubbles: true })); document.querySelector('#settings details, details:not([open])').open = true;
         scrollTo(0, 500); window.before = 1",
    );
    let new = report
        .to_live_html(1)
        .replacen("<main>", "<main data-new>", 1);
    fs::write(&page, new).unwrap();
    let begun = std::time::Instant::now();
    while browser
        .js("return typeof window.before === 'undefined' && !!document.querySelector('[data-new]')")
        != true
    {
        assert!(begun.elapsed().as_secs() < 20, "it is not loaded anew");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let verdict = browser.js("return document.querySelector('#filters select').value");
    assert_eq!(verdict, "right");
    assert_eq!(browser.js("return Math.round(scrollY)"), 500);
    assert_eq!(browser.errors(), Vec::<String>::new());
}
