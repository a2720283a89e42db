//! From text to tree: a recursive descent parser with positions and Japanese messages.

use jiff::civil::Date;
use thiserror::Error;

use super::syntax::{
    Comparison, Expression, KEYWORDS, Literal, MAX_CHARS, MAX_DEPTH, PartReference, Quantifier,
    RESERVED_VALUES, Reference, Test, is_question_id, is_snake_case,
};

/// Why a text is not a condition. `column` counts characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("条件式の{column}文字目: {problem}")]
pub struct ParseError {
    /// Where, in characters from 1.
    pub column: usize,
    /// What was expected.
    pub problem: ParseProblem,
}

/// What is wrong at the position.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseProblem {
    /// Nothing but spaces.
    #[error("条件式が空です。条件が要らないときは、この項目ごと書かないでください。")]
    Empty,
    /// More than [`MAX_CHARS`] characters.
    #[error("条件式が長すぎます。{MAX_CHARS}文字以内で書いてください。")]
    TooLong,
    /// More than [`MAX_DEPTH`] levels.
    #[error("括弧や not の入れ子が深すぎます。{MAX_DEPTH}段以内で書いてください。")]
    TooDeep,
    /// A character that the language does not use.
    #[error("「{0}」は使えない文字です。{hint}", hint = character_hint(*.0))]
    Character(char),
    /// Something else stands here.
    #[error("{expected}を書いてください（{found}）。")]
    Expected {
        /// What would be right.
        expected: &'static str,
        /// What stands there.
        found: Found,
    },
    /// A name of no known form.
    #[error(
        "「{0}」は名前として読めません。案件の属性は personal_info のような小文字、設問は LOC-01、LOC-01.backup、LOC-01.* のように書いてください。"
    )]
    Name(String),
    /// Not a calendar date.
    #[error("「{0}」は暦にある日付として読めません。date(2026-04-01) のように書いてください。")]
    Date(String),
    /// Not a whole number.
    #[error("「{0}」は件数として読めません。0以上の整数を半角で書いてください。")]
    Count(String),
    /// `=` and the like.
    #[error("「{0}」は使えません。等しいことは is、異なることは is not と書いてください。")]
    Equals(String),
}

/// What stands at the position.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Found {
    /// A word or sign.
    #[error("ここには「{0}」があります")]
    Text(String),
    /// The end.
    #[error("ここで条件式が終わっています")]
    End,
}

fn character_hint(character: char) -> &'static str {
    match character {
        '&' => "「かつ」は and と書いてください。",
        '|' => "「又は」は or と書いてください。",
        '!' => "否定は not と書いてください。",
        '"' | '\'' => "値は引用符で囲まずに書いてください。",
        _ if !character.is_ascii() => "条件式は半角の英数字と記号で書いてください。",
        _ => "",
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Compare(Comparison),
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
}

impl Token {
    fn text(&self) -> String {
        match self {
            Self::Word(word) => word.clone(),
            Self::Compare(comparison) => comparison.to_string(),
            Self::Open => "(".to_owned(),
            Self::Close => ")".to_owned(),
            Self::OpenList => "[".to_owned(),
            Self::CloseList => "]".to_owned(),
            Self::Comma => ",".to_owned(),
        }
    }
}

/// Parses a whole condition.
pub(super) fn parse(source: &str) -> Result<Expression, ParseError> {
    if source.chars().count() > MAX_CHARS {
        return Err(ParseError { column: MAX_CHARS + 1, problem: ParseProblem::TooLong });
    }
    let tokens = tokens(source)?;
    if tokens.is_empty() {
        return Err(ParseError { column: 1, problem: ParseProblem::Empty });
    }
    let end = source.trim_end().chars().count() + 1;
    let mut parser = Parser { tokens, position: 0, depth: 0, end };
    let expression = parser.or()?;
    match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(parser.expected("and か or")),
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '*' | '-')
}

