//! The page of commands in the book: every command of the program has its section, and no section is of one that is gone.

use clap::CommandFactory;
use retidiff::cli::Cli;

/// "case build" of every command that does something itself.
fn names(command: &clap::Command, before: &str, found: &mut Vec<String>) {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help" && !sub.is_hide_set()) {
        let name = format!("{before} {}", sub.get_name()).trim().to_owned();
        match sub.has_subcommands() {
            true => names(sub, &name, found),
            false => found.push(name),
        }
    }
}

#[test]
fn every_command_has_its_section_in_the_book() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/commands.md");
    let page = std::fs::read_to_string(page).expect("docs/commands.md is readable");
    let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("### retidiff ")).collect();
    let mut once = sections.clone();
    once.sort_unstable();
    let twice: Vec<&str> = once.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0]).collect();
    assert!(twice.is_empty(), "docs/commands.md has two sections of {twice:?}");
    let mut commands = Vec::new();
    names(&Cli::command(), "", &mut commands);
    assert!(commands.iter().any(|name| name == "info"), "{commands:?}");
    let missing: Vec<&String> = commands.iter().filter(|name| !sections.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "docs/commands.md has no section of {missing:?}");
    // A smaller set of features has fewer commands than the book.
    if cfg!(all(feature = "cpu", feature = "studio", feature = "tls")) {
        let gone: Vec<&&str> =
            sections.iter().filter(|name| !commands.contains(&(**name).to_owned())).collect();
        assert!(gone.is_empty(), "docs/commands.md describes {gone:?}, which the program has not");
    }
}

/// Commands whose line in the list does not begin as all do: "Makes", not "Make".
fn unlike(command: &clap::Command, found: &mut Vec<String>) {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        if !about.split([' ', ',']).next().is_some_and(|verb| verb.ends_with('s')) {
            found.push(format!("{}: {about}", sub.get_name()));
        }
        unlike(sub, found);
    }
}

#[test]
fn every_command_says_in_one_form_what_it_does() {
    let mut found = Vec::new();
    unlike(&Cli::command(), &mut found);
    assert!(found.is_empty(), "{}", found.join("\n"));
}
