//! Which keys do what: the defaults of the commands, a preset over them, and what the user changed.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{Id, Key, Modifiers, Ui};

pub use super::choice::{KeymapChoice, KeymapPreset};
use super::chord::Chord;
use super::{COMMANDS, UserCommand, command};
use crate::studio::texts::text;

/// Keys of a preset: a command that is not named keeps its default keys as far as they are free.
type PresetKeys = &'static [(&'static str, &'static [&'static str])];

/// Tools on the digits (pan 2, polygon 3, brush 4, annotation 6), `<` and `>` step through the labels,
/// `S` `A` `D` the labels' opacity as by default, contrast on Ctrl J, as ITK-SNAP has them.
const ITK_SNAP: PresetKeys = &[
    ("tool.hand", &["2", "H"]),
    ("tool.lasso", &["3", "L"]),
    ("tool.brush", &["4", "B"]),
    ("tool.ruler", &["6", "U"]),
    ("label.previous", &["Shift+,", ","]),
    ("label.next", &["Shift+.", "."]),
    ("label.edit", &["Ctrl+L"]),
    ("view.fit", &["Ctrl+F", "Home", "Ctrl+0"]),
    ("view.fit_greys", &["Ctrl+J"]),
    ("view.reset_greys", &["Ctrl+Shift+J"]),
    ("file.open", &["Ctrl+G", "Ctrl+O"]),
    ("tool.smaller", &["-", "["]),
    ("tool.larger", &["+", "=", "]"]),
    ("edit.redo", &["Ctrl+Y", "Ctrl+Shift+Z"]),
    ("volume.previous", &["Down", "PageDown"]),
    ("volume.next", &["Up", "PageUp"]),
    ("label.0", &[]),
    ("label.1", &[]),
    ("label.2", &[]),
    ("label.3", &[]),
    ("label.4", &[]),
    ("label.5", &[]),
    ("label.6", &[]),
    ("label.7", &[]),
    ("label.8", &[]),
    ("label.9", &[]),
];

/// Modes on the digits, `-` and `=` step through the labels, `X` swaps them, as napari's labels layer has
/// them.
const NAPARI: PresetKeys = &[
    ("tool.eraser", &["1", "E"]),
    ("tool.brush", &["2", "P"]),
    ("tool.lasso", &["3"]),
    ("tool.fill", &["4", "F"]),
    ("tool.pick", &["5", "L"]),
    ("tool.hand", &["6", "Z"]),
    ("label.previous", &["-", ","]),
    ("label.next", &["=", "+", "."]),
    ("tool.smaller", &["["]),
    ("tool.larger", &["]"]),
    ("view.overlay", &["V", "S"]),
    ("view.fit", &["Ctrl+R", "Home", "Ctrl+0"]),
    ("window.palette", &["Ctrl+Shift+P", "Ctrl+P"]),
    ("volume.previous", &["Left", "PageUp"]),
    ("volume.next", &["Right", "PageDown"]),
    ("label.0", &[]),
    ("label.1", &[]),
    ("label.2", &[]),
    ("label.3", &[]),
    ("label.4", &[]),
    ("label.5", &[]),
    ("label.6", &[]),
    ("label.7", &[]),
    ("label.8", &[]),
    ("label.9", &[]),
];

/// Ids of before, each with the one that took its place: keys that were changed by then stay changed.
const FORMER_IDS: [(&str, &str); 1] = [("mask.new_eye", "mask.new")];

impl KeymapPreset {
    fn keys(self) -> PresetKeys {
        match self {
            Self::RetiDiff => &[],
            Self::ItkSnap => ITK_SNAP,
            Self::Napari => NAPARI,
        }
    }
}

/// The keys in force.
#[derive(Clone, Debug)]
pub struct Keymap {
    choice: KeymapChoice,
    keys: HashMap<&'static str, Vec<Chord>>,
    bindings: HashMap<Chord, &'static UserCommand>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::new(KeymapChoice::default())
    }
}

