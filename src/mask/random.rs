//! Seeded random numbers for shapes: SplitMix64 (Steele, Lea & Flood, OOPSLA 2014), small and the same on
//! every machine.

/// A sequence of random numbers.
#[derive(Clone, Debug)]
pub struct SeededRandom(u64);

impl SeededRandom {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to just below 1, in single precision.
    pub fn share_f32(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// From 0 to just below 1.
    pub fn share(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Evenly between two numbers.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.share() * (high - low)
    }

    /// From -1 to 1, the middle twice as likely as the mean (the sum of two even draws).
    pub fn about_zero(&mut self) -> f64 {
        self.share() + self.share() - 1.0
    }

    /// Evenly from `0..count`; 0 when there is nothing to choose.
    pub fn index(&mut self, count: usize) -> usize {
        ((self.share() * count as f64) as usize).min(count.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// splitmix64.c of Vigna (prng.di.unimi.it) with seed 1234567.
    #[test]
    fn it_is_the_published_sequence() {
        let mut random = SeededRandom::new(1_234_567);
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!([random.bits(), random.bits(), random.bits()], expected);
    }

    #[test]
    fn numbers_stay_in_their_bounds() {
        let mut random = SeededRandom::new(7);
        for _ in 0..2000 {
            assert!((0.0..1.0).contains(&random.share()));
            assert!((-1.0..1.0).contains(&random.about_zero()));
            assert!((3.0..5.0).contains(&random.between(3.0, 5.0)));
            assert!(random.index(7) < 7);
        }
        assert_eq!(random.index(0), 0);
    }
}