/// Tokens with their columns.
fn tokens(source: &str) -> Result<Vec<(usize, Token)>, ParseError> {
    let mut tokens = Vec::new();
    let mut characters = (1..).zip(source.chars()).peekable();
    while let Some((column, character)) = characters.next() {
        let token = match character {
            _ if character.is_ascii_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '[' => Token::OpenList,
            ']' => Token::CloseList,
            ',' => Token::Comma,
            '>' | '<' => {
                let or_equal = characters.next_if(|(_, next)| *next == '=').is_some();
                Token::Compare(match (character, or_equal) {
                    ('>', true) => Comparison::AtLeast,
                    ('>', false) => Comparison::Above,
                    (_, true) => Comparison::AtMost,
                    (_, false) => Comparison::Below,
                })
            }
            '=' | '!' => {
                let mut text = String::from(character);
                while let Some((_, next)) = characters.next_if(|(_, next)| *next == '=') {
                    text.push(next);
                }
                let problem =
                    if text == "!" { ParseProblem::Character('!') } else { ParseProblem::Equals(text) };
                return Err(ParseError { column, problem });
            }
            _ if is_word(character) => {
                let mut word = String::from(character);
                while let Some((_, next)) = characters.next_if(|(_, next)| is_word(*next)) {
                    word.push(next);
                }
                Token::Word(word)
            }
            _ => return Err(ParseError { column, problem: ParseProblem::Character(character) }),
        };
        tokens.push((column, token));
    }
    Ok(tokens)
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    position: usize,
    depth: usize,
    end: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.position).map(|(_, token)| token)
    }

    fn column(&self) -> usize {
        self.tokens.get(self.position).map_or(self.end, |(column, _)| *column)
    }

    fn problem(&self, problem: ParseProblem) -> ParseError {
        ParseError { column: self.column(), problem }
    }

    fn expected(&self, expected: &'static str) -> ParseError {
        let found = self.peek().map_or(Found::End, |token| Found::Text(token.text()));
        self.problem(ParseProblem::Expected { expected, found })
    }

    fn is_at(&self, offset: usize, keyword: &str) -> bool {
        matches!(self.tokens.get(self.position + offset), Some((_, Token::Word(word))) if word == keyword)
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let here = self.is_at(0, keyword);
        self.position += usize::from(here);
        here
    }

    fn take(&mut self, token: &Token, expected: &'static str) -> Result<(), ParseError> {
        if self.peek() == Some(token) {
            self.position += 1;
            Ok(())
        } else {
            Err(self.expected(expected))
        }
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, ParseError>) -> Result<T, ParseError> {
        if self.depth >= MAX_DEPTH {
            return Err(self.problem(ParseProblem::TooDeep));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    fn or(&mut self) -> Result<Expression, ParseError> {
        let first = self.and()?;
        let mut rest = Vec::new();
        while self.take_keyword("or") {
            rest.push(self.and()?);
        }
        Ok(join(first, rest, Expression::Or))
    }

    fn and(&mut self) -> Result<Expression, ParseError> {
        let first = self.not()?;
        let mut rest = Vec::new();
        while self.take_keyword("and") {
            rest.push(self.not()?);
        }
        Ok(join(first, rest, Expression::And))
    }

    fn not(&mut self) -> Result<Expression, ParseError> {
        if self.take_keyword("not") {
            let inner = self.deeper(Self::not)?;
            return Ok(Expression::Not(Box::new(inner)));
        }
        self.atom()
    }

    fn atom(&mut self) -> Result<Expression, ParseError> {
        if self.peek() == Some(&Token::Open) {
            self.position += 1;
            let inner = self.deeper(Self::or)?;
            self.take(&Token::Close, "閉じ括弧「)」か、and、or")?;
            return Ok(inner);
        }
        if self.take_keyword("answered") {
            return Ok(Expression::Answered(self.reference()?));
        }
        if self.take_keyword("count") {
            let reference = self.reference()?;
            let comparison = self.comparison("count の後には >=、<=、>、< のいずれか")?;
            let number = self.count()?;
            return Ok(Expression::Count(reference, comparison, number));
        }
        let quantifier = if self.take_keyword("all") {
            Some(Quantifier::All)
        } else if self.take_keyword("any") {
            Some(Quantifier::Any)
        } else {
            None
        };
        let reference = self.reference()?;
        Ok(match self.test()? {
            Some(test) => Expression::Test(quantifier, reference, test),
            None => Expression::Flag(quantifier, reference),
        })
    }

    fn test(&mut self) -> Result<Option<Test>, ParseError> {
        if let Some(Token::Compare(comparison)) = self.peek() {
            let comparison = *comparison;
            self.position += 1;
            return Ok(Some(Test::Compare(comparison, self.value()?)));
        }
        if self.take_keyword("is") {
            let not = self.take_keyword("not");
            let value = self.value()?;
            return Ok(Some(if not { Test::IsNot(value) } else { Test::Is(value) }));
        }
        if self.take_keyword("in") {
            return Ok(Some(Test::In(self.list()?)));
        }
        if self.is_at(0, "not") {
            if !self.is_at(1, "in") {
                self.position += 1;
                return Err(self.expected("not in の in（異なることは is not）"));
            }
            self.position += 2;
            return Ok(Some(Test::NotIn(self.list()?)));
        }
        if self.take_keyword("includes") {
            // A choice may be called `any` or `all`: only the following `of` makes it a keyword.
            if self.is_at(0, "any") && self.is_at(1, "of") {
                self.position += 2;
                return Ok(Some(Test::IncludesAny(self.list()?)));
            }
            if self.is_at(0, "all") && self.is_at(1, "of") {
                self.position += 2;
                return Ok(Some(Test::IncludesAll(self.list()?)));
            }
            return Ok(Some(Test::Includes(self.value()?)));
        }
        Ok(None)
    }

    fn comparison(&mut self, expected: &'static str) -> Result<Comparison, ParseError> {
        if let Some(Token::Compare(comparison)) = self.peek() {
            let comparison = *comparison;
            self.position += 1;
            Ok(comparison)
        } else {
            Err(self.expected(expected))
        }
    }

    fn count(&mut self) -> Result<u32, ParseError> {
        let Some(Token::Word(word)) = self.peek() else {
            return Err(self.expected("件数"));
        };
        if !word.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(self.problem(ParseProblem::Count(word.clone())));
        }
        let number = word.parse().map_err(|_| self.problem(ParseProblem::Count(word.clone())))?;
        self.position += 1;
        Ok(number)
    }

    fn reference(&mut self) -> Result<Reference, ParseError> {
        let Some(Token::Word(word)) = self.peek() else {
            return Err(self.expected("案件の属性か設問の名前"));
        };
        if KEYWORDS.contains(&word.as_str()) {
            return Err(self.expected("案件の属性か設問の名前"));
        }
        let reference = reference(word).ok_or_else(|| self.problem(ParseProblem::Name(word.clone())))?;
        self.position += 1;
        Ok(reference)
    }

    fn value(&mut self) -> Result<Literal, ParseError> {
        let Some(Token::Word(word)) = self.peek() else {
            return Err(self.expected("値"));
        };
        if RESERVED_VALUES.contains(&word.as_str()) {
            return Err(self.expected("値"));
        }
        let word = word.clone();
        self.position += 1;
        if word == "date" && self.peek() == Some(&Token::Open) {
            self.position += 1;
            let Some(Token::Word(text)) = self.peek() else {
                return Err(self.expected("2026-04-01 のような日付"));
            };
            let date = date(text).ok_or_else(|| self.problem(ParseProblem::Date(text.clone())))?;
            self.position += 1;
            self.take(&Token::Close, "日付の後の閉じ括弧「)」")?;
            return Ok(Literal::Date(date));
        }
        Ok(Literal::Word(word))
    }

    fn list(&mut self) -> Result<Vec<Literal>, ParseError> {
        self.take(&Token::OpenList, "[値, 値] の形の一覧")?;
        let mut values = vec![self.value()?];
        loop {
            if self.peek() == Some(&Token::CloseList) {
                self.position += 1;
                return Ok(values);
            }
            self.take(&Token::Comma, "区切りの「,」か、一覧の終わりの「]」")?;
            // A comma after the last value is common in lists over several lines.
            if self.peek() != Some(&Token::CloseList) {
                values.push(self.value()?);
            }
        }
    }
}

