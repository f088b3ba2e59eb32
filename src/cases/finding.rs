//! One wish of a recipe, requested and measured.

use serde::Serialize;

/// One wish, requested and measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Its place in the recipe, such as `cysts[0].count`; `order` and `smooth` are asked of every mask.
    pub wish: String,
    /// For people.
    pub what: String,
    /// Of the numbers: "µm", "mm²", or empty for counts.
    pub unit: &'static str,
    /// Least and most that was requested.
    pub requested: [f64; 2],
    /// By how much it may be missed.
    pub tolerance: f64,
    /// `None` where there is nothing to measure.
    pub measured: Option<f64>,
    /// Whether what was measured lies between what was asked for, within the tolerance.
    pub met: bool,
}

impl Finding {
    /// Judges a measured value.
    pub fn new(
        wish: impl Into<String>,
        what: impl Into<String>,
        unit: &'static str,
        requested: [f64; 2],
        tolerance: f64,
        measured: Option<f64>,
    ) -> Self {
        let met = measured.is_some_and(|m| m >= requested[0] - tolerance && m <= requested[1] + tolerance);
        Self { wish: wish.into(), what: what.into(), unit, requested, tolerance, measured, met }
    }

    /// "requested 420 um within 5, measured 418.2 um".
    pub fn in_words(&self) -> String {
        let number = |value: f64| {
            let text = format!("{value:.4}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let requested = match self.requested {
            [low, high] if low == high => number(low),
            [0.0, high] => format!("at most {}", number(high)),
            [low, high] => format!("{} to {}", number(low), number(high)),
        };
        let measured = self
            .measured
            .map_or("nothing to measure".to_owned(), |value| format!("measured {}", number(value)));
        let within =
            if self.tolerance > 0.0 { format!(" within {}", number(self.tolerance)) } else { String::new() };
        format!("requested {requested} {}{within}, {measured}", self.unit)
            .replace("  ", " ")
            .replace(" ,", ",")
    }
}
