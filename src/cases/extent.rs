//! A length in a recipe: exact, or between two.

use std::fmt;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A length, or the shortest and the longest that will do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// The shortest, in µm.
    pub low: f64,
    /// The longest, in µm; equal to `low` for one length.
    pub high: f64,
}

impl Extent {
    /// Exactly so much.
    pub fn exact(value: f64) -> Self {
        Self { low: value, high: value }
    }

    /// Anything between two.
    pub fn between(low: f64, high: f64) -> Self {
        Self { low, high }
    }

    /// Whether there is no choice.
    pub fn is_exact(self) -> bool {
        self.low == self.high
    }

    /// The nearest length that will do.
    pub fn clamp(self, value: f64) -> f64 {
        value.max(self.low).min(self.high)
    }

    /// The share `t` of the way from the shortest to the longest.
    pub fn at(self, t: f64) -> f64 {
        self.low + t * (self.high - self.low)
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if self.is_exact() { write!(f, "{}", self.low) } else { write!(f, "{} to {}", self.low, self.high) }
    }
}

impl Serialize for Extent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_exact() {
            self.low.serialize(serializer)
        } else {
            [self.low, self.high].serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Extent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ExtentVisitor)
    }
}

struct ExtentVisitor;

impl<'de> Visitor<'de> for ExtentVisitor {
    type Value = Extent;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a length such as 120, or the shortest and the longest such as [80, 200]")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Extent, E> {
        Ok(Extent::exact(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Extent, E> {
        Ok(Extent::exact(value as f64))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Extent, E> {
        Ok(Extent::exact(value as f64))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Extent, A::Error> {
        let mut next =
            |place| sequence.next_element::<f64>()?.ok_or_else(|| de::Error::invalid_length(place, &self));
        let extent = Extent::between(next(0)?, next(1)?);
        match sequence.next_element::<f64>()? {
            None => Ok(extent),
            Some(_) => Err(de::Error::invalid_length(3, &self)),
        }
    }
}
