//! What is requested of masks: distributions in the plan, from which every pair draws its own by its seed.

use serde::{Deserialize, Serialize};

use crate::cases::{CaseRecipe, CystWish, Extent, LayerName};
use crate::mask::random::SeededRandom;

/// Conditions of masks: each is drawn between two numbers for every pair, or left open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// Area of intraretinal fluid.
    pub fluid_mm2: Option<[f64; 2]>,
    /// Cysts of intraretinal fluid.
    pub cysts: Option<[f64; 2]>,
    /// Of the retina over the middle millimetre.
    pub thickness_um: Option<[f64; 2]>,
    /// Part of the pairs (0 to 1) that get no fluid, whatever stands above.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_fluid: Option<f64>,
    /// How fluid and cysts are spread between their two numbers.
    #[serde(skip_serializing_if = "Spread::is_even")]
    pub spread: Spread,
}

/// How a condition is spread over its range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// Every value as often as any other.
    #[default]
    Even,
    /// Evenly in the logarithm, as areas of real lesions rather are: small values more often than large ones.
    SmallOften,
}

impl Spread {
    fn is_even(&self) -> bool {
        *self == Self::Even
    }

    /// The value at a share (0 to 1) of a range.
    fn at(self, share: f64, [low, high]: [f64; 2]) -> f64 {
        match self {
            Self::Even => low + share * (high - low),
            // From a hundredth of the upper end where the lower is nearer to nothing: 0 has no logarithm.
            Self::SmallOften if high > 0.0 => {
                let from = low.max(high / 100.0);
                (from.ln() + share * (high.ln() - from.ln())).exp().clamp(low, high)
            }
            Self::SmallOften => high,
        }
    }
}

/// What was requested of the mask of one pair; what is `None` was left open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestedConditions {
    /// Area of fluid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fluid_mm2: Option<f64>,
    /// Cysts of intraretinal fluid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cysts: Option<u32>,
    /// Of the retina over the middle millimetre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thickness_um: Option<f64>,
}

impl RequestedConditions {
    /// Whether everything was left open.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Conditions {
    /// Whether everything is left open.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }

    /// What is requested of the mask with a seed.
    pub fn drawn(&self, seed: u64) -> RequestedConditions {
        let mut random = SeededRandom::new(seed);
        // Drawn whether asked for or not: one condition more does not move the others.
        let shares: [f64; 4] = std::array::from_fn(|_| random.share());
        let [fluid_mm2, cysts] = match self.without_fluid {
            Some(part) if shares[3] < part => [Some(0.0), Some(0.0)],
            _ => [
                self.fluid_mm2.map(|range| self.spread.at(shares[0], range)),
                self.cysts.map(|range| self.spread.at(shares[1], range)),
            ],
        };
        let thickness_um = self.thickness_um.map(|range| Spread::Even.at(shares[2], range));
        RequestedConditions { fluid_mm2, cysts: cysts.map(|count| count.round() as u32), thickness_um }
    }

    /// Why these conditions cannot be asked of a recipe; `None` if they can.
    pub fn problem_with(&self, recipe: &CaseRecipe) -> Option<String> {
        let others: u32 = recipe.cysts.iter().skip(1).map(|group| group.count).sum();
        if self.fluid_mm2.is_some() && recipe.cysts.len() > 1 {
            return Some(
                "an area of fluid can be asked of a recipe with one group of cysts, and it has several"
                    .to_owned(),
            );
        }
        let fewest = self.cysts.map(|[low, _]| low.round());
        if fewest.is_some_and(|fewest| fewest < f64::from(others)) {
            return Some(format!("the recipe's other groups hold {others} cysts: ask for as many at least"));
        }
        None
    }
}

impl RequestedConditions {
    /// A recipe that asks for this, the rest as it was. The number of cysts is met by the recipe's first group, which is
    /// one of the INL where there is none; so is the area.
    pub fn of_recipe(&self, recipe: &CaseRecipe) -> CaseRecipe {
        let mut recipe = recipe.clone();
        if self.thickness_um.is_some() {
            recipe.central_thickness_um = self.thickness_um;
        }
        if self.cysts == Some(0) && self.fluid_mm2.is_none_or(|area| area == 0.0) {
            recipe.cysts.clear();
            if self.fluid_mm2.is_some() {
                // Without any fluid.
                recipe.srf.clear();
                recipe.ped.clear();
            }
            return recipe;
        }
        if (self.cysts.is_some() || self.fluid_mm2.is_some()) && recipe.cysts.is_empty() {
            recipe.cysts.push(usual_cysts());
        }
        let others: u32 = recipe.cysts.iter().skip(1).map(|group| group.count).sum();
        if let (Some(count), Some(first)) = (self.cysts, recipe.cysts.first_mut()) {
            first.count = count.saturating_sub(others);
            if first.count == 0 {
                recipe.cysts.remove(0);
            }
        }
        if let (Some(area), Some(first)) = (self.fluid_mm2, recipe.cysts.first_mut()) {
            first.area_mm2 = Some(area);
        }
        recipe
    }
}

