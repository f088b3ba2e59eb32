//! Names and sentences of the bundled cases as they are spoken. A recipe keeps those of its file, whatever the window
//! speaks; what somebody wrote stays as written.

use crate::studio::texts::{plain, spoken_as};

const NAMES: [&str; 12] = [
    "case-healthy-young",
    "case-healthy-old",
    "case-dme-mild",
    "case-dme-moderate",
    "case-dme-severe",
    "case-macular-oedema-diffuse",
    "case-csc",
    "case-namd-ped",
    "case-epiretinal-traction",
    "case-geographic-atrophy",
    "case-srf-only",
    "case-ped-only",
];
const SENTENCES: [&str; 12] = [
    "case-healthy-young-about",
    "case-healthy-old-about",
    "case-dme-mild-about",
    "case-dme-moderate-about",
    "case-dme-severe-about",
    "case-macular-oedema-diffuse-about",
    "case-csc-about",
    "case-namd-ped-about",
    "case-epiretinal-traction-about",
    "case-geographic-atrophy-about",
    "case-srf-only-about",
    "case-ped-only-about",
];

/// What a case of this name is called.
pub(in crate::studio) fn case_name(name: &str) -> &str {
    spoken_as(&NAMES, name).unwrap_or(name)
}

/// What is said of a case that its file describes so.
pub(super) fn case_about(about: &str) -> &str {
    spoken_as(&SENTENCES, about).unwrap_or(about)
}

/// What the template of a key is called.
pub(in crate::studio) fn template_name(key: &str) -> Option<&'static str> {
    NAMES.iter().find(|name| name.strip_prefix("case-") == Some(key)).map(|name| plain(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::TEMPLATES;
    use crate::studio::texts::{Language, speak};

    #[test]
    fn every_template_is_spoken_and_other_cases_are_called_as_they_are() {
        for template in TEMPLATES {
            let recipe = template.recipe().expect("a template");
            assert_eq!(template_name(template.key), Some(recipe.name.as_str()));
            assert!(spoken_as(&SENTENCES, &recipe.about).is_some(), "{}", recipe.about);
        }
        speak(Language::German);
        assert_eq!(["DME, mild", "Mrs Smith"].map(case_name), ["DMÖ, leicht", "Mrs Smith"]);
        speak(Language::English);
    }
}
