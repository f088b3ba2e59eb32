//! The widest vectors the processor has, chosen at run time.
//!
//! The program is compiled for every x86-64, so the compiler alone would use four lanes; kernels written
//! against [`Lanes`] are compiled once per vector unit, and [`Unit::widest`] picks.

use std::sync::OnceLock;

/// Environment variable with the name of a vector unit ([`Unit::name`]) to compute with in place of the widest: a
/// picture says which one made it, and only the same one makes it again to the bit.
pub const UNIT_VARIABLE: &str = "RETIDIFF_VECTOR_UNIT";

/// What everything is computed with.
static CHOSEN: OnceLock<Unit> = OnceLock::new();

/// A vector of `f32`.
pub trait Lanes: Copy {
    /// Its number of lanes.
    const COUNT: usize;

    /// The same value in every lane.
    ///
    /// # Safety
    /// The processor has this vector unit.
    unsafe fn splat(value: f32) -> Self;

    /// # Safety
    /// The processor has this vector unit, and `from` points to [`Lanes::COUNT`] values.
    unsafe fn load(from: *const f32) -> Self;

    /// # Safety
    /// The processor has this vector unit, and `to` points to room for [`Lanes::COUNT`] values.
    unsafe fn store(self, to: *mut f32);

    /// `self * factor + sum`.
    ///
    /// # Safety
    /// The processor has this vector unit.
    unsafe fn mul_add(self, factor: Self, sum: Self) -> Self;

    /// The sum of its lanes.
    ///
    /// # Safety
    /// The processor has this vector unit.
    #[inline(always)]
    unsafe fn total(self) -> f32 {
        let mut lanes = [0.0; MAX_LANES];
        assert!(Self::COUNT <= MAX_LANES);
        // SAFETY: the caller vouches for the unit; there is room for every lane.
        unsafe { self.store(lanes.as_mut_ptr()) };
        lanes.iter().sum()
    }
}

/// Lanes of the widest vector.
pub const MAX_LANES: usize = 16;

/// Work that is compiled for every vector unit.
pub trait Kernel {
    /// Does the work with vectors `L`, `ROWS` rows of `VECTORS` of them at a time.
    ///
    /// # Safety
    /// The processor has the vector unit of `L`.
    unsafe fn run<L: Lanes, const ROWS: usize, const VECTORS: usize>(self);
}

/// A vector unit of this processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit(UnitKind);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum UnitKind {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Unit {
    /// Those that this processor has, the widest first.
    pub fn available() -> impl Iterator<Item = Unit> {
        #[cfg(target_arch = "x86_64")]
        let special = {
            use std::arch::is_x86_feature_detected as has;
            let avx512 = has!("avx512f").then_some(UnitKind::Avx512);
            let avx2 = (has!("avx2") && has!("fma")).then_some(UnitKind::Avx2);
            avx512.into_iter().chain(avx2)
        };
        #[cfg(not(target_arch = "x86_64"))]
        let special = std::iter::empty();
        special.chain([UnitKind::Portable]).map(Unit)
    }

    /// The widest that this processor has, or the one of it that [`UNIT_VARIABLE`] names.
    pub fn widest() -> Unit {
        *CHOSEN.get_or_init(|| {
            let named = std::env::var(UNIT_VARIABLE).ok();
            let widest = || Self::available().next().unwrap_or(Unit(UnitKind::Portable));
            named.and_then(|name| Self::named(&name)).unwrap_or_else(widest)
        })
    }

    /// The unit of this processor with that name, in any spelling.
    fn named(name: &str) -> Option<Unit> {
        let plain = |name: &str| name.replace('-', "").to_ascii_lowercase();
        Self::available().find(|unit| plain(unit.name()) == plain(name))
    }

    /// Has [`Unit::widest`] be the unit with that name.
    ///
    /// # Errors
    /// In words, if the processor has none, or another one was used before.
    pub fn choose(name: &str) -> Result<(), String> {
        let Some(unit) = Self::named(name) else {
            let names: Vec<&str> = Self::available().map(Self::name).collect();
            return Err(format!("this processor has {}", names.join(", ")));
        };
        match *CHOSEN.get_or_init(|| unit) == unit {
            true => Ok(()),
            false => Err(format!("{} was computed with before", Self::widest().name())),
        }
    }

    /// The `ROWS` it runs kernels with: as many as its registers hold sums of, beside a row of values and a factor.
    /// One more, and the sums go through memory at every step, which takes four times as long.
    pub fn rows(self) -> usize {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            UnitKind::Avx512 => 8,
            #[cfg(target_arch = "x86_64")]
            UnitKind::Avx2 => 6,
            UnitKind::Portable => 4,
        }
    }

    /// As provenance names it.
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            UnitKind::Avx512 => "AVX-512",
            #[cfg(target_arch = "x86_64")]
            UnitKind::Avx2 => "AVX2",
            UnitKind::Portable => "portable",
        }
    }

    /// Runs a kernel.
    pub fn run(self, kernel: impl Kernel) {
        match self.0 {
            // SAFETY: a unit is only made where the processor has it.
            #[cfg(target_arch = "x86_64")]
            UnitKind::Avx512 => unsafe { x86::with_avx512(kernel) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            UnitKind::Avx2 => unsafe { x86::with_avx2(kernel) },
            // SAFETY: arrays need no vector unit.
            UnitKind::Portable => unsafe { kernel.run::<[f32; 8], 4, 3>() },
        }
    }
}

