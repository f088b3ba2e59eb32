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
    let readme = fs::read_to_string(root().join("README.md")).expect("README.md");
    for link in local_links(&readme) {
        assert!(root().join(&link).exists(), "README.md links to {link}, which is not there");
    }
}
