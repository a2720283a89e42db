//! Holding a condition against the names, types and choices that exist.

use thiserror::Error;

use super::evaluate::{is_country, number_of};
use super::syntax::{Expression, Literal, PartReference, Quantifier, Reference, Test};
use super::vocabulary::{Ask, Kind, Label, Missing, PartEntry, QuestionEntry, Target, Vocabulary};

/// What a condition may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Facts of the case only: paths, facts, pass lines.
    Facts,
    /// Facts and answers.
    Answers,
}

/// Something that makes a condition unusable.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}")]
pub struct CheckError {
    /// The word in the condition that is wrong; helps to find the column.
    pub word: String,
    /// What is wrong with it.
    pub problem: CheckProblem,
}

/// What is wrong with a word of a condition.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckProblem {
    /// No such fact, question, part or column.
    #[error("「{name}」という{what}はありません。{}", hint(.suggestion.as_deref(), .known))]
    UnknownName {
        /// 案件の属性, 設問, …
        what: &'static str,
        /// The name.
        name: String,
        /// A name that looks like it.
        suggestion: Option<String>,
        /// All names, when they are few.
        known: Vec<String>,
    },
    /// A column of something that has none.
    #[error("「{0}」は表ではないので、列の名前を付けられません。")]
    NotATable(String),
    /// An answer where only facts are known.
    #[error("「{0}」は設問の回答です。ここでは案件の属性だけを使えます。")]
    FactsOnly(String),
    /// A question of several parts by its id alone.
    #[error("「{question}」には回答欄が複数あります。{question}.* か、{} のように欄を指定してください。", .parts.join("、"))]
    SeveralParts {
        /// The question.
        question: String,
        /// What could be written instead.
        parts: Vec<String>,
    },
    /// Several values without `all` or `any`.
    #[error("「{0}」は値が複数になります。前に all（全て）か any（いずれか）を付けてください。")]
    NeedsQuantifier(String),
    /// `all` or `any` before one value.
    #[error("「{0}」の値は1つです。前の all や any を取ってください。")]
    NeedlessQuantifier(String),
    /// A test that values of this kind cannot answer.
    #[error("「{name}」は{kind}です。{usage}")]
    Unsuited {
        /// The name.
        name: String,
        /// Its kind in words.
        kind: &'static str,
        /// How it can be used.
        usage: &'static str,
    },
    /// No part of the question can answer the test.
    #[error("「{0}」の回答欄には、この条件を当てはめられるものがありません。")]
    NoPartSuits(String),
    /// Not one of the choices.
    #[error("「{name}」に「{value}」という選択肢はありません。{}", hint(.suggestion.as_deref(), .known))]
    UnknownChoice {
        /// The name.
        name: String,
        /// The value.
        value: String,
        /// A choice that looks like it.
        suggestion: Option<String>,
        /// All choices, when they are few.
        known: Vec<String>,
    },
    /// Something else than a number.
    #[error("「{name}」は数です。「{value}」の代わりに 99.9 のような半角の数を書いてください。")]
    NotANumber {
        /// The name.
        name: String,
        /// The value.
        value: String,
    },
    /// Something else than a date.
    #[error("「{name}」は日付です。「{value}」の代わりに date(2026-04-01) のように書いてください。")]
    NotADate {
        /// The name.
        name: String,
        /// The value.
        value: String,
    },
    /// Neither a country code nor a group.
    #[error(
        "「{0}」は国・地域の符号ではありません。JP や US のような2文字の符号か、domestic（国内）、overseas（国外）、undisclosed（不明・非開示）を書いてください。"
    )]
    NotACountry(String),
}

fn hint(suggestion: Option<&str>, known: &[String]) -> String {
    match suggestion {
        Some(name) => format!("「{name}」ではありませんか。"),
        None if known.is_empty() => String::new(),
        None => format!("次のいずれかを書いてください: {}", known.join("、")),
    }
}

/// Longest list of names that a message spells out.
const FEW: usize = 20;

