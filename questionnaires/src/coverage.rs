//! Which requirement is met by what.
