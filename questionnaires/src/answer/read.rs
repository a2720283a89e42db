/// x
pub struct Problem;
/// x
pub struct RawAnswer;
/// x
pub struct Reading;
/// x
pub fn complete() {}
/// x
pub fn read() {}
