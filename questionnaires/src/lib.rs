//! What is asked and how it is judged. Pure: no clock, file, connection or request.
//!
//! Start with [`content`], which loads every TOML file of this room and checks it as a whole.
//! Then follow the data: [`policy`] (requirements and profiles) and [`question`] (the bank) make a
//! [`question::Questionnaire`]; a vendor's input becomes an [`answer::AnswerSheet`];
//! [`scoring`] turns both into a [`scoring::Score`]. [`condition`] is the small language that serves
//! visibility, knock-outs, points and clause selection. [`japanese`] is how Japanese is typed, counted and dated.

pub mod answer;
pub mod condition;
pub mod content;
pub mod coverage;
pub mod japanese;
pub mod mapping;
pub mod policy;
pub mod question;
pub mod scoring;

#[cfg(test)]
mod tests;
