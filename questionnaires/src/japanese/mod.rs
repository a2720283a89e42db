//! How Japanese is typed, counted and dated.

pub mod countries;
