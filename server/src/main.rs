//! The `tokki` program.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    tokki::cli::run().await
}
