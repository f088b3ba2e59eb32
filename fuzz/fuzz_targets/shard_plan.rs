//! Plans of pairs in bulk: they come from other machines and out of buckets.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::generation::GenerationPlan::read(bytes, "plan.json");
});
