//! Findings about files as SARIF 2.1.0, for code scanning and editors, and as plain JSON.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::{Value, json};

use super::json::page;
use gonogo_domain::{Diagnostic, Severity};
use gonogo_text::clean;

/// The findings as SARIF, ending with a line end. Files are named from the top of the repository.
pub fn sarif(found: &[Diagnostic]) -> String {
    let mut rules: BTreeMap<&str, usize> = found.iter().map(|it| (it.code.as_str(), 0)).collect();
    rules.values_mut().zip(0..).for_each(|(index, number)| *index = number);
    let results: Vec<Value> = found.iter().map(|it| result(it, &rules)).collect();
    let rules: Vec<Value> = rules
        .keys()
        .map(|code| json!({ "id": code, "shortDescription": { "text": code.replace('-', " ") } }))
        .collect();
    page(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "gonogo",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }]
    }))
}

fn result(it: &Diagnostic, rules: &BTreeMap<&str, usize>) -> Value {
    let help = it.help.as_ref().map(|help| format!(" Help: {}", clean(help))).unwrap_or_default();
    let mut result = json!({
        "ruleId": it.code,
        "ruleIndex": rules.get(it.code.as_str()),
        "level": level(it),
        "message": { "text": format!("{}{help}", clean(&it.message)) },
    });
    if let Some(at) = &it.place {
        result["locations"] = json!([{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&at.file) },
            "region": { "startLine": at.line.max(1), "startColumn": at.column.max(1) },
        } }]);
    }
    result
}

fn level(it: &Diagnostic) -> &'static str {
    match it.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A path as a reference: what is none of its plain characters is escaped.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The findings as JSON, ending with a line end; `complete` is the last field (V14).
pub fn findings_json(found: &[Diagnostic]) -> String {
    #[derive(serde::Serialize)]
    struct JsonDocument {
        ok: bool,
        findings: Vec<Value>,
        complete: bool,
    }
    let each = found.iter().map(|it| {
        let place = it.place.as_ref();
        json!({
            "rule": it.code,
            "level": level(it),
            "message": clean(&it.message),
            "help": it.help.as_deref().map(clean),
            "file": place.map(|it| clean(&it.file)),
            "line": place.map(|it| it.line),
            "column": place.map(|it| it.column),
        })
    });
    let ok = found.iter().all(|it| it.severity != Severity::Error);
    page(&JsonDocument { ok, findings: each.collect(), complete: true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use gonogo_domain::Place;

    #[test]
    fn a_finding_has_its_rule_its_level_and_its_place() {
        let found = Diagnostic {
            severity: Severity::Error,
            code: "unknown-key".into(),
            message: "unknown key `b`\u{1b}[31m ##[error]".into(),
            place: Some(Place { file: "a b/ü.yaml".into(), line: 3, column: 0 }),
            help: Some("did you mean `a`?".into()),
            rendered: String::new(),
        };
        let warning =
            Diagnostic { severity: Severity::Warning, code: "a-rule".into(), place: None, ..found.clone() };
        let text = sarif(&[found, warning]);
        assert!(!text.contains("##["), "{text}");
        let log: Value = serde_json::from_str(&text).unwrap();
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        let levels: Vec<_> = results.iter().map(|it| it["level"].as_str().unwrap()).collect();
        assert_eq!(levels, ["error", "warning"]);
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
        }
        let at = &results[0]["locations"][0]["physicalLocation"];
        assert_eq!(at["artifactLocation"]["uri"], "a%20b/%C3%BC.yaml");
        assert_eq!((&at["region"]["startLine"], &at["region"]["startColumn"]), (&json!(3), &json!(1)));
        assert!(results[1].get("locations").is_none());
        assert!(!text.contains('\u{1b}'));
    }
}
