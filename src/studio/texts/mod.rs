//! Every text that the window shows, in one table a language (`assets/texts/*.ftl`), so that a wording is found and
//! changed in one place and another language is one more file.
//!
//! `text!("shell-save")` is a text without arguments: found, not made, in a few nanoseconds, so a frame may ask for
//! hundreds. `text!("volume-b-scan-of", number, count = pages.len(), %error)` fills arguments in: numbers and strings
//! as they are, after `%` whatever has a `Display`.
//!
//! A language is spoken by a thread: the window's in every frame, others through [`in_this_language`]. So windows
//! beside each other, as in tests, may speak different ones.
//!
//! The messages of errors that come from the rooms beneath (readers, training, solver) are English in every
//! language: they are written where the file or the number is known, and stand as an argument in a text of here. So
//! are the finer settings of a training run and what a setting may be, which are called as in its file. What files name
//! in English - labels, bundled cases, settings - is shown by [`spoken_as`]. A step keeps the name it was made with, which is
//! English where the library gave it ([`crate::document::Command`]); it is shown by [`spoken_step`].

mod table;

use std::borrow::Cow;
use std::cell::Cell;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use table::Table;

use crate::background::JobControl;

/// Arguments of a text, by their names in the table.
pub(in crate::studio) type Arguments<'a> = fluent_bundle::FluentArgs<'a>;

/// What the user chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageChoice {
    /// As the desktop speaks; English where it speaks none of ours.
    #[default]
    System,
    /// English, whatever the desktop speaks.
    English,
    /// German, whatever the desktop speaks.
    German,
}

/// A language that has a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Also where another language lacks a text.
    #[default]
    English,
    /// Formal: it says "Sie".
    German,
}

impl LanguageChoice {
    /// The language meant.
    pub fn language(self) -> Language {
        match self {
            Self::System => SYSTEM.get().copied().unwrap_or_default(),
            Self::English => Language::English,
            Self::German => Language::German,
        }
    }
}

impl Language {
    /// Of a locale such as "de_CH.UTF-8" or "de-AT".
    fn of_locale(locale: &str) -> Self {
        match locale.split(['-', '_', '.']).next() {
            Some("de") => Self::German,
            _ => Self::English,
        }
    }

    fn table(self) -> &'static Table {
        static ENGLISH: OnceLock<Table> = OnceLock::new();
        static GERMAN: OnceLock<Table> = OnceLock::new();
        match self {
            Self::English => ENGLISH.get_or_init(|| Table::new("en", ENGLISH_TEXTS)),
            Self::German => GERMAN.get_or_init(|| Table::new("de", GERMAN_TEXTS)),
        }
    }
}

/// Source of the English table.
pub const ENGLISH_TEXTS: &str = include_str!("../../../assets/texts/en.ftl");
/// Source of the German table.
pub const GERMAN_TEXTS: &str = include_str!("../../../assets/texts/de.ftl");

/// What the desktop speaks; unknown until a window on a screen asks, so that tests read English everywhere.
static SYSTEM: OnceLock<Language> = OnceLock::new();

thread_local! {
    static SPOKEN: Cell<Language> = const { Cell::new(Language::English) };
}

/// Learns what the desktop speaks, once.
pub(in crate::studio) fn ask_the_system() {
    SYSTEM.get_or_init(|| sys_locale::get_locale().map_or(Language::English, |it| Language::of_locale(&it)));
}

/// Makes this thread speak a language from now on.
pub(in crate::studio) fn speak(language: Language) {
    SPOKEN.set(language);
}

/// What this thread speaks.
pub(in crate::studio) fn spoken() -> Language {
    SPOKEN.get()
}

/// Work for another thread that speaks there what is spoken here now.
pub(in crate::studio) fn in_this_language<R>(work: impl FnOnce() -> R) -> impl FnOnce() -> R {
    let language = SPOKEN.get();
    move || {
        SPOKEN.set(language);
        work()
    }
}

/// The same for a [`Job`](crate::background::Job)'s work.
pub(in crate::studio) fn job_in_this_language<P, R>(
    work: impl FnOnce(&JobControl<P>) -> R,
) -> impl FnOnce(&JobControl<P>) -> R {
    let language = SPOKEN.get();
    move |control: &JobControl<P>| {
        SPOKEN.set(language);
        work(control)
    }
}

/// A text without arguments; its English where the language lacks it, the key where both do.
pub(in crate::studio) fn plain(key: &'static str) -> &'static str {
    let spoken = SPOKEN.get().table().plain(key);
    spoken.or_else(|| Language::English.table().plain(key)).unwrap_or(key)
}

/// A text with its arguments filled in; its English where the language lacks it, the key where both do.
pub(in crate::studio) fn filled(key: &'static str, arguments: &Arguments<'_>) -> String {
    let spoken = SPOKEN.get().table().filled(key, arguments);
    spoken.or_else(|| Language::English.table().filled(key, arguments)).unwrap_or_else(|| key.to_owned())
}

/// What a step is called here, in whichever language it was named; one that no table knows is called as it is.
pub(in crate::studio) fn spoken_step(name: &str) -> Cow<'_, str> {
    let spoken = SPOKEN.get();
    let others = [Language::English, Language::German].into_iter().filter(|other| *other != spoken);
    let mut known = others.filter_map(|other| other.table().step(name));
    let said = known.find_map(|(key, arguments)| spoken.table().filled(key, &arguments));
    said.map_or(Cow::Borrowed(name), Cow::Owned)
}