fn usual_cysts() -> CystWish {
    CystWish {
        count: 3,
        layers: vec![LayerName::Inl, LayerName::Opl],
        width_um: Extent::between(80.0, 400.0),
        height_um: None,
        area_mm2: None,
        within_um: 1500.0,
        beyond_um: 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::TEMPLATES;
    use crate::generation::plan::pair_seed;

    #[test]
    fn a_condition_more_does_not_move_the_others() {
        let both = Conditions {
            fluid_mm2: Some([0.0, 1.0]),
            thickness_um: Some([200.0, 400.0]),
            ..Conditions::default()
        };
        let one = Conditions { fluid_mm2: None, ..both };
        assert_eq!(both.drawn(7).thickness_um, one.drawn(7).thickness_um);
        assert_eq!(one.drawn(7).fluid_mm2, None);
        let requested = both.drawn(7);
        assert!((0.0..1.0).contains(&requested.fluid_mm2.unwrap()));
        assert!((200.0..400.0).contains(&requested.thickness_um.unwrap()));
        let exact = Conditions { cysts: Some([3.0, 3.0]), ..Conditions::default() };
        assert_eq!(exact.drawn(1).cysts, Some(3));
    }

    #[test]
    fn a_part_goes_without_fluid_and_small_values_come_more_often_where_that_is_said() {
        let mixed =
            Conditions { cysts: Some([1.0, 9.0]), without_fluid: Some(0.25), ..Conditions::default() };
        let seeds = || (0..4000).map(|index| pair_seed("plan", index, 0));
        let without = seeds().filter(|&seed| mixed.drawn(seed).cysts == Some(0)).count();
        assert!((900..1100).contains(&without), "{without} of 4000 for a quarter");
        let even = Conditions { fluid_mm2: Some([0.01, 0.4]), ..Conditions::default() };
        let small = Conditions { spread: Spread::SmallOften, ..even };
        let median = |conditions: Conditions| {
            let mut areas: Vec<f64> =
                seeds().take(2001).filter_map(|seed| conditions.drawn(seed).fluid_mm2).collect();
            areas.sort_by(f64::total_cmp);
            assert!(areas[0] >= 0.01 && areas[2000] <= 0.4);
            areas[1000]
        };
        // The middle of a logarithmic range is the geometric mean of its ends.
        assert!((median(even) - 0.205).abs() < 0.02 && (median(small) - 0.0632).abs() < 0.01);
        assert_eq!(Spread::SmallOften.at(0.5, [0.0, 0.0]), 0.0);
    }

    #[test]
    fn plans_of_before_read_and_write_as_they_did() {
        let before = r#"{"fluid_mm2":[0.05,0.3],"cysts":null,"thickness_um":null}"#;
        let conditions: Conditions = serde_json::from_str(before).unwrap();
        assert_eq!(serde_json::to_string(&conditions).unwrap(), before, "and so is the hash of their plan");
    }

    #[test]
    fn a_recipe_is_asked_for_what_was_drawn() {
        let recipe =
            TEMPLATES.iter().find_map(|t| t.recipe().ok().filter(|r| r.name == "DME, mild")).unwrap();
        let requested = RequestedConditions { cysts: Some(5), thickness_um: Some(340.0), fluid_mm2: None };
        let changed = requested.of_recipe(&recipe);
        assert_eq!(changed.central_thickness_um, Some(340.0));
        assert_eq!(changed.cysts.iter().map(|group| group.count).sum::<u32>(), 5);
        assert_eq!(changed.srf, recipe.srf);
        let none = RequestedConditions { cysts: Some(0), fluid_mm2: Some(0.0), thickness_um: None };
        assert!(none.of_recipe(&recipe).cysts.is_empty() && none.of_recipe(&recipe).srf.is_empty());
        assert_eq!(RequestedConditions::default().of_recipe(&recipe), recipe);
        let mut two = recipe.clone();
        two.cysts = vec![CystWish { count: 2, ..usual_cysts() }, CystWish { count: 3, ..usual_cysts() }];
        let few = Conditions { cysts: Some([1.0, 9.0]), ..Conditions::default() };
        assert!(few.problem_with(&two).is_some_and(|why| why.contains("3 cysts")));
        let area = Conditions { fluid_mm2: Some([0.1, 0.2]), ..Conditions::default() };
        assert!(
            area.problem_with(&two).is_some()
                && area.problem_with(&recipe).is_none() == (recipe.cysts.len() <= 1)
        );
    }
}
