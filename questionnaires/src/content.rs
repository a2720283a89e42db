//! Loads every TOML file of this room and checks it as a whole.
