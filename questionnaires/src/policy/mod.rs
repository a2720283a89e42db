//! The rule book as data: requirements and profiles.

mod certification;
mod classify;
mod difference;
mod fact;
pub mod overlay;
mod profile;
mod requirement;
pub mod words;

pub use certification::*;
pub use classify::{derive_path, highest_class};
pub use difference::{Change, ClassMove, changes, class_moves, difference};
pub use fact::*;
pub use profile::*;
pub use requirement::*;
