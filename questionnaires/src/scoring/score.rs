//! Stands in so that the crate compiles before scoring is merged; replaced by it as a whole.

/// Replaced by scoring.
pub fn score() {}
