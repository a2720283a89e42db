pub fn score() {}
