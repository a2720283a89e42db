//! 案件: registration, list, hub.

pub mod edit;
pub mod list;
pub mod register;
pub mod registration;
pub mod show;
mod steps;
