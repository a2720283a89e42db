//! 事業者台帳: vendors and their services.

pub mod changes;
pub mod edit;
pub mod list;
pub mod record;
pub mod register;
pub mod services;
pub mod show;
