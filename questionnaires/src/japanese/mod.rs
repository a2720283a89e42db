//! How Japanese is typed, counted and dated.
//!
//! Codes, numbers and dates are accepted in any width and stored in one form; names and prose are kept as typed,
//! because normalisation changes characters that belong to a name.

pub mod business_day;
pub mod corporate_number;
pub mod countries;
pub mod date;
pub mod kana;
pub mod local_government_code;
pub mod number;
pub mod search_key;
pub mod text;
pub mod width;
