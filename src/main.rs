//! The program: parses the command line, runs it, turns an error into a message and an exit code.

use std::alloc::{GlobalAlloc, Layout};
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use retidiff::cli::out_of_memory;

/// Networks on the CPU allocate and free the same large buffers every step: an allocator that keeps the
/// pages instead of returning them saves a tenth of the time. It says what helps when there is no more: the
/// program ends then, without a panic that anybody could catch.
struct TellingAllocator;

/// Small refusals follow a large one.
const REPORTED_FROM_BYTES: usize = 1 << 16;

impl TellingAllocator {
    fn checked(place: *mut u8, bytes: usize) -> *mut u8 {
        if place.is_null() && bytes >= REPORTED_FROM_BYTES {
            // Nothing may be allocated here.
            let mut out = std::io::stderr();
            for text in ["note: memory ran out; ", out_of_memory::remedy(), "\n"] {
                out.write_all(text.as_bytes()).unwrap_or_default();
            }
        }
        place
    }
}

// SAFETY: every call goes to MiMalloc unchanged, and its answer is handed on.
unsafe impl GlobalAlloc for TellingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        Self::checked(unsafe { MiMalloc.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        Self::checked(unsafe { MiMalloc.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        Self::checked(unsafe { MiMalloc.realloc(place, layout, bytes) }, bytes)
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { MiMalloc.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: TellingAllocator = TellingAllocator;

/// Exit code of a program whose reader has gone, as shells have it: 128 + SIGPIPE.
const READER_GONE: i32 = 141;

/// `retidiff ... | head` ends like any other program when its reader has read enough: print macros panic then.
fn end_with_the_reader() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let text = panic.payload().downcast_ref::<String>();
        if text.is_some_and(|text| text.starts_with("failed printing to stdout")) {
            #[allow(
                clippy::disallowed_methods,
                reason = "nothing that is open here must be closed: nobody reads any more"
            )]
            std::process::exit(READER_GONE);
        }
        hook(panic);
    }));
}

fn main() -> ExitCode {
    end_with_the_reader();
    let cli = retidiff::cli::Cli::parse();
    if cli.reaches_graphics() {
        // Before any thread starts.
        retidiff::platform::have_session_folder();
    }
    match retidiff::cli::run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("retidiff: {}", retidiff::cli::message::message_of(&error));
            retidiff::cli::exit::code_of(&error)
        }
    }
}
