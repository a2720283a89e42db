//! Stands in so that the crate compiles before scoring is merged; replaced by it as a whole.

/// Replaced by scoring.
pub struct Problem;
/// Replaced by scoring.
pub struct RawAnswer;
/// Replaced by scoring.
pub struct Reading;
/// Replaced by scoring.
pub fn complete() {}
/// Replaced by scoring.
pub fn read() {}
