//! What an operating system or a reader of JSON says of an error, without what only a programmer can use.

/// A text without the numbers that operating systems give their errors, which say nothing to a reader.
pub fn in_plain_words(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" (os error ") {
        let Some((number, behind)) = after.split_once(')') else { break };
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            break;
        }
        plain.push_str(before);
        rest = behind;
    }
    plain + rest
}

/// What is wrong with a line of JSON, without the place in it: for messages that name the line of the file.
pub fn json_problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(place.as_str()).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_within_a_line_is_left_out() {
        let error = serde_json::from_str::<u32>("x").unwrap_err();
        assert_eq!(error.to_string(), "expected value at line 1 column 1");
        assert_eq!(json_problem(&error), "expected value");
    }

    #[test]
    fn the_number_of_an_error_of_the_system_is_left_out() {
        let text = "a.png: No such file or directory (os error 2); check the path (os error 13)";
        assert_eq!(in_plain_words(text), "a.png: No such file or directory; check the path");
        assert_eq!(in_plain_words("x (os error ?) y"), "x (os error ?) y");
    }
}
