//! Stands in so that the crate compiles before scoring is merged; replaced by it as a whole.

/// Replaced by scoring.
pub struct Asked;
/// Replaced by scoring.
pub struct Questionnaire;
/// Replaced by scoring.
pub struct Section;
/// Replaced by scoring.
pub fn form() {}
