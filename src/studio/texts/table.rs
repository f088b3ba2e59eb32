//! One language's texts, read once: those without arguments are formatted at once and kept for ever, so that a frame
//! neither parses nor allocates for them.

use std::collections::HashMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// The texts of a language.
pub(super) struct Table {
    plain: HashMap<String, &'static str>,
    bundle: FluentBundle<FluentResource>,
}

impl Table {
    /// From the source of a table. What cannot be read of it is left out and falls back to English; a test keeps the
    /// tables free of that.
    pub fn new(language: &str, source: &'static str) -> Self {
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let keys: Vec<String> = keys(&resource).map(str::to_owned).collect();
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
        Self { plain: plain.collect(), bundle }
    }

    /// A text that needs no arguments.
    pub fn plain(&self, key: &str) -> Option<&'static str> {
        self.plain.get(key).copied()
    }

    /// A text with its arguments filled in; `None` where it is missing or asks for another argument.
    pub fn filled(&self, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        formatted(&self.bundle, key, Some(arguments))
    }
}

fn keys(resource: &FluentResource) -> impl Iterator<Item = &str> {
    resource.entries().filter_map(|entry| match entry {
        fluent_syntax::ast::Entry::Message(message) => Some(message.id.name),
        _ => None,
    })
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
