//! Times and days as text of fixed width: readable in any tool, and sorting by text is sorting by time.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use jiff::Timestamp;
use jiff::civil::Date;

macro_rules! moment {
    ($(#[$doc:meta])* $name:ident, $inner:ty, $format:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = Text)]
        pub struct $name { value: $inner, text: String }

        impl $name {
            /// The value.
            #[must_use]
            pub fn get(&self) -> $inner { self.value }
        }
        impl From<$inner> for $name {
            fn from(value: $inner) -> Self { Self { value, text: $format(value) } }
        }
        impl<B: Backend> ToSql<Text, B> for $name where str: ToSql<Text, B> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, B>) -> serialize::Result { self.text.as_str().to_sql(out) }
        }
        impl<B: Backend> FromSql<Text, B> for $name where String: FromSql<Text, B> {
            fn from_sql(value: B::RawValue<'_>) -> deserialize::Result<Self> {
                let text = <String as FromSql<Text, B>>::from_sql(value)?;
                Ok(Self { value: text.parse()?, text })
            }
        }
    };
}

moment!(
    /// An instant, `2026-04-01T00:00:00.000000Z`; finer than microseconds is cut.
    Stamp,
    Timestamp,
    |value: Timestamp| format!("{value:.6}")
);
moment!(
    /// A calendar day, `2026-04-01`.
    Day,
    Date,
    |value: Date| value.to_string()
);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn text_has_a_fixed_width_and_sorts_like_time() {
        let texts: Vec<_> = [0_i64, 1, 999_999, 1_000_000, 1_800_000_000_000_000]
            .map(|micro| Stamp::from(Timestamp::from_microsecond(micro).unwrap()).text)
            .into();
        assert_eq!(texts[1], "1970-01-01T00:00:00.000001Z");
        assert!(texts.is_sorted() && texts.iter().all(|t| t.len() == 27));
    }
}
