//! The binary: everything is in the library.

use mimalloc::MiMalloc;
use std::process::ExitCode;

/// Gives memory back once it is free: checking a password takes 19 MiB for a moment, of which the
/// system's allocator keeps some for every thread that ever did it.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    plimsoll::cli::main()
}
