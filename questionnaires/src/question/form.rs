/// x
pub struct Asked;
/// x
pub struct Questionnaire;
/// x
pub struct Section;
/// x
pub fn form() {}
