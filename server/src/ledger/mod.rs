//! 台帳

pub mod list;
pub mod register;
