//! The rule book as data: requirements and profiles.

mod fact;
mod profile;
mod requirement;

pub use fact::*;
pub use profile::*;
pub use requirement::*;
