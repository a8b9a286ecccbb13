//! What an `http` gate may say.

use std::time::Duration;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::{
    DecodedLimits, Description,
    fact::Range,
    spec::{LimitKeys, Spec},
};
use gonogo_text::span;
use gonogo_yaml::Spanned;

/// Most good answers in a row that a gate can ask for.
const MOST_IN_A_ROW: u32 = 1_000;

/// What is looked at, and what it must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProbeSpec {
    pub(super) url: String,
    pub(super) head: bool,
    pub(super) status: Vec<u16>,
    /// Longest time to the end of the answer, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) within: Option<u64>,
    /// Shortest time to the end of the certificate, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) tls_valid_for: Option<u64>,
    pub(super) in_a_row: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) part: Option<ComparedPart>,
}

/// A part of the answer that is compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ComparedPart {
    pub(super) place: ValuePlace,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) equals: Option<String>,
    pub(super) range: Range,
}

/// Where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ValuePlace {
    Header(String),
    /// A JSON pointer (RFC 6901).
    Json(String),
}

#[derive(Deserialize)]
pub(super) struct Keys {
    url: Spanned<String>,
    method: Option<Spanned<String>>,
    status: Option<Vec<Spanned<u16>>>,
    within: Option<Spanned<String>>,
    tls_valid_for: Option<Spanned<String>>,
    in_a_row: Option<Spanned<u32>>,
    header: Option<Spanned<String>>,
    json: Option<Spanned<String>>,
    equals: Option<Spanned<String>>,
    at_most: Option<f64>,
    at_least: Option<f64>,
}

impl LimitKeys for Keys {
    const DESCRIPTION: Description = Description {
        proves: "a page answers as it should",
        keys: &[
            ("url", "an https address; its host must be allowed in your settings"),
            ("method", "`get` (the default) or `head`"),
            ("status", "the statuses that pass; `[200]` by default"),
            ("within", "how long the answer may take: `500ms`, `2s`"),
            ("tls_valid_for", "how long its certificate must still be valid: `14d`"),
            ("in_a_row", "how many good answers in a row, one per poll; 1 by default"),
            ("header", "the header that is compared"),
            ("json", "the value in the answer that is compared, as a JSON pointer: `/status/indicator`"),
            ("equals", "the text that it must be"),
            ("at_most", "the largest number that passes"),
            ("at_least", "the smallest number that passes"),
        ],
    };

    fn limits(self, mut spec: Spec<'_, '_, '_>) -> Option<DecodedLimits> {
        let methods = [("get", false), ("head", true)];
        let head = self.method.as_ref().and_then(|method| spec.word(method, &methods)).unwrap_or(false);
        address(&mut spec, &self.url);
        let look = ProbeSpec {
            head,
            status: statuses(&mut spec, self.status.as_deref()),
            within: self.within.as_ref().and_then(|within| patience(&mut spec, within)),
            tls_valid_for: self
                .tls_valid_for
                .as_ref()
                .and_then(|time| spec.length(time))
                .map(|time| time.as_secs()),
            in_a_row: row(&mut spec, self.in_a_row.as_ref()),
            part: part(&mut spec, &self, head),
            url: self.url.value,
        };
        let said = look.describe();
        spec.finish(look, said)
    }
}

