//! One binary, a file a concern.

mod benchmarks;
mod comparisons;
mod edges;
mod golden;
mod properties;
mod results;
mod samples;
mod wrong;

use std::path::PathBuf;

use pure_core::Finish;
use pure_data::{Prompt, QuestionFields};
use pure_eval::{Benchmark, Generation, JudgedProblem, Problem, Sample};
use pure_verify::Verifier;

/// A file with this content, gone when the folder is dropped.
fn file_of(name: &str, content: impl AsRef<[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

/// A benchmark of problems that are called and answered so.
fn benchmark(problems: &[(&str, &str)]) -> Benchmark {
    let lines = problems.iter().map(|(id, answer)| {
        let record = serde_json::json!({"id": id, "question": format!("{id}?"), "answer": answer});
        format!("{record}\n")
    });
    let (_folder, path) = file_of("made.jsonl", lines.collect::<String>());
    Benchmark::read(path, &QuestionFields::default(), &Verifier::default()).unwrap()
}

fn generation(text: &str) -> Generation {
    Generation {
        text: text.to_owned(),
        num_tokens: text.len(),
        cumulative_logprob: Some(-0.5),
        finish: Finish::End,
    }
}

/// A sample whose answer stands in a box.
fn sample(problem: &Problem, number: usize, answer: &str) -> Sample {
    let text = format!("so \\boxed{{{answer}}}");
    Sample::verified(problem, number, generation(&text), &Verifier::default())
}

/// Problems that are all answered by 1, and sampled so.
fn judged(answers: &[&[&str]]) -> Vec<JudgedProblem> {
    let problems: Vec<Problem> = (0..answers.len())
        .map(|index| Problem {
            id: format!("p{index}"),
            prompt: Prompt::Text("?".to_owned()),
            answer: "1".to_owned(),
            level: None,
            subject: None,
        })
        .collect();
    let samples = problems.iter().zip(answers).flat_map(|(problem, answers)| {
        let numbered = answers.iter().enumerate();
        numbered.map(|(number, answer)| sample(problem, number, answer))
    });
    let samples: Vec<Sample> = samples.collect();
    let made = Benchmark {
        problems,
        ..benchmark(&[("p0", "1")])
    };
    JudgedProblem::all(&made, &samples, &Verifier::default()).unwrap()
}
