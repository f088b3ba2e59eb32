//! The audit trail: who decided or changed what of which pair and when, as a chain in which every line names the hash of
//! the one before. A line that was changed, left out or put in breaks the chain there and for all to see.

use serde::{Deserialize, Serialize};

use super::audit_log::AcceptedGroup;
use super::blind::csv_field;
use super::edits::EditOfPair;
use super::log::DecisionEvent;
use crate::formats::provenance::sha256_hex;

/// A line of the trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailLine {
    /// From 1.
    pub number: u64,
    /// RFC 3339, UTC.
    pub when: String,
    /// The reviewer.
    pub who: String,
    /// "accept", "reject", "flag", "undecided", "undo", "edit", "audit".
    pub what: String,
    /// The pair, or the rows of an audit.
    pub on: String,
    /// Why, in words; empty without. Of an edit its steps, as the editor's undo history names them.
    pub reason: String,
    /// Of the line before; empty in the first.
    pub before_sha256: String,
    /// Of all of the above.
    pub sha256: String,
}

impl TrailLine {
    fn hash(&self) -> String {
        let fields = [
            self.number.to_string(),
            self.when.clone(),
            self.who.clone(),
            self.what.clone(),
            self.on.clone(),
            self.reason.clone(),
            self.before_sha256.clone(),
        ];
        // A separator that no field can hold: control characters are refused where fields are written.
        sha256_hex(fields.join("\u{1f}").as_bytes())
    }
}

/// The trail of decisions, edits and audits, in the order of their times.
pub fn trail(decisions: &[DecisionEvent], edits: &[EditOfPair], audits: &[AcceptedGroup]) -> Vec<TrailLine> {
    let line = |when: &str, who: &str, what: &str, on: &str, reason: &str| TrailLine {
        number: 0,
        when: when.to_owned(),
        who: who.to_owned(),
        what: what.to_owned(),
        on: on.to_owned(),
        reason: reason.to_owned(),
        before_sha256: String::new(),
        sha256: String::new(),
    };
    let mut lines: Vec<TrailLine> = decisions
        .iter()
        .map(|event| {
            let what = if event.undo { "undo" } else { event.decision.name() };
            line(&event.when, &event.who, what, &event.pair, event.reason.as_deref().unwrap_or_default())
        })
        .collect();
    lines.extend(edits.iter().map(|edit| {
        // A separator of the hashed fields, or a line's end, has no place in a field.
        let steps = edit.facts.steps.join("; ").replace(char::is_control, " ");
        line(&edit.facts.when, &edit.facts.who, "edit", &edit.id, &steps)
    }));
    lines.extend(audits.iter().map(|group| {
        let reason = format!(
            "{} of {} pairs looked at, none bad: fewer than {:.1} % bad with {:.0} % confidence",
            group.looked_at,
            group.pairs,
            100.0 * group.bound,
            100.0 * group.terms.confidence
        );
        line(&group.when, &group.who, "audit", &format!("rows {}", group.rows), &reason)
    }));
    lines.sort_by(|a, b| a.when.cmp(&b.when));
    let mut before = String::new();
    for (number, line) in (1..).zip(&mut lines) {
        line.number = number;
        line.before_sha256 = std::mem::take(&mut before);
        line.sha256 = line.hash();
        before = line.sha256.clone();
    }
    lines
}

/// The first line at which a chain is broken; `None` where it is whole.
pub fn broken_at(lines: &[TrailLine]) -> Option<u64> {
    let mut before = "";
    for (number, line) in (1..).zip(lines) {
        if line.number != number || line.before_sha256 != before || line.sha256 != line.hash() {
            return Some(number);
        }
        before = &line.sha256;
    }
    None
}

/// The trail as CSV (RFC 4180).
pub fn csv(lines: &[TrailLine]) -> String {
    let mut text = "number,when,who,what,on,reason,before_sha256,sha256\r\n".to_owned();
    for line in lines {
        let fields =
            [&line.when, &line.who, &line.what, &line.on, &line.reason].map(|field| csv_field(field));
        text += &format!("{},{},{},{}\r\n", line.number, fields.join(","), line.before_sha256, line.sha256);
    }
    text
}

/// The trail as JSON lines, which [`broken_at`] can be asked about.
pub fn json_lines(lines: &[TrailLine]) -> Vec<u8> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line).expect("a line is strings and numbers");
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::edits::EditFacts;
    use super::super::log::Decision;
    use super::*;

    #[test]
    fn a_changed_missing_or_added_line_breaks_the_chain() {
        let events: Vec<DecisionEvent> = (0..5)
            .map(|n| DecisionEvent::now("anna", &format!("p{n}"), Decision::Accept, Some("good")))
            .collect();
        let edit = EditOfPair {
            id: "p1".to_owned(),
            facts: EditFacts {
                version: 1,
                // After all decisions.
                when: "9999-01-01T00:00:00Z".to_owned(),
                who: "ben".to_owned(),
                number: 1,
                before_mask_sha256: String::new(),
                steps: vec!["Brush: IRF".to_owned(), "Move\u{1f}lesion".to_owned()],
            },
        };
        let lines = trail(&events, &[edit], &[]);
        assert_eq!((lines.len(), broken_at(&lines)), (6, None));
        let last = &lines[5];
        assert_eq!((last.what.as_str(), last.on.as_str()), ("edit", "p1"));
        assert_eq!(last.reason, "Brush: IRF; Move lesion");
        let mut changed = lines.clone();
        changed[2].reason = "bad".to_owned();
        assert_eq!(broken_at(&changed), Some(3));
        let mut missing = lines.clone();
        missing.remove(1);
        assert_eq!(broken_at(&missing), Some(2));
        let mut twice = lines.clone();
        twice.insert(4, lines[3].clone());
        assert_eq!(broken_at(&twice), Some(5));
        assert_eq!(csv(&lines).lines().count(), 7);
        let read: Vec<TrailLine> = json_lines(&lines)
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect();
        assert_eq!(read, lines);
    }
}