/// https, and a host written in the file: an answer that is filled in later can choose a path, never a server.
pub(super) fn address(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>) {
    let help = "write https://host/path";
    let Some(rest) = spot.value.strip_prefix("https://") else {
        return spec.wrong(spot.at, "not an https address", help);
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    if authority.contains("{{") || authority.contains("}}") {
        return spec.wrong(spot.at, "the host must be written out", help);
    }
    if authority.contains('@') {
        return spec.wrong(spot.at, "an address cannot hold a user or a password", help);
    }
    if authority.is_empty() || Url::parse(&spot.value).is_err() {
        spec.wrong(spot.at, "not an address", help);
    }
}

fn statuses(spec: &mut Spec<'_, '_, '_>, written: Option<&[Spanned<u16>]>) -> Vec<u16> {
    let Some(written) = written else { return vec![200] };
    for spot in written.iter().filter(|spot| !(200..600).contains(&spot.value)) {
        spec.wrong(spot.at, "not a status code", "write numbers from 200 to 599: [200, 204]");
    }
    if written.is_empty() {
        spec.lacks("`status` lists nothing, so nothing could pass", "write [200], or leave it out");
    }
    written.iter().map(|spot| spot.value).collect()
}

/// `500ms`, or a length of time up to the longest exchange.
fn patience(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>) -> Option<u64> {
    const LONGEST: u64 = 30_000;
    let digits = spot.value.strip_suffix("ms").filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
    let milliseconds = match digits {
        Some(digits) => digits.parse().ok().filter(|time| *time > 0),
        None => u64::try_from(spec.length(spot)?.as_millis()).ok(),
    };
    let fine = milliseconds.filter(|time| *time <= LONGEST);
    if fine.is_none() {
        spec.wrong(spot.at, "not a time from 1ms to 30s", "write 500ms or 2s, and at most 30s");
    }
    fine
}

fn row(spec: &mut Spec<'_, '_, '_>, spot: Option<&Spanned<u32>>) -> u32 {
    let Some(spot) = spot else { return 1 };
    if !(1..=MOST_IN_A_ROW).contains(&spot.value) {
        spec.wrong(
            spot.at,
            format!("not a number from 1 to {MOST_IN_A_ROW}"),
            "write how many answers in a row must be good",
        );
    }
    spot.value
}

fn part(spec: &mut Spec<'_, '_, '_>, keys: &Keys, head: bool) -> Option<ComparedPart> {
    let range = Range { at_most: keys.at_most, at_least: keys.at_least };
    let compared = keys.equals.is_some() || !range.is_empty();
    let place = match (&keys.header, &keys.json) {
        (Some(header), None) => ValuePlace::Header(header_name(spec, header)),
        (None, Some(json)) => ValuePlace::Json(pointer(spec, json, head)),
        (Some(_), Some(second)) => {
            spec.wrong(second.at, "`header` and `json` cannot both be compared", "make it two gates");
            return None;
        }
        (None, None) => {
            if compared {
                spec.lacks("it does not say what to compare", "add `header: NAME` or `json: /pointer`");
            }
            return None;
        }
    };
    if !compared {
        spec.lacks("it does not say what it must be", "add `equals`, `at_most` or `at_least`");
    }
    if let Some(equals) = keys.equals.as_ref().filter(|_| !range.is_empty()) {
        spec.wrong(
            equals.at,
            "text is compared with `equals`, numbers with limits: not both",
            "remove one of them",
        );
    }
    Some(ComparedPart { place, equals: keys.equals.as_ref().map(|spot| spot.value.clone()), range })
}

fn header_name(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>) -> String {
    if http::HeaderName::from_bytes(spot.value.as_bytes()).is_err() {
        spec.wrong(spot.at, "not the name of a header", "write a name such as x-version");
    }
    spot.value.to_ascii_lowercase()
}

pub(super) fn pointer(spec: &mut Spec<'_, '_, '_>, spot: &Spanned<String>, head: bool) -> String {
    let escapes = spot.value.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if !(spot.value.is_empty() || spot.value.starts_with('/')) || !escapes {
        spec.wrong(spot.at, "not a JSON pointer", "write /status/indicator, or /items/0/name");
    }
    if head {
        spec.wrong(spot.at, "a `head` request has no body", "remove `method`");
    }
    spot.value.clone()
}

impl ProbeSpec {
    fn describe(&self) -> String {
        let statuses = self.status.iter().map(u16::to_string).collect::<Vec<_>>().join(" or ");
        let within =
            self.within.map(|time| format!("within {}", super::seconds(Duration::from_millis(time))));
        let tls = self
            .tls_valid_for
            .map(|time| format!("certificate good for {}", span(Duration::from_secs(time))));
        let row = (self.in_a_row > 1).then(|| format!("{} in a row", self.in_a_row));
        let part = self.part.as_ref().map(ComparedPart::describe);
        let all = Some(statuses).into_iter().chain(within).chain(tls).chain(part).chain(row);
        let verb = if self.head { "HEAD " } else { "" };
        let url = self.url.split(['?', '#']).next().unwrap_or_default();
        format!("{verb}{url}: {}", all.collect::<Vec<_>>().join(", "))
    }
}

impl ComparedPart {
    pub(super) fn name(&self) -> String {
        match &self.place {
            ValuePlace::Header(name) => format!("header {name}"),
            ValuePlace::Json(pointer) if pointer.is_empty() => "the body".into(),
            ValuePlace::Json(pointer) => pointer.clone(),
        }
    }

    fn describe(&self) -> String {
        let wanted = self.equals.as_ref().map_or_else(|| self.range.describe(), |text| format!("\"{text}\""));
        format!("{} {wanted}", self.name())
    }
}

/// A number with its limits, for reasons.
pub(super) fn compared(value: f64, range: &Range, holds: bool) -> String {
    format!("{}, {}{}", range.shown(value), if holds { "" } else { "not " }, range.describe())
}
