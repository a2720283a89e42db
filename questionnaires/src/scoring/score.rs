/// x
pub fn score() {}
