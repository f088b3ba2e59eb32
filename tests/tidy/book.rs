//! The book in docs/: every page is in its table of contents, and no link leads nowhere.

use std::fs;
use std::path::Path;

use super::root;

/// Targets of the Markdown links of a text that are no addresses.
fn local_links(text: &str) -> Vec<String> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .map(|target| target.split('#').next().unwrap_or_default().to_owned())
        .filter(|target| !target.is_empty() && !target.contains("://"))
        .collect()
}

fn pages(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).expect("docs/").flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> = files.map(|name| name.to_string_lossy().into_owned()).collect();
    names.retain(|name| name.ends_with(".md"));
    names.sort();
    names
}

#[test]
fn every_page_of_the_book_is_in_its_contents_and_every_link_leads_somewhere() {
    let folder = root().join("docs");
    let contents = local_links(&fs::read_to_string(folder.join("SUMMARY.md")).expect("SUMMARY.md"));
    for page in pages(&folder) {
        assert!(page == "SUMMARY.md" || contents.contains(&page), "docs/{page} is not in docs/SUMMARY.md");
        let text = fs::read_to_string(folder.join(&page)).expect("a page");
        for link in local_links(&text) {
            assert!(folder.join(&link).exists(), "docs/{page} links to {link}, which is not there");
        }
    }
    for page in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "fuzz/README.md"] {
        let folder = root().join(page).parent().expect("a folder").to_owned();
        let text = fs::read_to_string(root().join(page)).expect("a page");
        for link in local_links(&text) {
            assert!(folder.join(&link).exists(), "{page} links to {link}, which is not there");
        }
    }
}

/// What a heading is called in an address, as the book and code hosts make it: letters and digits in lower case, dashes
/// for blanks.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn anchors_of(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap_or_default();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#'))).collect()
}

#[test]
fn a_link_into_a_page_names_one_of_its_headings() {
    let book = pages(&root().join("docs")).into_iter().map(|page| format!("docs/{page}"));
    let around = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "fuzz/README.md"].map(str::to_owned);
    for page in book.chain(around) {
        let file = root().join(&page);
        let text = fs::read_to_string(&file).expect("a page");
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for (target, wanted) in
            targets.filter(|target| !target.contains("://")).filter_map(|t| t.split_once('#'))
        {
            let folder = file.parent().expect("a folder");
            let known = anchors_of(&if target.is_empty() { file.clone() } else { folder.join(target) });
            assert!(
                known.iter().any(|anchor| anchor == wanted),
                "{page} links to {target}#{wanted}: {known:?}"
            );
        }
    }
    assert_eq!(anchor(" Where SSH is not allowed"), "where-ssh-is-not-allowed");
}
