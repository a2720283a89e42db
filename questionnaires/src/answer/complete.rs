//! What an answer lacks before it can be called complete: judged when somebody says so, never while it is written.

use super::{Answer, Problem, Standing, Value};
use crate::condition::Subject;
use crate::question::{Input, Part, Question};

/// What is missing before the answer can be called complete: required visible parts and columns, rows, reasons, and for
/// an answer of before that it still holds.
#[must_use]
pub fn complete(question: &Question, answer: Option<&Answer>, subject: &Subject<'_>) -> Vec<Problem> {
    let blank = Answer::default();
    let answer = answer.unwrap_or(&blank);
    let mut problems = Vec::new();
    let mut missing = |field: String, message: String| problems.push(Problem { field, message });
    if answer.unconfirmed {
        missing(
            "confirmed".into(),
            "前回の回答が今回も同じであることを確認するか、回答を直してください".into(),
        );
    }
    match &answer.standing {
        Standing::NotApplicable { reason, .. } => {
            if reason.trim().is_empty() {
                missing("standing_reason".into(), "該当なしとする理由を入力してください".into());
            }
            return problems;
        }
        Standing::Conditional { option, .. } if option.trim().is_empty() => {
            missing(
                "standing_reason".into(),
                "回答の条件となるオプション又は契約の内容を入力してください".into(),
            );
        }
        _ => {}
    }
    for part in &question.parts {
        let visible = part.when.as_ref().is_none_or(|when| when.holds(subject));
        if !visible {
            continue;
        }
        match answer.parts.get(&part.id) {
            None if part.required => missing(part.id.clone(), ask(question, part)),
            Some(Value::Table(rows)) => {
                let Input::Table { columns, min_rows, .. } = &part.input else { continue };
                if rows.len() < usize::try_from(*min_rows).unwrap_or(usize::MAX) {
                    missing(part.id.clone(), format!("{min_rows}行以上入力してください"));
                }
                for (number, row) in rows.iter().enumerate() {
                    for column in columns.iter().filter(|c| c.required && !row.contains_key(&c.id)) {
                        let field = format!("{}.{number}.{}", part.id, column.id);
                        missing(field, format!("{}行目の{}を入力してください", number + 1, column.label));
                    }
                }
            }
            _ => {}
        }
    }
    problems
}

fn ask(question: &Question, part: &Part) -> String {
    let name = if part.label.is_empty() { &question.title } else { &part.label };
    match part.input {
        Input::Single { .. } | Input::Multi { .. } | Input::YesNo { .. } | Input::Countries { .. } => {
            format!("「{name}」を選んでください")
        }
        _ => format!("「{name}」を入力してください"),
    }
}