/// The name that looks most like a mistyped one.
pub(crate) fn suggestion<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let limit = (name.chars().count() / 3).min(3);
    // `LOC-09` is not a slip for `LOC-01`: names that differ by number are different names.
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    known
        .filter(|candidate| digits(candidate) == digits(name))
        .map(|candidate| (distance(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}

/// Edit distance with swaps of neighbours (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut previous = None;
    for (row, a) in (1..).zip(left.chars()) {
        let mut current = vec![row];
        for (column, b) in right.iter().enumerate() {
            let at = |cells: &[usize], index: usize| cells.get(index).copied().unwrap_or(usize::MAX / 2);
            let mut best = (at(&last, column) + usize::from(a != *b))
                .min(at(&last, column + 1) + 1)
                .min(at(&current, column) + 1);
            let swapped = column > 0 && previous == Some(*b) && right.get(column - 1) == Some(&a);
            if swapped {
                best = best.min(at(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
        previous = Some(a);
    }
    last.last().copied().unwrap_or_default()
}

/// Everything that is wrong with an expression.
pub(super) fn check(expression: &Expression, vocabulary: &Vocabulary, scope: Scope) -> Vec<CheckError> {
    let mut check = Check { vocabulary, scope, errors: Vec::new() };
    check.expression(expression);
    check.errors
}

struct Check<'v> {
    vocabulary: &'v Vocabulary,
    scope: Scope,
    errors: Vec<CheckError>,
}

/// What a test is put to.
struct Tested<'v> {
    reference: String,
    kinds: Vec<&'v Kind>,
    many: bool,
}

impl<'v> Check<'v> {
    fn error(&mut self, word: impl ToString, problem: CheckProblem) {
        self.errors.push(CheckError { word: word.to_string(), problem });
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Or(parts) | Expression::And(parts) => {
                parts.iter().for_each(|part| self.expression(part));
            }
            Expression::Not(inner) => self.expression(inner),
            Expression::Answered(reference) => {
                self.target(reference);
            }
            Expression::Count(reference, _, _) => self.count(reference),
            Expression::Flag(quantifier, reference) => {
                self.tested(*quantifier, reference, Ask::Flag);
            }
            Expression::Test(quantifier, reference, test) => {
                if let Some(tested) = self.tested(*quantifier, reference, test.ask()) {
                    self.values(&tested, test);
                }
            }
        }
    }

    fn count(&mut self, reference: &Reference) {
        match self.target(reference) {
            None | Some(Target::Column(..)) => {}
            Some(Target::Part(_, part)) if part.kind.suits(Ask::Count) => {}
            Some(Target::Part(_, part)) => self.unsuited(reference, &part.kind),
            Some(Target::Fact(fact)) => self.unsuited(reference, &fact.kind),
            Some(Target::Question(question)) => self.several_parts(reference, question),
            Some(Target::Parts(_)) => {
                self.error(reference, CheckProblem::NoPartSuits(reference.to_string()));
            }
        }
    }

    /// Resolves a reference, with errors for names that do not exist.
    fn target(&mut self, reference: &Reference) -> Option<Target<'v>> {
        let vocabulary = self.vocabulary;
        if let (Scope::Facts, Reference::Answer { .. }) = (self.scope, reference) {
            self.error(reference, CheckProblem::FactsOnly(reference.to_string()));
            return None;
        }
        match vocabulary.target(reference) {
            Ok(target) => Some(target),
            Err(missing) => {
                let problem = self.missing(reference, missing);
                self.error(reference, problem);
                None
            }
        }
    }

    fn missing(&self, reference: &Reference, missing: Missing) -> CheckProblem {
        let (question, part) = match reference {
            Reference::Fact(name) => {
                let known = self.vocabulary.facts().keys().map(String::as_str);
                return unknown("案件の属性", name, known);
            }
            Reference::Answer { question, part } => (question, part),
        };
        let parts = self.vocabulary.questions().get(question).map(|entry| entry.parts.as_slice());
        let parts = parts.unwrap_or_default();
        let (part, column) = match part {
            PartReference::Named(part) => (part.as_str(), ""),
            PartReference::Column(part, column) => (part.as_str(), column.as_str()),
            PartReference::Only | PartReference::All => ("", ""),
        };
        match missing {
            Missing::Fact | Missing::Question => {
                unknown("設問", question, self.vocabulary.questions().keys().map(String::as_str))
            }
            Missing::Part => unknown("回答欄", part, parts.iter().map(|part| part.id.as_str())),
            Missing::NotATable => CheckProblem::NotATable(format!("{question}.{part}")),
            Missing::Column => {
                let columns = parts.iter().find(|entry| entry.id == part).map(|entry| &entry.kind);
                let columns =
                    if let Some(Kind::Table { columns }) = columns { columns.as_slice() } else { &[] };
                unknown("列", column, columns.iter().map(|column| column.id.as_str()))
            }
        }
    }

    fn several_parts(&mut self, reference: &Reference, question: &QuestionEntry) {
        let parts = question.parts.iter().take(3).map(|part| format!("{reference}.{}", part.id)).collect();
        let problem = CheckProblem::SeveralParts { question: reference.to_string(), parts };
        self.error(reference, problem);
    }

    fn unsuited(&mut self, reference: &Reference, kind: &Kind) {
        let (kind, usage) = kind.usage();
        self.error(reference, CheckProblem::Unsuited { name: reference.to_string(), kind, usage });
    }

    /// What a test is put to, when it can be.
    fn tested(
        &mut self,
        quantifier: Option<Quantifier>,
        reference: &Reference,
        ask: Ask,
    ) -> Option<Tested<'v>> {
        let (kinds, many): (Vec<&Kind>, bool) = match self.target(reference)? {
            Target::Fact(fact) => (vec![&fact.kind], false),
            Target::Part(_, part) => (vec![&part.kind], false),
            Target::Column(_, _, column) => (vec![&column.kind], true),
            Target::Question(question) => {
                self.several_parts(reference, question);
                return None;
            }
            Target::Parts(question) => {
                let parts: Vec<&PartEntry> = question.parts_for(ask);
                if parts.is_empty() {
                    self.error(reference, CheckProblem::NoPartSuits(reference.to_string()));
                    return None;
                }
                (parts.into_iter().map(|part| &part.kind).collect(), true)
            }
        };
        let suits = |kind: &&Kind| if many { kind.suits_many(ask) } else { kind.suits(ask) };
        if let Some(kind) = kinds.iter().find(|kind| !suits(kind)) {
            self.unsuited(reference, kind);
            return None;
        }
        if many && quantifier.is_none() && ask != Ask::Includes {
            self.error(reference, CheckProblem::NeedsQuantifier(reference.to_string()));
        }
        if !many && quantifier.is_some() {
            self.error(reference, CheckProblem::NeedlessQuantifier(reference.to_string()));
        }
        Some(Tested { reference: reference.to_string(), kinds, many })
    }

    fn values(&mut self, tested: &Tested<'v>, test: &Test) {
        let values = match test {
            Test::Is(value) | Test::IsNot(value) | Test::Compare(_, value) | Test::Includes(value) => {
                std::slice::from_ref(value)
            }
            Test::In(values)
            | Test::NotIn(values)
            | Test::IncludesAny(values)
            | Test::IncludesAll(values) => values,
        };
        for value in values {
            let mut problems: Vec<CheckProblem> = Vec::new();
            for kind in &tested.kinds {
                let problem = self.value(&tested.reference, kind, value);
                problems.extend(problem.filter(|problem| !problems.contains(problem)));
            }
            // A union over several parts may name a choice that only one of them has.
            let one_suffices = tested.many && test.ask() == Ask::Includes;
            if one_suffices && tested.kinds.iter().any(|kind| self.value("", kind, value).is_none()) {
                continue;
            }
            let word = match value {
                Literal::Word(word) => word.clone(),
                Literal::Date(date) => date.to_string(),
            };
            self.errors
                .extend(problems.into_iter().map(|problem| CheckError { word: word.clone(), problem }));
        }
    }

    fn value(&self, name: &str, kind: &Kind, value: &Literal) -> Option<CheckProblem> {
        let name = name.to_owned();
        match (kind, value) {
            (Kind::Date, Literal::Date(_)) => None,
            (Kind::Date, value) => Some(CheckProblem::NotADate { name, value: value.to_string() }),
            (Kind::Number { .. }, Literal::Word(word)) if number_of(word).is_some() => None,
            (Kind::Number { .. }, value) => Some(CheckProblem::NotANumber { name, value: value.to_string() }),
            (Kind::Countries, value) if is_country(value) => None,
            (Kind::Countries, value) => Some(CheckProblem::NotACountry(value.to_string())),
            (kind, value) => {
                let choices: &[Label] = self.vocabulary.choices(kind);
                let word = value.to_string();
                if choices.iter().any(|choice| choice.id == word) {
                    return None;
                }
                let known = || choices.iter().map(|choice| choice.id.as_str());
                let suggestion = suggestion(&word, known());
                let known =
                    if choices.len() <= FEW { known().map(str::to_owned).collect() } else { Vec::new() };
                Some(CheckProblem::UnknownChoice { name, value: word, suggestion, known })
            }
        }
    }
}

