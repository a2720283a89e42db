//! 連絡: what a vendor asks for, comments on answers, questions that went back.

pub mod ask;
pub mod comments;
pub mod returned;
pub mod settle;
