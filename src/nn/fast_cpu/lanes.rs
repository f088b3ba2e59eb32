//! The widest vectors the processor has, chosen at run time.
//!
//! The program is compiled for every x86-64, so the compiler alone would use four lanes; kernels written
//! against [`Lanes`] are compiled once per vector unit, and [`widest`] picks.

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
}

/// Work that is compiled for every vector unit.
pub trait Kernel {
    /// Does the work with vectors `L`, `ROWS` of them being held per value of a column.
    ///
    /// # Safety
    /// The processor has the vector unit of `L`.
    unsafe fn run<L: Lanes, const ROWS: usize>(self);
}

/// How many output channels [`widest`] lets a kernel hold at a time: as many as the registers allow.
pub fn widest_rows() -> usize {
    if has_avx512() { 8 } else { 4 }
}

/// Runs a kernel with the widest vectors; its `ROWS` is [`widest_rows`].
pub fn widest(kernel: impl Kernel) {
    #[cfg(target_arch = "x86_64")]
    {
        if has_avx512() {
            // SAFETY: the processor has AVX-512F.
            return unsafe { x86::with_avx512(kernel) };
        }
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            // SAFETY: the processor has AVX2 and FMA.
            return unsafe { x86::with_avx2(kernel) };
        }
    }
    // SAFETY: arrays need no vector unit.
    unsafe { kernel.run::<[f32; 8], 4>() }
}

#[cfg(target_arch = "x86_64")]
fn has_avx512() -> bool {
    std::arch::is_x86_feature_detected!("avx512f")
}

#[cfg(not(target_arch = "x86_64"))]
fn has_avx512() -> bool {
    false
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
        unsafe { kernel.run::<__m512, 8>() }
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn with_avx2(kernel: impl Kernel) {
        // SAFETY: this function's own requirement.
        unsafe { kernel.run::<__m256, 4>() }
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