fn unknown<'a>(
    what: &'static str,
    name: &str,
    known: impl ExactSizeIterator<Item = &'a str> + Clone,
) -> CheckProblem {
    let suggestion = suggestion(name, known.clone());
    let known = if known.len() <= FEW { known.map(str::to_owned).collect() } else { Vec::new() };
    CheckProblem::UnknownName { what, name: name.to_owned(), suggestion, known }
}

impl Kind {
    /// The kind in words and how conditions use it.
    fn usage(&self) -> (&'static str, &'static str) {
        match self {
            Self::Flag => (
                "「はい・いいえ」",
                "名前だけを書いてください（いいえのときに成り立たせるには、前に not を付けます）。",
            ),
            Self::Choice { .. } => {
                ("選択肢から1つを選ぶもの", "is、is not、in [ … ]、not in [ … ] のいずれかで比べてください。")
            }
            Self::Choices { .. } => (
                "選択肢を複数選ぶもの",
                "includes、includes any of [ … ]、includes all of [ … ]、count のいずれかを使ってください。",
            ),
            Self::Class => ("機密性の区分", "is、in [ … ] か、>=、<=、>、< で比べてください。"),
            Self::Path => ("審査の経路", "is、is not、in [ … ]、not in [ … ] のいずれかで比べてください。"),
            Self::Number { .. } => ("数", ">=、<=、>、<、is のいずれかで数と比べてください。"),
            Self::Date => {
                ("日付", ">=、<=、>、<、is のいずれかで date(2026-04-01) の形の日付と比べてください。")
            }
            Self::Countries => {
                ("国・地域の一覧", "is、in [ … ]、includes、count のいずれかを使ってください。")
            }
            Self::Text => ("自由記述", "条件にできるのは、記入の有無（answered）だけです。"),
            Self::Files => {
                ("添付ファイル", "条件にできるのは、添付の有無（answered）と件数（count）だけです。")
            }
            Self::Table { .. } => (
                "表",
                "行数を count で数えるか、列の名前まで書いて all、any、includes のいずれかを使ってください。",
            ),
        }
    }
}
