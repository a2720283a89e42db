//! The rule book as data: requirements and profiles.

mod classify;
mod fact;
mod profile;
mod requirement;

pub use classify::{derive_path, highest_class};
pub use fact::*;
pub use profile::*;
pub use requirement::*;