/// What is called in English in files, as it is called here: the text of the one of `keys` whose English it is.
pub(in crate::studio) fn spoken_as(keys: &[&'static str], english: &str) -> Option<&'static str> {
    let table = Language::English.table();
    keys.iter().find(|key| table.plain(key) == Some(english)).map(|key| plain(key))
}

/// A text of the table, see [the room](self): `&'static str` without arguments, else a `String`.
macro_rules! text {
    ($key:literal) => { $crate::studio::texts::plain($key) };
    ($key:literal, $($given:tt)+) => {{
        let mut arguments = $crate::studio::texts::Arguments::new();
        $crate::studio::texts::arguments!(arguments; $($given)+);
        $crate::studio::texts::filled($key, &arguments)
    }};
}

/// Sets arguments one after the other, for [`text!`].
macro_rules! arguments {
    ($to:ident;) => {};
    ($to:ident; %$name:ident $(, $($rest:tt)*)?) => {
        $to.set(stringify!($name), $name.to_string());
        $($crate::studio::texts::arguments!($to; $($rest)*);)?
    };
    ($to:ident; $name:ident = %$value:expr $(, $($rest:tt)*)?) => {
        $to.set(stringify!($name), $value.to_string());
        $($crate::studio::texts::arguments!($to; $($rest)*);)?
    };
    ($to:ident; $name:ident = $value:expr $(, $($rest:tt)*)?) => {
        $to.set(stringify!($name), $value);
        $($crate::studio::texts::arguments!($to; $($rest)*);)?
    };
    ($to:ident; $name:ident $(, $($rest:tt)*)?) => {
        $to.set(stringify!($name), $name);
        $($crate::studio::texts::arguments!($to; $($rest)*);)?
    };
}

pub(in crate::studio) use {arguments, text};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_names_its_language() {
        for (locale, language) in [
            ("de", Language::German),
            ("de_CH.UTF-8", Language::German),
            ("de-AT", Language::German),
            ("den_CA", Language::English),
            ("en-GB", Language::English),
            ("C", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
    }

    #[test]
    fn threads_speak_their_own_language_unless_they_are_given_it() {
        speak(Language::German);
        assert_eq!(text!("shell-cancel"), "Abbrechen");
        let other = std::thread::scope(|scope| scope.spawn(|| text!("shell-cancel")).join());
        assert_eq!(other.expect("it ended"), "Cancel");
        let given = in_this_language(|| text!("shell-cancel"));
        let given = std::thread::scope(|scope| scope.spawn(given).join());
        assert_eq!(given.expect("it ended"), "Abbrechen");
        speak(Language::English);
        assert_eq!(text!("shell-cancel"), "Cancel");
    }

    #[test]
    fn plurals_follow_the_language_and_arguments_carry_no_marks() {
        let minutes = |count: u64| text!("shell-minutes-ago", count);
        assert_eq!([minutes(1), minutes(31)], ["1 minute ago", "31 minutes ago"]);
        speak(Language::German);
        let minutes = |count: u64| text!("shell-minutes-ago", count);
        assert_eq!([minutes(1), minutes(31)], ["vor 1 Minute", "vor 31 Minuten"]);
        speak(Language::English);
        let error = "the disk is full";
        assert!(!text!("shell-tracing-cannot-start", %error).contains('\u{2068}'));
    }

    #[test]
    fn steps_are_called_as_is_spoken() {
        assert_eq!(spoken_step("2 Zysten streuen: IRF"), "scatter 2 cysts: IRF");
        speak(Language::German);
        let names = ["brush: IRF", "thin INL", "repair layer order", "Pinsel: IRF", "of another program"];
        let german =
            ["Pinsel: IRF", "INL verdünnen", "Schichten ordnen", "Pinsel: IRF", "of another program"];
        assert_eq!(names.map(spoken_step), german);
        speak(Language::English);
    }

    #[test]
    fn a_key_that_no_table_has_shows_itself() {
        assert_eq!(text!("no-such-key"), "no-such-key");
        assert_eq!(text!("no-such-key", count = 3), "no-such-key");
    }

    /// Every text whose arguments are only named is the same as Fluent makes it.
    #[test]
    fn texts_kept_in_parts_are_what_fluent_makes_of_them() {
        let error = "the disk is full";
        assert_eq!(text!("shell-tracing-cannot-start", %error), "The tracing cannot start: the disk is full");
        assert_eq!(text!("status-thick-um", thickness = 3, um = "12"), "3 px, 12 µm thick");
        assert_eq!(text!("top-unsaved-changes", place = "a"), "a\nUnsaved changes");
        // An argument that is not given: the key shows it.
        assert_eq!(text!("shell-tracing-cannot-start", other = 1), "shell-tracing-cannot-start");
    }

    /// Prints what a lookup costs; a frame asks for a few hundred.
    #[test]
    fn a_lookup_is_cheap() {
        let times = 100_000;
        plain("shell-cancel");
        let begun = std::time::Instant::now();
        for _ in 0..times {
            std::hint::black_box(plain(std::hint::black_box("shell-cancel")));
        }
        let plain_ns = begun.elapsed().as_nanos() / times;
        let begun = std::time::Instant::now();
        for step in 0..times {
            std::hint::black_box(text!("top-undo-step", step = step as u64));
        }
        let named_ns = begun.elapsed().as_nanos() / times;
        let begun = std::time::Instant::now();
        for count in 0..times {
            std::hint::black_box(text!("shell-minutes-ago", count = count as u64));
        }
        let plural_ns = begun.elapsed().as_nanos() / times;
        eprintln!("a text {plain_ns} ns, with an argument {named_ns} ns, with a plural {plural_ns} ns");
        // Far above what was measured (see the commit), for a machine under load.
        assert!(plain_ns < 1_000, "{plain_ns} ns");
        assert!(named_ns < 10_000 && plural_ns < 100_000, "{named_ns} ns, {plural_ns} ns");
    }
}
