//! 調査票の準備・送付・案内.

pub mod answer;
pub mod extend;
pub mod invitation;
pub mod issue;
pub mod mail;
pub mod on_behalf;
pub mod questions;
pub mod send_back;
