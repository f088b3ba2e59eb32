//! Finding a command by some of its letters.

use super::{COMMANDS, UserCommand};

/// The commands that contain the letters of `query` in their order, the best match first; all of them,
/// in the order of the table, for an empty query.
pub fn matching(query: &str) -> Vec<&'static UserCommand> {
    if query.trim().is_empty() {
        return COMMANDS.iter().collect();
    }
    let mut found: Vec<(i32, &'static UserCommand)> =
        COMMANDS.iter().filter_map(|command| Some((command_score(query, command)?, command))).collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, command)| command).collect()
}

/// How well a command matches; `None` if it does not. The name counts more than other words for it and the group.
fn command_score(query: &str, command: &UserCommand) -> Option<i32> {
    let by_name = score(query, command.name()).map(|score| score + 4);
    let by_word = by_name.or_else(|| score(query, command.keywords()));
    by_word.or_else(|| score(query, &format!("{} {}", command.group.name(), command.name())))
}

/// How well `text` contains the letters of `query` in their order: letters at the start of words and
/// letters that follow each other count more. Spaces of the query only part its words. A letter of one goes on in the
/// word of the letter before or begins another one: what lies scattered over a sentence matches by chance.
pub fn score(query: &str, text: &str) -> Option<i32> {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let mut total = 0;
    let mut from = 0;
    for word in query.to_lowercase().split_whitespace() {
        let (word_score, end) = best_place(&word.chars().collect::<Vec<_>>(), &text, from)
            .or_else(|| best_place(&word.chars().collect::<Vec<_>>(), &text, 0))?;
        total += word_score;
        from = end;
    }
    // Of equal matches the shorter text is meant.
    Some(total * 100 - text.len() as i32)
}

/// The best greedy match of a word at or after `from`: (score, end).
fn best_place(word: &[char], text: &[char], from: usize) -> Option<(i32, usize)> {
    let starts = (from..text.len()).filter(|&at| Some(&text[at]) == word.first());
    starts.filter_map(|start| greedy(word, text, start)).max_by_key(|(score, end)| (*score, usize::MAX - end))
}

fn greedy(word: &[char], text: &[char], start: usize) -> Option<(i32, usize)> {
    let mut total = 0;
    let mut at = start;
    for (index, letter) in word.iter().enumerate() {
        let found = if index == 0 { start } else { next_place(*letter, text, at)? };
        let at_word_start = begins_word(text, found);
        total += 1 + if found == 0 {
            6
        } else if at_word_start {
            4
        } else {
            0
        };
        total += if index > 0 && found == at { 3 } else { 0 };
        total -= if index > 0 { ((found - at) as i32).min(3) } else { 0 };
        at = found + 1;
    }
    Some((total, at))
}

/// Where a letter stands in the rest of a word from `at`, the sign after it, or else at the start of a later word.
fn next_place(letter: char, text: &[char], at: usize) -> Option<usize> {
    let end = (at..text.len()).find(|&place| !text[place].is_alphanumeric()).unwrap_or(text.len());
    let is_it = |place: &usize| text.get(*place) == Some(&letter);
    (at..=end)
        .find(is_it)
        .or_else(|| (end..text.len()).find(|place| is_it(place) && begins_word(text, *place)))
}

fn begins_word(text: &[char], at: usize) -> bool {
    at == 0 || !text[at - 1].is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(query: &str) -> &'static str {
        matching(query).first().map_or("nothing", |command| command.id)
    }

    #[test]
    fn a_few_letters_find_what_is_meant() {
        assert_eq!(first("undo"), "edit.undo");
        assert_eq!(first("save as"), "file.save_as");
        assert_eq!(first("brush"), "tool.brush");
        assert_eq!(first("rero"), "synthesis.reroll");
        assert_eq!(first("exp mask"), "file.export_mask");
        assert_eq!(first("irf"), "label.9");
        let all = matching(" ").into_iter().map(|command| command.id);
        assert!(all.eq(COMMANDS.iter().map(|command| command.id)), "all in the order of the table");
        assert!(matching("zzzz").is_empty());
    }

    #[test]
    fn the_language_is_found_in_both_and_scattered_letters_find_nothing() {
        for query in ["german", "Deutsch"] {
            assert_eq!(first(query), "window.language_german");
        }
        assert_eq!(first("englisch"), "window.language_english");
        for query in ["language", "sprache"] {
            assert!(first(query).starts_with("window.language_"), "{query}: {}", first(query));
        }
        assert_eq!(score("german", "Panel: greys, overlay, comparison"), None);
        assert!(score("brsh", "Brush").is_some() && score("gcl-ipl", "Label: GCL-IPL").is_some());
    }

    #[test]
    fn words_may_come_in_any_order_and_case() {
        assert_eq!(first("BRUSH larger"), "tool.larger");
        assert!(score("ab", "ba").is_none());
        assert!(score("gcl", "GCL-IPL") > score("gcl", "grow a cyst and lock"));
    }
}
