//! What is known of whether the models behind some figures saw the eyes that are measured: it stands in their report.

use serde::{Deserialize, Serialize};

/// Whether models that are measured, or that made what is measured, saw the measured eyes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeenEyes {
    /// Whether models were to be taken all the same (`--allow-seen`).
    pub allow_seen: bool,
    /// Measured subjects that one of the models trained on, each once.
    pub seen_subjects: Vec<String>,
    /// Models of which nobody here can say on whom they trained.
    pub unknown_models: Vec<String>,
    /// Pairs that do not say which models made them.
    #[serde(skip_serializing_if = "is_none")]
    pub unsaid_pairs: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

impl SeenEyes {
    /// Takes what is known of other models to it.
    pub fn join(&mut self, other: Self) {
        self.allow_seen |= other.allow_seen;
        for subject in other.seen_subjects {
            if !self.seen_subjects.contains(&subject) {
                self.seen_subjects.push(subject);
            }
        }
        for model in other.unknown_models {
            if !self.unknown_models.contains(&model) {
                self.unknown_models.push(model);
            }
        }
        self.unsaid_pairs += other.unsaid_pairs;
    }

    /// What must be said of one model, `model` in the messages, that was taken all the same.
    pub fn notes(&self, model: &str, measured: &[String]) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.seen_subjects.is_empty() {
            notes.push(format!("{model} trained on {} (--allow-seen)", self.seen_subjects.join(", ")));
        }
        if !self.unknown_models.is_empty() {
            notes.push(format!(
                "{model} does not say on whom it trained, so it may have seen {} (--allow-seen)",
                measured.join(", ")
            ));
        }
        notes
    }

    /// A line for tables about models; empty where nobody allowed anything.
    pub fn line(&self) -> String {
        if !self.allow_seen {
            return String::new();
        }
        let mut said = Vec::new();
        if !self.seen_subjects.is_empty() {
            said.push(format!("a model trained on {}, who is measured", self.seen_subjects.join(", ")));
        }
        if !self.unknown_models.is_empty() {
            let models = self.unknown_models.join(", ");
            said.push(format!("{models} does not say on whom it trained and may know who is measured"));
        }
        match said.is_empty() {
            true => "--allow-seen: given, but no model trained on who is measured\n".to_owned(),
            false => format!("--allow-seen: {}\n", said.join("; ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_is_said_in_words_and_for_programs() {
        assert_eq!(SeenEyes::default().line(), "");
        let mut seen = SeenEyes { allow_seen: true, ..SeenEyes::default() };
        assert!(seen.line().contains("no model trained on"), "{}", seen.line());
        let trained = SeenEyes { seen_subjects: vec!["duke-1".to_owned()], ..SeenEyes::default() };
        seen.join(trained.clone());
        seen.join(trained);
        seen.join(SeenEyes { unknown_models: vec!["old".to_owned()], ..SeenEyes::default() });
        assert_eq!(
            seen.line(),
            "--allow-seen: a model trained on duke-1, who is measured; old does not say on whom it trained and may know \
             who is measured\n"
        );
        let notes = seen.notes("m", &["duke-1".to_owned()]);
        assert_eq!(notes[0], "m trained on duke-1 (--allow-seen)");
        assert!(notes[1].contains("may have seen duke-1"), "{notes:?}");
        let json = serde_json::to_value(&seen).unwrap();
        let expected = serde_json::json!({
            "allow_seen": true, "seen_subjects": ["duke-1"], "unknown_models": ["old"]
        });
        assert_eq!(json, expected);
        // Reports of before say nothing of it.
        assert_eq!(serde_json::from_str::<SeenEyes>("{}").unwrap(), SeenEyes::default());
    }
}
