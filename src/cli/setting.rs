//! `--set NAME=VALUE`: any setting of a training configuration as an argument. Those that are changed often have one of
//! their own (`setting_flags.rs`), which is the same by another name.

use crate::training::RunConfig;

/// A setting and what it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The argument that gave it, without its dashes.
    flag: &'static str,
    name: String,
    value: String,
}

impl Setting {
    /// From `name=value`.
    ///
    /// # Errors
    /// If there is no name or no equals sign.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => {
                Ok(Self { flag: "set", name: name.trim().to_owned(), value: value.trim().to_owned() })
            }
            _ => Err(format!(
                "\"{text}\" is no setting: give a name and a value, such as drm.apply_probability=0"
            )),
        }
    }

    /// Of an argument of its own, named without its dashes.
    pub fn of_flag(flag: &'static str, name: &str, value: String) -> Self {
        Self { flag, name: name.to_owned(), value }
    }

    /// As [`Setting::parse`] reads it.
    pub fn text(&self) -> String {
        format!("{}={}", self.name, self.value)
    }
}

/// The configuration with settings changed, in their order.
///
/// # Errors
/// If there is no such setting, or it cannot have that value.
pub fn with_settings<'a>(
    config: RunConfig,
    settings: impl IntoIterator<Item = &'a Setting>,
) -> anyhow::Result<RunConfig> {
    settings.into_iter().try_fold(config, |config, setting| {
        let changed = config.with_setting(&setting.name, &setting.value);
        changed.map_err(|reason| anyhow::anyhow!("--{}: {reason}", setting.flag))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_follow_each_other() {
        assert!(Setting::parse("steps").is_err());
        assert!(Setting::parse("=3").is_err());
        let parsed = ["steps=5", "steps = 7"].map(|text| Setting::parse(text).unwrap());
        assert_eq!(parsed[1].text(), "steps=7");
        assert_eq!(with_settings(RunConfig::live(), &parsed).unwrap().steps, 7);
        let error = with_settings(RunConfig::live(), &[Setting::parse("stepz=1").unwrap()]).unwrap_err();
        assert!(error.to_string().starts_with("--set: no setting stepz"), "{error}");
    }
}
