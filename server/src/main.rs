//! `ecot`: see [`server`].

#![recursion_limit = "256"]

use std::process::ExitCode;

fn main() -> ExitCode {
    server::command::run()
}
