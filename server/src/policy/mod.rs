//! 規程・設問: the rule book as staff see and change it, and the edition under which each case runs.

pub mod bank;
pub mod bank_sheet;
pub mod coverage;
pub mod drafts;
pub mod edit;
pub mod fields;
pub mod held;
pub mod mapped;
pub mod oscal;
pub mod overview;
pub mod topic;
pub mod trial;
