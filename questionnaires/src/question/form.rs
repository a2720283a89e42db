pub struct Asked;
pub struct Questionnaire;
pub struct Section;
pub fn form() {}
