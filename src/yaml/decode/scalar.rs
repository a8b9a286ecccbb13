//! What the text of a scalar means when something other than text is asked for.

use std::str::FromStr;

use serde::de::Visitor;

use super::fault::DecodeFault;
use crate::Style;

/// `true` or `false`, unquoted; nothing else is a boolean.
pub(super) fn boolean(text: &str, style: Style) -> Result<bool, DecodeFault> {
    match (text, free(style)) {
        ("true", true) => Ok(true),
        ("false", true) => Ok(false),
        _ => Err(DecodeFault::wrong(
            "type",
            format!("expected true or false, found `{}`", short(text)),
            "not a boolean",
        )
        .with_help("write true or false, without quotes")),
    }
}

/// A decimal number, unquoted.
pub(super) fn number<T: FromStr>(text: &str, style: Style, expected: &str) -> Result<T, DecodeFault> {
    let decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let fault = || {
        DecodeFault::wrong(
            "type",
            format!("expected {expected}, found `{}`", short(text)),
            "not such a number",
        )
    };
    match text.parse() {
        Ok(number) if decimal && free(style) => Ok(number),
        Ok(_) if decimal => Err(fault().with_help("remove the quotes")),
        _ if text.strip_suffix('%').is_some_and(|rest| rest.trim_end().parse::<T>().is_ok()) => {
            Err(fault().with_help("write the number without `%`"))
        }
        _ => Err(fault()),
    }
}

/// A number that is one: no infinity and no NaN.
pub(super) struct Finite(pub(super) f64);

impl FromStr for Finite {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Self).ok_or(())
    }
}

/// For those who ask for "anything".
pub(super) fn infer<'de, V: Visitor<'de>>(
    text: &'de str,
    style: Style,
    visitor: V,
) -> Result<V::Value, DecodeFault> {
    if !free(style) {
        return visitor.visit_borrowed_str(text);
    }
    if let Ok(value) = boolean(text, style) {
        return visitor.visit_bool(value);
    }
    if let Ok(value) = number::<u64>(text, style, "") {
        return visitor.visit_u64(value);
    }
    if let Ok(value) = number::<i64>(text, style, "") {
        return visitor.visit_i64(value);
    }
    match number::<Finite>(text, style, "") {
        Ok(value) => visitor.visit_f64(value.0),
        Err(_) => visitor.visit_borrowed_str(text),
    }
}

/// Whether the way it was written leaves open what it is.
fn free(style: Style) -> bool {
    matches!(style, Style::Plain | Style::Filled)
}

/// The beginning of a text, for a message.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 40;
    let line = text.lines().next().unwrap_or_default();
    let mut start: String = line.chars().take(MOST).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}