fn join(
    first: Expression,
    mut rest: Vec<Expression>,
    combine: impl Fn(Vec<Expression>) -> Expression,
) -> Expression {
    if rest.is_empty() {
        return first;
    }
    rest.insert(0, first);
    combine(rest)
}

fn reference(word: &str) -> Option<Reference> {
    let mut pieces = word.split('.');
    let first = pieces.next()?;
    let (part, column, more) = (pieces.next(), pieces.next(), pieces.next());
    if is_snake_case(first) && part.is_none() {
        return Some(Reference::Fact(first.to_owned()));
    }
    if !is_question_id(first) || more.is_some() {
        return None;
    }
    let part = match (part, column) {
        (None, _) => PartReference::Only,
        (Some("*"), None) => PartReference::All,
        (Some(part), None) if is_snake_case(part) => PartReference::Named(part.to_owned()),
        (Some(part), Some(column)) if is_snake_case(part) && is_snake_case(column) => {
            PartReference::Column(part.to_owned(), column.to_owned())
        }
        _ => return None,
    };
    Some(Reference::Answer { question: first.to_owned(), part })
}

/// A date in the one form that the language knows, `2026-04-01`.
pub(super) fn date(text: &str) -> Option<Date> {
    if text.len() != 10 || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return None;
    }
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}
