//! What stands in one room only: conditional compilation by system in `platform`, threads and mailboxes in
//! `background`. So a port reads one room, and every thread has a name, a bound and an answer when it breaks off.

use super::{code_lines, room, rust_files};

/// The program's part of a file. Tests are left out: they are themselves run on one system only where a shell script
/// plays a process, and start threads that end with them.
pub(super) fn program(text: &str) -> &str {
    let starts = ["\n#[cfg(test)]\nmod ", "\n#[cfg(all(test"].iter().filter_map(|start| text.find(start));
    &text[..starts.min().unwrap_or(text.len())]
}

fn lines_outside(of: &str, is_wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for (file, text) in rust_files("src") {
        if room(&file) == of {
            continue;
        }
        let lines = code_lines(program(&text)).filter(|(_, line)| is_wrong(line));
        wrong.extend(lines.map(|(number, line)| format!("{file}:{number} {}", line.trim())));
    }
    wrong
}

fn depends_on_system(line: &str) -> bool {
    const SYSTEMS: [&str; 4] = ["unix", "windows", "target_os", "target_family"];
    let condition = ["cfg(", "cfg!(", "cfg_attr("].iter().find_map(|start| line.split_once(start));
    condition.is_some_and(|(_, condition)| SYSTEMS.iter().any(|system| condition.contains(system)))
        || ["std::os::", "consts::OS"].iter().any(|path| line.contains(path))
}

fn makes_threads(line: &str) -> bool {
    ["thread::spawn", "thread::Builder", "mpsc", "Condvar"].iter().any(|name| line.contains(name))
}

#[test]
fn what_the_system_decides_stands_in_platform() {
    let wrong = lines_outside("platform", depends_on_system);
    assert!(wrong.is_empty(), "move it to src/platform:\n{}", wrong.join("\n"));
    assert!(depends_on_system("    #[cfg(unix)]") && depends_on_system("if cfg!(target_os = \"linux\") {"));
    assert!(
        !depends_on_system("#[cfg(feature = \"cpu\")]") && !depends_on_system("let windows = config(unix);")
    );
}

#[test]
fn threads_and_mailboxes_are_made_in_background() {
    let wrong = lines_outside("background", makes_threads);
    assert!(wrong.is_empty(), "use a Job, a Mailbox or a queue of src/background:\n{}", wrong.join("\n"));
    assert!(
        makes_threads("    std::thread::spawn(move || {") && makes_threads("use std::sync::mpsc::channel;")
    );
    assert!(!makes_threads("std::thread::sleep(PAUSE);"));
}
