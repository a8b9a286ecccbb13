//! `gonogo replay`.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde_json::{Value, json as object};

use super::{
    Exit,
    options::{OutputFormat, ReplayArgs},
    output::{print, print_json, say},
};
use gonogo_app::{self as app, AppError, Happened, Happening, Past};
use gonogo_report::{TextOptions, json, text};
use gonogo_text::clean;

/// Shows the board of a moment, or all that happened. The past is no verdict: it ends with 0 when it was written.
pub(super) fn run(args: ReplayArgs) -> Result<Exit, AppError> {
    let opened = app::open(args.launch.into())?;
    say(&app::warnings(&opened.loaded));
    let mut past = Past::open(&opened)?;
    let Some(at) = &args.at else {
        let moments = past.moments();
        return Ok(match args.format {
            OutputFormat::Text => print(&lines(&moments), Exit::Go),
            OutputFormat::Json => print_json(&page(&past, &moments), Exit::Go),
        });
    };
    let (at, board) = past.as_it_was(&opened, at)?;
    say(&outside(&past, at));
    let (text, at) = (text(&board, TextOptions { verbose: true }), shown(at));
    Ok(match args.format {
        OutputFormat::Text => print(&format!("The board as it was at {at}\n\n{text}"), Exit::Go),
        OutputFormat::Json => print_json(&json(&board), Exit::Go),
    })
}

/// A moment without any record is answered, with a note that there is none.
pub(super) fn outside(past: &Past, at: DateTime<Utc>) -> String {
    let (from, until) = past.span();
    if at < from {
        format!("note: nothing is recorded before {}", shown(from))
    } else if at > until {
        format!("note: nothing is recorded after {}", shown(until))
    } else {
        String::new()
    }
}

fn lines(moments: &[Happened]) -> String {
    let mut out = String::new();
    for Happened { at, what } in moments {
        let _ = writeln!(out, "{}  {}", shown(*at), clean(&what.describe()));
    }
    out
}

/// All that happened, for machines.
pub(super) fn page(past: &Past, moments: &[Happened]) -> String {
    let launch = past.launch();
    let (from, until) = past.span();
    let moments: Vec<_> = moments.iter().map(record).collect();
    let page = object!({
        "launch": clean(&launch.id), "version": clean(&launch.version), "from": from, "until": until,
        "moments": moments, "complete": true,
    });
    // Key by key in this order: `complete` stays last, so that a cut page is no page (V14).
    ordered(&page, &["launch", "version", "from", "until", "moments", "complete"])
}

fn record(it: &Happened) -> Value {
    let text = |text: &str| Value::from(clean(text).into_owned());
    let (kind, rest) = match &it.what {
        Happening::Act { by, said } => ("act", object!({ "by": text(by), "said": text(said) })),
        Happening::Flip(flip) => (
            "flip",
            object!({ "gate": text(flip.gate.as_str()), "from": flip.from, "to": flip.to, "reason": text(&flip.reason) }),
        ),
        Happening::Word { from, to, why } => {
            ("board", object!({ "from": from, "to": to, "why": why.as_deref().map(text) }))
        }
    };
    object!({ "at": it.at, "kind": kind, kind: rest })
}

fn ordered(page: &Value, keys: &[&str]) -> String {
    let mut out = String::from("{\n");
    for (n, key) in keys.iter().enumerate() {
        let comma = if n + 1 == keys.len() { "" } else { "," };
        let _ = writeln!(out, "  {}: {}{comma}", Value::from(*key), page[key]);
    }
    out + "}\n"
}

fn shown(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}
