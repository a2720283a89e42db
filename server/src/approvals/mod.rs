//! 利用申請・審査・可否決定.

pub mod apply;
pub mod decide;