/// For processors without a unit of their own here: the compiler makes of it what it can (NEON, SSE).
impl Lanes for [f32; 8] {
    const COUNT: usize = 8;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        [value; 8]
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller vouches for eight values.
        unsafe { from.cast::<Self>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller vouches for room for eight values.
        unsafe { to.cast::<Self>().write_unaligned(self) }
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, sum: Self) -> Self {
        // A fused multiply-add where there is one; on old x86-64 that would be a library call.
        let fused = cfg!(target_arch = "aarch64");
        std::array::from_fn(|lane| {
            if fused {
                self[lane].mul_add(factor[lane], sum[lane])
            } else {
                self[lane] * factor[lane] + sum[lane]
            }
        })
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256, __m512, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_storeu_ps, _mm512_fmadd_ps,
        _mm512_loadu_ps, _mm512_set1_ps, _mm512_storeu_ps,
    };

    use super::{Kernel, Lanes};

    #[target_feature(enable = "avx512f")]
    pub(super) unsafe fn with_avx512(kernel: impl Kernel) {
        // SAFETY: this function's own requirement.
        unsafe { kernel.run::<__m512, 8, 3>() }
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn with_avx2(kernel: impl Kernel) {
        // SAFETY: this function's own requirement.
        unsafe { kernel.run::<__m256, 6, 2>() }
    }

    impl Lanes for __m512 {
        const COUNT: usize = 16;

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            // SAFETY: the caller vouches for AVX-512F.
            unsafe { _mm512_set1_ps(value) }
        }

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller vouches for AVX-512F and sixteen values.
            unsafe { _mm512_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller vouches for AVX-512F and room for sixteen values.
            unsafe { _mm512_storeu_ps(to, self) }
        }

        #[inline(always)]
        unsafe fn mul_add(self, factor: Self, sum: Self) -> Self {
            // SAFETY: the caller vouches for AVX-512F.
            unsafe { _mm512_fmadd_ps(self, factor, sum) }
        }
    }

    impl Lanes for __m256 {
        const COUNT: usize = 8;

        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            // SAFETY: the caller vouches for AVX.
            unsafe { _mm256_set1_ps(value) }
        }

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            // SAFETY: the caller vouches for AVX and eight values.
            unsafe { _mm256_loadu_ps(from) }
        }

        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            // SAFETY: the caller vouches for AVX and room for eight values.
            unsafe { _mm256_storeu_ps(to, self) }
        }

        #[inline(always)]
        unsafe fn mul_add(self, factor: Self, sum: Self) -> Self {
            // SAFETY: the caller vouches for FMA.
            unsafe { _mm256_fmadd_ps(self, factor, sum) }
        }
    }
}