impl Keymap {
    /// The keymap of a choice. Ids it does not know are kept for the version that knows them.
    pub fn new(mut choice: KeymapChoice) -> Self {
        for (former, id) in FORMER_IDS {
            if let Some(keys) = choice.changed.remove(former) {
                choice.changed.entry(id.to_owned()).or_insert(keys);
            }
        }
        let preset: HashMap<&str, Vec<Chord>> =
            choice.preset.keys().iter().map(|(id, keys)| (*id, chords(keys))).collect();
        let taken: Vec<Chord> = preset.values().flatten().copied().collect();
        let mut keys = HashMap::new();
        let mut bindings = HashMap::new();
        for command in COMMANDS {
            let of_preset = || {
                preset.get(command.id).cloned().unwrap_or_else(|| {
                    chords(command.keys).into_iter().filter(|chord| !taken.contains(chord)).collect()
                })
            };
            let chords = choice.changed.get(command.id).cloned().unwrap_or_else(of_preset);
            for chord in &chords {
                bindings.entry(*chord).or_insert(command);
            }
            keys.insert(command.id, chords);
        }
        Self { choice, keys, bindings }
    }

    /// What of it is kept on disk.
    pub fn choice(&self) -> &KeymapChoice {
        &self.choice
    }

    /// The keys of a command.
    pub fn keys(&self, id: &str) -> &[Chord] {
        self.keys.get(id).map_or(&[], Vec::as_slice)
    }

    /// The keys of a command as a person reads them; empty if it has none.
    pub fn shown(&self, id: &str) -> String {
        let shown: Vec<String> = self.keys(id).iter().map(|chord| chord.shown()).collect();
        shown.join(", ")
    }

    /// What a press asks for. Alt is also held for the pointer, so a chord without it serves as well.
    pub fn command_for(&self, key: Key, modifiers: Modifiers) -> Option<&'static UserCommand> {
        let chord = Chord::pressed(key, modifiers);
        self.bindings.get(&chord).or_else(|| self.bindings.get(&chord.without_alt())).copied()
    }

    /// The other commands that have a key of `id`, too.
    pub fn conflicts(&self, id: &str, chord: Chord) -> Vec<&'static UserCommand> {
        let has = |command: &&UserCommand| command.id != id && self.keys(command.id).contains(&chord);
        COMMANDS.iter().filter(has).collect()
    }

    /// See [`with_each_key`].
    fn with_each_key(&self, text: &str, commands: &[(&str, &str)]) -> String {
        let keyed = |(id, does): &(&str, &str)| Some(format!("{} {does}", self.keys(id).first()?.shown()));
        let shown: Vec<String> = commands.iter().filter_map(keyed).collect();
        if shown.is_empty() { text.to_owned() } else { format!("{text}   {}", shown.join(", ")) }
    }

    /// Name and keys of a command, for a tooltip.
    pub fn hint(&self, id: &str) -> String {
        let Some(command) = command(id) else { return String::new() };
        match self.keys(id).first() {
            Some(chord) => format!("{}   {}", command.name(), chord.shown()),
            None => command.name().to_owned(),
        }
    }
}

fn chords(keys: &[&str]) -> Vec<Chord> {
    // The tests parse every key of the tables.
    keys.iter().filter_map(|key| key.parse().ok()).collect()
}

/// Where a frame keeps its keymap, so that any control can say its key.
fn place() -> Id {
    Id::unique("keymap in force")
}

/// Lets the controls of the window say their keys.
pub fn publish(context: &eframe::egui::Context, keymap: Arc<Keymap>) {
    context.data_mut(|data| data.insert_temp(place(), keymap));
}

/// Name of a command with its key, for a tooltip: "Brush: paint the chosen label   B".
pub fn hint(ui: &Ui, id: &str) -> String {
    let keymap: Option<Arc<Keymap>> = ui.data(|data| data.get_temp(place()));
    keymap.map_or_else(String::new, |keymap| keymap.hint(id))
}

/// The first key of a command as it fits a narrow column: "5", "⇧2"; empty if it has none.
pub fn key_cap(ui: &Ui, id: &str) -> String {
    let keymap: Option<Arc<Keymap>> = ui.data(|data| data.get_temp(place()));
    let chord = keymap.and_then(|keymap| keymap.keys(id).first().copied());
    chord.map_or_else(String::new, |chord| chord.shown().replace(&format!("{} ", text!("key-shift")), "⇧"))
}

