//! A body as JSON, strictly: what could be read in two ways is not read at all.

use std::collections::HashSet;
use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::Response;

/// Deepest nesting that is taken.
const MAX_DEPTH: usize = 128;

/// Why a body is not the answer that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// HTML, a captive portal, a proxy's page: not from the API.
    #[error("not an API answer (content type {found})")]
    NotAnApiAnswer {
        /// The content type that came, shortened.
        found: String,
    },
    /// A byte-order mark before the text.
    #[error("the answer starts with a byte-order mark")]
    Bom,
    /// Bytes that are no UTF-8.
    #[error("the answer is not UTF-8")]
    NotUtf8,
    /// An object that says one thing twice.
    #[error("the answer has a key twice in one object: {key}")]
    DuplicateKey {
        /// The key, shortened.
        key: String,
    },
    /// Not JSON, cut off, nested too deep, or more after its end.
    #[error("the answer is not JSON (line {line}, column {column})")]
    Malformed {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
    /// JSON, but not of the shape that was asked for.
    #[error("the answer is JSON, but not in the form that this API documents (line {line}, column {column})")]
    Shape {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
    },
}

/// Decodes a body that must be JSON by its content type and by itself. The status is the caller's to judge.
///
/// # Errors
/// Any [`BodyError`].
pub fn decode_json<T: DeserializeOwned>(response: &Response) -> Result<T, BodyError> {
    let kind = response.header("content-type").unwrap_or("none");
    if !is_json(kind) {
        return Err(BodyError::NotAnApiAnswer { found: short(kind) });
    }
    parse_json(response.body())
}

/// Decodes bytes that must be one JSON text in UTF-8, without a duplicate key anywhere.
///
/// # Errors
/// Any [`BodyError`] but [`BodyError::NotAnApiAnswer`].
pub fn parse_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BodyError> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(BodyError::Bom);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| BodyError::NotUtf8)?;
    refuse_duplicates(text)?;
    serde_json::from_str(text).map_err(|error| fault(&error))
}

fn is_json(kind: &str) -> bool {
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn fault(error: &serde_json::Error) -> BodyError {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        serde_json::error::Category::Data => BodyError::Shape { line, column },
        _ => BodyError::Malformed { line, column },
    }
}

fn short(text: &str) -> String {
    text.chars().take(120).map(|c| if c.is_control() { '?' } else { c }).collect()
}

fn refuse_duplicates(text: &str) -> Result<(), BodyError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let mut twice = None;
    let outcome = DuplicateKeyCheck { depth: 0, twice: &mut twice }.deserialize(&mut reader);
    if let Some(key) = twice {
        return Err(BodyError::DuplicateKey { key: short(&key) });
    }
    outcome
        .and_then(|()| reader.end())
        .map_err(|error| BodyError::Malformed { line: error.line(), column: error.column() })
}

/// Walks a whole JSON text and keeps nothing of it but the keys of the open objects.
struct DuplicateKeyCheck<'a> {
    depth: usize,
    twice: &'a mut Option<String>,
}

impl DuplicateKeyCheck<'_> {
    fn inside(&mut self) -> DuplicateKeyCheck<'_> {
        DuplicateKeyCheck { depth: self.depth + 1, twice: &mut *self.twice }
    }
}

impl<'de> DeserializeSeed<'de> for DuplicateKeyCheck<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.depth >= MAX_DEPTH {
            return Err(de::Error::custom("nested too deep"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DuplicateKeyCheck<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self.inside())?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if keys.contains(&key) {
                *self.twice = Some(key);
                return Err(de::Error::custom("a key twice"));
            }
            keys.insert(key);
            entries.next_value_seed(self.inside())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(text: &[u8]) -> Result<Value, BodyError> {
        parse_json(text)
    }

    #[test]
    fn good_json_is_read() {
        let text = br#"{"a":[1,-2,3.5,true,null,"x",{"a":1}],"b":{"a":2}}"#;
        assert_eq!(parse(text), Ok(json!({"a":[1,-2,3.5,true,null,"x",{"a":1}],"b":{"a":2}})));
    }

    #[test]
    fn what_reads_in_two_ways_is_not_read() {
        let twice = |key: &str| Err(BodyError::DuplicateKey { key: key.into() });
        assert_eq!(parse(br#"{"state":"closed","state":"open"}"#), twice("state"));
        assert_eq!(parse(br#"[{"x":{"a":1,"\u0061":2}}]"#), twice("a"));
        assert_eq!(parse(b"\xef\xbb\xbf{}"), Err(BodyError::Bom));
        assert_eq!(parse(b"{\"a\":\"\xff\"}"), Err(BodyError::NotUtf8));
        for bad in ["{} x", "{}{}", "[1,]", "{\"a\":1", "", "NaN", "1e999", "{'a':1}", "<html>"] {
            assert!(matches!(parse(bad.as_bytes()), Err(BodyError::Malformed { .. })), "{bad}");
        }
    }

    #[test]
    fn every_prefix_of_an_object_is_an_error() {
        let text = br#"{"total_count":12,"items":[{"state":"open"},{"state":"closed"}]}"#;
        for end in 0..text.len() {
            assert!(parse(&text[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn nesting_has_a_limit_and_no_stack_overflow() {
        assert!(parse(format!("{}1{}", "[".repeat(120), "]".repeat(120)).as_bytes()).is_ok());
        assert!(parse("[".repeat(1_000_000).as_bytes()).is_err());
        assert!(parse("{\"a\":".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn the_content_type_decides_whether_it_is_an_answer() {
        for good in [
            "application/json",
            "application/json; charset=utf-8",
            "application/vnd.github+json",
            "Application/JSON",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in ["text/html", "text/plain", "none", "", "application/jsonp", "text/json+html", "json"] {
            assert!(!is_json(bad), "{bad}");
        }
    }

    #[test]
    fn a_wrong_shape_is_told_from_bad_json() {
        assert!(matches!(parse_json::<Vec<u8>>(b"{}"), Err(BodyError::Shape { .. })));
    }
}
