//! `pure completions` and `pure man`: every command and option is in them.

use std::fs;
use std::process::{Command, Stdio};

use crate::command_line::{err, out, run, text};

/// The names of the commands, `prm train` among them, as `--help` lists them.
fn commands() -> Vec<String> {
    let listed = |of: &[&str]| -> Vec<String> {
        let help = out(&run(&[of, &["--help"]].concat()));
        let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let lines = lines.take_while(|line| !line.is_empty());
        let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        let names = names.filter_map(|line| line.split_whitespace().next());
        names
            .filter(|name| *name != "help")
            .map(str::to_owned)
            .collect()
    };
    let mut all = Vec::new();
    for name in listed(&[]) {
        let under = listed(&[&name]);
        all.extend(under.iter().map(|second| format!("{name} {second}")));
        all.push(name);
    }
    assert!(all.len() > 20, "{all:?}");
    all
}

#[test]
fn every_shell_has_a_script_that_knows_the_commands_and_their_options() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(&["completions", shell]);
        assert!(output.status.success(), "{}", err(&output));
        let script = out(&output);
        for word in ["generate", "chat", "max-new-tokens", "reward-model"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    assert_eq!(run(&["completions", "cmd"]).status.code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn bash_completes_with_its_script() {
    let script = out(&run(&["completions", "bash"]));
    let ask = |words: &str, place: usize| {
        let line = format!(
            "{script}\nCOMP_WORDS=({words}); COMP_CWORD={place}; \
             _pure pure \"${{COMP_WORDS[{place}]}}\" \"${{COMP_WORDS[{}]}}\"; echo \"${{COMPREPLY[@]}}\"",
            place - 1
        );
        let bash = Command::new("bash")
            .args(["-c", &line])
            .stderr(Stdio::inherit())
            .output();
        out(&bash.unwrap())
    };
    assert_eq!(ask("pure gen", 1).trim(), "generate");
    assert_eq!(ask("pure prm tr", 2).trim(), "train");
    assert_eq!(ask("pure chat --sys", 2).trim(), "--system");
}

#[test]
fn every_command_has_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let man = folder.path().join("share/man1");
    let output = run(&["man", "--output", text(&man)]);
    assert!(output.status.success(), "{}", err(&output));
    let all = commands();
    assert!(
        out(&output).starts_with(&format!("{} pages", all.len() + 1)),
        "{}",
        out(&output)
    );
    for name in all {
        let path = man.join(format!("pure-{}.1", name.replace(' ', "-")));
        let page = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", path.display()));
        assert!(
            page.contains(".SH NAME") && page.contains(".SH OPTIONS"),
            "{name}"
        );
    }
    let page = fs::read_to_string(man.join("pure-generate.1")).unwrap();
    assert!(page.contains("repetition\\-penalty") && page.contains("generation_config.json"));
}