/// A text of a tooltip with the first key of the command it is about, if there is one.
pub fn with_keys(ui: &Ui, text: &str, command: Option<&UserCommand>) -> String {
    let keymap: Option<Arc<Keymap>> = ui.data(|data| data.get_temp(place()));
    let key = keymap.zip(command).and_then(|(keymap, command)| keymap.keys(command.id).first().copied());
    key.map_or_else(|| text.to_owned(), |key| format!("{text}   {}", key.shown()))
}

/// A text of a tooltip with the first keys of several commands, each with what it does: "Opacity   A fainter,
/// D stronger". A command without a key is left out.
pub fn with_each_key(ui: &Ui, text: &str, commands: &[(&str, &str)]) -> String {
    let keymap: Option<Arc<Keymap>> = ui.data(|data| data.get_temp(place()));
    keymap.map_or_else(|| text.to_owned(), |keymap| keymap.with_each_key(text, commands))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_tooltip_says_the_keys_that_are_in_force() {
        let ways = [("tool.smaller", "smaller"), ("tool.larger", "larger")];
        assert_eq!(Keymap::default().with_each_key("Size", &ways), "Size   [ smaller, ] larger");
        let changed = BTreeMap::from([
            ("tool.smaller".to_owned(), vec![]),
            ("tool.larger".to_owned(), vec!["Ctrl+L".parse::<Chord>().expect("a chord")]),
        ]);
        let keymap = Keymap::new(KeymapChoice { changed, ..KeymapChoice::default() });
        let larger = "Ctrl+L".parse::<Chord>().expect("a chord").shown();
        assert_eq!(keymap.with_each_key("Size", &ways), format!("Size   {larger} larger"));
        assert_eq!(keymap.with_each_key("Size", &ways[..1]), "Size");
    }

    #[test]
    fn presets_parse_and_give_every_key_to_one_command() {
        for preset in KeymapPreset::ALL {
            for (id, keys) in preset.keys() {
                for key in *keys {
                    assert!(key.parse::<Chord>().is_ok(), "{id}: {key}");
                }
            }
            let keymap = Keymap::new(KeymapChoice { preset, ..KeymapChoice::default() });
            for command in COMMANDS {
                for chord in keymap.keys(command.id) {
                    let conflicts = keymap.conflicts(command.id, *chord);
                    assert!(conflicts.is_empty(), "{preset:?}: {chord} of {} and {conflicts:?}", command.id);
                }
            }
        }
    }

    #[test]
    fn what_the_user_changed_comes_before_the_preset_and_survives_the_disk() {
        let chord = "Ctrl+Alt+B".parse::<Chord>().expect("a chord");
        let changed = BTreeMap::from([("tool.brush".to_owned(), vec![chord]), ("gone".to_owned(), vec![])]);
        let choice = KeymapChoice { preset: KeymapPreset::Napari, changed };
        let json = serde_json::to_string(&choice).expect("JSON");
        assert_eq!(serde_json::from_str::<KeymapChoice>(&json).expect("readable"), choice);
        let mut of_before = choice.clone();
        of_before.changed.insert("mask.new_eye".to_owned(), vec![chord]);
        assert_eq!(Keymap::new(of_before).keys("mask.new"), [chord]);
        let keymap = Keymap::new(choice);
        assert_eq!(keymap.keys("tool.brush"), [chord]);
        assert!(keymap.command_for(Key::P, Modifiers::NONE).is_none());
        assert_eq!(keymap.command_for(Key::Num1, Modifiers::NONE).map(|c| c.id), Some("tool.eraser"));
    }

    #[test]
    fn control_does_not_paint_labels_and_alt_does_not_hide_keys() {
        let keymap = Keymap::default();
        let id = |key, modifiers| keymap.command_for(key, modifiers).map(|command| command.id);
        assert_eq!(id(Key::Num0, Modifiers::COMMAND), Some("view.fit"));
        assert_eq!(id(Key::Num9, Modifiers::NONE), Some("label.9"));
        assert_eq!(id(Key::S, Modifiers::COMMAND), Some("file.save"));
        assert_eq!(id(Key::CloseBracket, Modifiers::ALT), Some("tool.larger"));
        assert_eq!(id(Key::Z, Modifiers::COMMAND | Modifiers::SHIFT), Some("edit.redo"));
        assert_eq!(id(Key::Plus, Modifiers::SHIFT), Some("tool.larger"));
    }
}
