//! Names of choices in a plan: those of the command line.

use anyhow::anyhow;
use clap::ValueEnum;

use crate::diffusion::NoiseSpacing;

/// A value's name on the command line.
pub(super) fn value_name(value: impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// The value of a name in a plan.
pub(super) fn value_of<T: ValueEnum>(name: &str) -> anyhow::Result<T> {
    T::from_str(name, true)
        .map_err(|_| anyhow!("the plan names \"{name}\", which this program does not know"))
}

/// The spacing that a plan names; evenly in time where it says nothing.
pub(super) fn spacing_of(name: Option<&str>) -> anyhow::Result<NoiseSpacing> {
    name.map_or(Ok(NoiseSpacing::default()), value_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::samplers::Sampler;

    #[test]
    fn a_spacing_keeps_its_name_through_a_plan() {
        for spacing in NoiseSpacing::ALL {
            assert_eq!(spacing_of(Some(&value_name(spacing))).unwrap(), spacing);
        }
        assert_eq!(spacing_of(None).unwrap(), NoiseSpacing::Time);
        assert!(spacing_of(Some("by moonlight")).is_err());
    }

    #[test]
    fn a_sampler_keeps_its_name_through_a_plan() {
        for sampler in Sampler::ALL {
            assert_eq!(value_of::<Sampler>(&value_name(sampler)).unwrap(), sampler);
        }
    }
}
