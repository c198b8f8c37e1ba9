//! The binary: everything is in the library.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Returns freed memory to the system. Checking a password takes 19 MiB for a moment, and the
/// system's allocator would keep part of it for every thread that ever did so.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    plimsoll::cli::main()
}
