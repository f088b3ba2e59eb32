//! Shared cases; and the pages of quizzes, which are opened too.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = retidiff::formats::case_file::CaseFile::read(bytes, "input.retidiff-case");
    let _ = retidiff::formats::quiz_page::read(bytes, "input.html");
});
