//! 特記仕様書: clauses with their reasons, switches, generation, download.

pub mod download;
pub mod generate;
pub mod inputs;
pub mod preview;
pub mod switch;
pub mod values;
