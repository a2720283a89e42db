//! Taking the facts out of a condition: what is left depends on answers alone.

use super::Outcome;
use super::evaluate::Evaluation;
use super::syntax::{Expression, Reference};

/// A part of a condition once the facts are known.
pub(super) enum Settled {
    /// Facts alone decide it.
    Known(Outcome),
    /// It depends on answers.
    Open(Expression),
}

/// Settles an expression; the answers of the subject play no part.
pub(super) fn settle(expression: &Expression, evaluation: Evaluation<'_, '_>) -> Settled {
    match expression {
        Expression::And(parts) => join(parts, evaluation, Outcome::True, Outcome::and, Expression::And),
        Expression::Or(parts) => join(parts, evaluation, Outcome::False, Outcome::or, Expression::Or),
        Expression::Not(inner) => match settle(inner, evaluation) {
            Settled::Known(outcome) => Settled::Known(!outcome),
            Settled::Open(rest) => Settled::Open(Expression::Not(Box::new(rest))),
        },
        Expression::Answered(reference)
        | Expression::Count(reference, _, _)
        | Expression::Flag(_, reference)
        | Expression::Test(_, reference, _) => match reference {
            Reference::Fact(_) => Settled::Known(evaluation.evaluate(expression)),
            Reference::Answer { .. } => Settled::Open(expression.clone()),
        },
    }
}

/// `neutral` is the outcome that changes nothing; its contrary decides whatever the rest says.
fn join(
    parts: &[Expression],
    evaluation: Evaluation<'_, '_>,
    neutral: Outcome,
    both: fn(Outcome, Outcome) -> Outcome,
    group: fn(Vec<Expression>) -> Expression,
) -> Settled {
    let (mut known, mut open) = (neutral, Vec::new());
    for part in parts {
        match settle(part, evaluation) {
            Settled::Known(outcome) => known = both(known, outcome),
            Settled::Open(rest) => open.push(rest),
        }
    }
    // A fact that is missing keeps `and` from ever holding, but leaves `or` to the answers.
    let decided = known == !neutral || known == Outcome::Unknown && neutral == Outcome::True;
    match <[Expression; 1]>::try_from(open) {
        _ if decided => Settled::Known(known),
        Ok([only]) => Settled::Open(only),
        Err(open) if open.is_empty() => Settled::Known(known),
        Err(open) => Settled::Open(group(open)),
    }
}
