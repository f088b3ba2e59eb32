//! The training settings that are changed often, as arguments of their own: one table from argument to setting.
//!
//! `--steps 9` is `--set steps=9` by another name. Both are read, refused and applied by
//! [`RunConfig::with_setting`](crate::training::RunConfig::with_setting), so a line here is all that an argument needs.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::setting::Setting;

/// An argument and the setting behind it.
struct Flag {
    /// Without its dashes.
    flag: &'static str,
    setting: &'static str,
    /// What its value is called; without one the argument alone says yes.
    value: Option<&'static str>,
    help: &'static str,
}

/// In the order of the help.
const FLAGS: [Flag; 13] = [
    Flag {
        flag: "steps",
        setting: "steps",
        value: Some("N"),
        help: "Optimiser steps in all; may be raised when resuming",
    },
    Flag { flag: "batch", setting: "batch", value: Some("N"), help: "Strips in a step" },
    Flag {
        flag: "accumulation",
        setting: "accumulation",
        value: Some("N"),
        help: "Batches whose gradients are averaged in a step",
    },
    Flag {
        flag: "mask-dropout",
        setting: "mask_dropout",
        value: Some("SHARE"),
        help: "Share of the strips trained without their mask, or of the conditions left out, for guidance",
    },
    Flag {
        flag: "gradient-checkpointing",
        setting: "gradient_checkpointing",
        value: None,
        help: "Keep less for the backward pass and compute it again there: less memory, the same gradients, slower",
    },
    Flag {
        flag: "arithmetic",
        setting: "arithmetic",
        value: Some("ARITHMETIC"),
        help: "What the passes compute in: f32, f16 or bf16; weights stay single precision [default: f32]",
    },
    Flag {
        flag: "crop-columns",
        setting: "crop_columns",
        value: Some("PX"),
        help: "Columns of a strip, a multiple of 16 for the preset `live`",
    },
    Flag { flag: "learning-rate", setting: "learning_rate", value: Some("RATE"), help: "Peak learning rate" },
    Flag { flag: "seed", setting: "seed", value: Some("N"), help: "Seed of weights, batches and noise" },
    Flag {
        flag: "validate-every",
        setting: "validate_every",
        value: Some("N"),
        help: "Steps between validation losses, 0 for none",
    },
    Flag {
        flag: "sample-every",
        setting: "sample_every",
        value: Some("N"),
        help: "Steps between sample pictures, 0 for none",
    },
    Flag {
        flag: "checkpoint-minutes",
        setting: "checkpoint_minutes",
        value: Some("MINUTES"),
        help: "Minutes between checkpoints",
    },
    Flag {
        flag: "memorisation-stop",
        setting: "memorisation_stop",
        value: Some("PART"),
        help: "End when sample pictures come nearer to training scans than this part of the distance of validation \
               scans, or pictures of training masks to their own scans than this part of that of validation masks, 0 \
               for never",
    },
];

impl Flag {
    fn argument(&self) -> Arg {
        let argument = Arg::new(self.flag).long(self.flag).help(self.help);
        match self.value {
            Some(name) => argument.value_name(name),
            None => argument.action(ArgAction::SetTrue),
        }
    }

    fn given(&self, matches: &ArgMatches) -> Option<Setting> {
        let value = match self.value {
            Some(_) => matches.get_one::<String>(self.flag)?.clone(),
            None => matches.get_flag(self.flag).then(|| "true".to_owned())?,
        };
        Some(Setting::of_flag(self.flag, self.setting, value))
    }
}

/// The settings that were given by an argument of their own.
#[derive(Clone, Debug, Default)]
pub struct SettingFlags {
    /// In the order of the table.
    pub settings: Vec<Setting>,
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self { settings: FLAGS.iter().filter_map(|flag| flag.given(matches)).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        command.args(FLAGS.iter().map(Flag::argument))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::setting::with_settings;
    use super::*;
    use crate::nn::Arithmetic;
    use crate::training::RunConfig;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        flags: SettingFlags,
    }

    fn settings(line: &[&str]) -> Vec<Setting> {
        let line = std::iter::once(&"retidiff").chain(line);
        Line::try_parse_from(line).unwrap_or_else(|error| panic!("{error}")).flags.settings
    }

    #[test]
    fn an_argument_is_the_setting_of_its_name() {
        let config = RunConfig::live();
        assert!(settings(&[]).is_empty());
        let given = settings(&[
            "--gradient-checkpointing",
            "--learning-rate",
            "1e-5",
            "--steps=9",
            "--arithmetic",
            "bf16",
        ]);
        let changed = with_settings(config.clone(), &given).unwrap();
        let expected = RunConfig {
            steps: 9,
            gradient_checkpointing: true,
            learning_rate: 1e-5,
            arithmetic: Arithmetic::Bf16,
            ..config.clone()
        };
        assert_eq!(changed, expected);
        // Each of the table, as its value stands in the file.
        let values = serde_json::to_value(&config).unwrap();
        for flag in &FLAGS {
            assert_eq!(flag.setting, flag.flag.replace('-', "_"));
            let value = values[flag.setting].as_str().map_or(values[flag.setting].to_string(), str::to_owned);
            let line = format!("--{}={value}", flag.flag);
            if flag.value.is_some() {
                assert_eq!(with_settings(config.clone(), &settings(&[&line])).unwrap(), config, "{line}");
            }
        }
    }

    #[test]
    fn an_argument_is_refused_as_its_setting_is() {
        let wrong = |given: &[Setting]| with_settings(RunConfig::live(), given).unwrap_err().to_string();
        for (flag, setting) in [
            ("--steps=many", "steps=many"),
            ("--batch=1.5", "batch=1.5"),
            ("--learning-rate=NaN", "learning_rate=NaN"),
            ("--arithmetic=f8", "arithmetic=f8"),
        ] {
            let (by_flag, by_set) = (wrong(&settings(&[flag])), wrong(&[Setting::parse(setting).unwrap()]));
            let name = flag.split_once('=').map_or(flag, |(name, _)| name);
            assert_eq!(by_flag.strip_prefix(name), by_set.strip_prefix("--set"), "{by_flag}");
            assert!(by_set.starts_with("--set: ") && !by_set.contains('\n'), "{by_set}");
        }
    }
}
