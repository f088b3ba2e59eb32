//! One language's texts, read once. Those without arguments are formatted at once and kept for ever, so that a frame
//! neither parses nor allocates for them; those that only name their arguments are kept in parts, for Fluent takes
//! microseconds for what is a concatenation. Plurals are Fluent's.

use std::collections::HashMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Message, PatternElement};
use unic_langid::LanguageIdentifier;

/// The texts of a language.
pub(super) struct Table {
    plain: HashMap<String, &'static str>,
    named: HashMap<String, Vec<Part>>,
    /// What steps are called, in the order of the file.
    steps: Vec<(String, Vec<Part>)>,
    bundle: FluentBundle<FluentResource>,
}

/// A piece of a text whose arguments are only named.
enum Part {
    Words(String),
    Argument(String),
}

impl Table {
    /// From the source of a table. What cannot be read of it is left out and falls back to English; a test keeps the
    /// tables free of that.
    pub fn new(language: &str, source: &'static str) -> Self {
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let keys: Vec<String> = messages(&resource).map(|message| message.id.name.to_owned()).collect();
        let named = messages(&resource).filter_map(|message| {
            let parts =
                parts(message).filter(|parts| parts.iter().any(|part| matches!(part, Part::Argument(_))));
            Some((message.id.name.to_owned(), parts?))
        });
        let named = named.collect();
        let steps = messages(&resource).filter(|message| message.id.name.starts_with("step-"));
        let steps = steps.filter_map(|message| Some((message.id.name.to_owned(), parts(message)?)));
        let steps = steps.collect();
        let language: LanguageIdentifier = language.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // The marks around arguments are for languages written from right to left; egui would draw boxes.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        let plain = keys.into_iter().filter_map(|key| {
            let text = formatted(&bundle, &key, None)?;
            let text: &'static str = Box::leak(text.into_boxed_str());
            Some((key, text))
        });
        Self { plain: plain.collect(), named, steps, bundle }
    }

    /// A text that needs no arguments.
    pub fn plain(&self, key: &str) -> Option<&'static str> {
        self.plain.get(key).copied()
    }

    /// A text with its arguments filled in; `None` where it is missing or asks for another argument.
    pub fn filled(&self, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let Some(parts) = self.named.get(key) else {
            return formatted(&self.bundle, key, Some(arguments));
        };
        let mut text = String::new();
        for part in parts {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Argument(name) => match arguments.get(name)? {
                    FluentValue::String(value) => text.push_str(value),
                    FluentValue::Number(value) => text.push_str(&value.as_string()),
                    _ => return None,
                },
            }
        }
        Some(text)
    }

    /// The key of the text that names a step so, with the arguments it was filled with.
    pub fn step<'a>(&'a self, name: &'a str) -> Option<(&'a str, FluentArgs<'a>)> {
        self.steps.iter().find_map(|(key, parts)| Some((key.as_str(), arguments_in(parts, name)?)))
    }
}

/// The arguments with which the parts say a text; `None` where they say another.
fn arguments_in<'a>(parts: &'a [Part], mut text: &'a str) -> Option<FluentArgs<'a>> {
    let (mut arguments, mut open) = (FluentArgs::new(), None);
    let mut close = |open: Option<&'a str>, value: &'a str| {
        if let Some(name) = open {
            arguments.set(name, value);
        }
        open.is_some() || value.is_empty()
    };
    for part in parts {
        match part {
            Part::Argument(name) => open = Some(name.as_str()),
            Part::Words(words) => {
                let (value, rest) = text.split_once(words.as_str())?;
                if !close(open.take(), value) {
                    return None;
                }
                text = rest;
            }
        }
    }
    close(open, text).then_some(arguments)
}

fn messages(resource: &FluentResource) -> impl Iterator<Item = &Message<&str>> {
    resource.entries().filter_map(|entry| match entry {
        Entry::Message(message) => Some(message),
        _ => None,
    })
}

/// The parts of a text; `None` where it chooses between variants.
fn parts(message: &Message<&str>) -> Option<Vec<Part>> {
    let elements = message.value.as_ref()?.elements.iter();
    let part = |element: &PatternElement<&str>| match element {
        PatternElement::TextElement { value } => Some(Part::Words((*value).to_owned())),
        PatternElement::Placeable { expression: Expression::Inline(inline) } => match inline {
            InlineExpression::VariableReference { id } => Some(Part::Argument(id.name.to_owned())),
            InlineExpression::StringLiteral { value } => Some(Part::Words((*value).to_owned())),
            _ => None,
        },
        PatternElement::Placeable { .. } => None,
    };
    elements.map(part).collect()
}

fn formatted(
    bundle: &FluentBundle<FluentResource>,
    key: &str,
    arguments: Option<&FluentArgs<'_>>,
) -> Option<String> {
    let pattern = bundle.get_message(key)?.value()?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, arguments, &mut errors).into_owned();
    errors.is_empty().then_some(text)
}
