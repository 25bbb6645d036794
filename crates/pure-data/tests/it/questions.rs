//! Prompts from files of every shape.

use pure_data::{Prompt, Question, QuestionFields, Questions};

use crate::file_of;

fn one(record: &str) -> Result<Question, String> {
    one_named(record, QuestionFields::default())
}

fn one_named(record: &str, named: QuestionFields) -> Result<Question, String> {
    let (_folder, path) = file_of("prompts.jsonl", record);
    let mut questions = Questions::open_named(&path, None, named).unwrap();
    let question = questions.next().unwrap();
    assert!(questions.next().is_none());
    question.map_err(|bad| bad.fault.to_string())
}

#[test]
fn a_prompt_may_be_called_a_question_or_a_problem() {
    for name in ["prompt", "question", "problem"] {
        let question = one(&format!(r#"{{"{name}": "1+1=", "answer": "2"}}"#)).unwrap();
        assert_eq!(question.prompt, Prompt::Text("1+1=".to_owned()));
        assert_eq!(question.answer.as_deref(), Some("2"));
        assert_eq!(question.id, "1");
    }
}

#[test]
fn the_answer_null_in_quotes_is_no_answer() {
    for answer in ["\"null\"", "null"] {
        let question = one(&format!(r#"{{"question": "q", "answer": {answer}}}"#)).unwrap();
        assert_eq!(question.answer, None);
    }
    assert_eq!(one(r#"{"question": "q"}"#).unwrap().answer, None);
}

#[test]
fn an_answer_that_is_a_number_is_written_as_a_person_does() {
    for (number, text) in [
        ("27.0", "27"),
        ("27", "27"),
        ("-0.5", "-0.5"),
        ("1e300", "1e300"),
    ] {
        let question = one(&format!(r#"{{"question": "q", "answer": {number}}}"#)).unwrap();
        let answer = question.answer.unwrap();
        assert_eq!(answer.parse::<f64>(), text.parse::<f64>());
        assert!(text == "1e300" || answer == text, "{answer}");
    }
}

/// A record in the form of each benchmark that is read as it comes, with a text of our own, and its
/// reference.
const BENCHMARKS: [(&str, &str, &str); 7] = [
    (
        "GSM8K: a worked solution, its value after the marks",
        r#"{"question": "Ann has 3 pens and buys 4. How many?", "answer": "3+4=<<3+4=7>>7 pens.\n#### 7"}"#,
        "3+4=<<3+4=7>>7 pens.\n#### 7",
    ),
    (
        "MATH-500: the value beside the solution",
        r#"{"problem": "Solve $x+1=3$.", "solution": "So $x=\\boxed{2}$.", "answer": "2", "level": 1}"#,
        "2",
    ),
    (
        "Minerva: the solution alone",
        r#"{"problem": "A ball falls for 2 s.", "solution": "It falls \\boxed{19.6} m.", "idx": 0}"#,
        "It falls \\boxed{19.6} m.",
    ),
    (
        "OlympiadBench: a list of values, and of solutions",
        r#"{"id": 16, "context": null, "question": "Roots of $x^2=1$?", "solution": ["Plain."],
            "final_answer": ["$1$,$-1$"], "is_multiple_answer": true}"#,
        "$1$,$-1$",
    ),
    (
        "AMC: a number as JSON writes floats",
        r#"{"id": 0, "problem": "Half of 54?", "answer": 27.0, "question": "Half of 54?"}"#,
        "27",
    ),
    (
        "AIME: digits",
        r#"{"id": 60, "problem": "How many?", "solution": "In all \\boxed{204}.", "answer": "204"}"#,
        "204",
    ),
    (
        "what reinforcement learning in verl reads",
        r#"{"prompt": [{"role": "user", "content": "1+1="}], "ground_truth": "2"}"#,
        "2",
    ),
];

#[test]
fn benchmarks_are_read_with_their_references_as_everybody_has_them() {
    for (name, record, reference) in BENCHMARKS {
        let record = record.replace('\n', " ");
        let question = one(&record).unwrap();
        assert_eq!(question.answer.as_deref(), Some(reference), "{name}");
    }
}

#[test]
fn prompts_of_the_paper_keep_their_hidden_answers_hidden() {
    let record =
        r#"{"question": "q", "answer": "null", "ref_answer": "5", "solution": "\\boxed{5}"}"#;
    assert_eq!(one(record).unwrap().answer, None);
}

#[test]
fn several_answers_are_one_text_and_a_solution_that_is_none_is_no_fault() {
    let answer = |rest: &str| {
        one(&format!(r#"{{"question": "q", {rest}}}"#))
            .unwrap()
            .answer
    };
    let roots = answer(r#""final_answer": ["$1$", "$-1$"]"#);
    assert_eq!(roots.as_deref(), Some("$1$, $-1$"));
    for solution in ["[\"a\", \"b\"]", "\" \"", "null", "7"] {
        assert_eq!(answer(&format!(r#""solution": {solution}"#)), None);
    }
}

#[test]
fn a_conversation_is_read_turn_by_turn() {
    let question = one(r#"{"messages": [{"role": "user", "content": "1+1="}]}"#).unwrap();
    let Prompt::Messages(turns) = &question.prompt else {
        panic!("a conversation")
    };
    assert_eq!(
        (&turns[0].role[..], &turns[0].content[..]),
        ("user", "1+1=")
    );
}

#[test]
fn what_is_wrong_with_a_prompt_is_told() {
    for (record, reason) in [
        (
            r#"{"text": "q"}"#,
            "the record has `text`, but must have `prompt`, `question`, `problem` or `messages`",
        ),
        (
            r#"{"question": 7}"#,
            "`question` is a number, but must be a text",
        ),
        (r#"{"question": "  "}"#, "`question` is empty"),
        (
            r#"{"question": ["q"]}"#,
            "`question` is a list, but must be a text",
        ),
        (
            r#"{"question": "q", "answer": [1]}"#,
            "`answer` is a list, but must be a text, a number or a list of texts",
        ),
        (r#"{"question": "q", "answer": ""}"#, "`answer` is empty"),
        (r#"{"messages": []}"#, "`messages` is empty"),
        (
            r#"{"messages": [{"role": "user"}]}"#,
            "there is no `messages[0].content`",
        ),
        (
            r#"{"prompt": ["q"]}"#,
            "`prompt[0]` is a text, but must be an object",
        ),
    ] {
        assert_eq!(one(record).unwrap_err(), reason, "{record}");
    }
}

#[test]
fn level_and_subject_are_read_by_the_names_that_benchmarks_give_them() {
    for (rest, level, subject) in [
        (
            r#""level": 5, "subject": "Algebra""#,
            Some("5"),
            Some("Algebra"),
        ),
        (
            r#""level": "Level 5", "type": "Geometry""#,
            Some("Level 5"),
            Some("Geometry"),
        ),
        (
            r#""level": null, "subfield": "Number Theory""#,
            None,
            Some("Number Theory"),
        ),
        (r#""level": ["hard"], "type": " ""#, None, None),
    ] {
        let question = one(&format!(r#"{{"question": "q", {rest}}}"#)).unwrap();
        assert_eq!(question.level.as_deref(), level, "{rest}");
        assert_eq!(question.subject.as_deref(), subject, "{rest}");
    }
}

#[test]
fn a_question_without_id_is_called_by_its_unique_id_or_its_index() {
    for (rest, id) in [
        (r#""id": "a", "unique_id": "b", "idx": 7"#, "a"),
        (
            r#""unique_id": "test/algebra/1.json", "idx": 7"#,
            "test/algebra/1.json",
        ),
        (r#""idx": 7"#, "7"),
        (r#""idx": [7]"#, "1"),
    ] {
        let question = one(&format!(r#"{{"question": "q", {rest}}}"#)).unwrap();
        assert_eq!(question.id, id, "{rest}");
    }
    let fault = one(r#"{"question": "q", "id": 0.5}"#).unwrap_err();
    assert_eq!(
        fault,
        "`id` is a number, but must be a text or a whole number"
    );
}

#[test]
fn fields_of_any_name_are_read_by_the_names_that_are_given() {
    let name = |name: &str| Some(name.to_owned());
    let named = || QuestionFields {
        id: name("key"),
        prompt: name("Problem"),
        answer: name("Answer"),
        level: name("difficulty"),
        subject: name("topic"),
    };
    let record = r#"{"key": 3, "Problem": "1+1=", "Answer": 2, "difficulty": 1.5, "topic": "sums",
        "prompt": "another", "answer": "another", "id": "another"}"#;
    let question = one_named(&record.replace('\n', " "), named()).unwrap();
    let expected = Question {
        id: "3".to_owned(),
        prompt: Prompt::Text("1+1=".to_owned()),
        answer: name("2"),
        level: name("1.5"),
        subject: name("sums"),
    };
    assert_eq!(question, expected);
    for (record, fault) in [
        (r#"{"Problem": "1+1=", "Answer": 2}"#, "there is no `key`"),
        (r#"{"key": 3, "prompt": "1+1="}"#, "there is no `Problem`"),
        (
            r#"{"key": 3, "Problem": "q", "answer": 2}"#,
            "there is no `Answer`",
        ),
        (
            r#"{"key": 3, "Problem": "q", "Answer": null}"#,
            "there is no `difficulty`",
        ),
    ] {
        assert_eq!(one_named(record, named()).unwrap_err(), fault, "{record}");
    }
}

#[test]
fn questions_of_an_array_on_one_line_have_names_of_their_own() {
    let (_folder, path) = file_of(
        "prompts.json",
        r#"[{"question": "a"}, 7, {"question": "b"}]"#,
    );
    let questions = Questions::open(&path, None).unwrap();
    let ids: Vec<String> = questions.flatten().map(|question| question.id).collect();
    assert_eq!(ids, ["1", "3"]);
}
