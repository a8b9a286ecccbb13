//! Reading what is typed.

use super::{
    Candidate, Criteria, Fault, Is, Term, What,
    values::{CriterionKey, KEYS},
};
use crate::Model;
use gonogo_domain::{Length, Verdict};

/// The values that a key may have; `None`: any.
type Values<'a> = dyn Fn(CriterionKey) -> Option<Vec<Candidate>> + 'a;

/// The first term of a filter that is none on any board, and what to write; `None`: there is none such. Owners, checklists and
/// whatever else depends on the launch are taken as they are.
pub fn filter_fault(text: &str) -> Option<(&str, String)> {
    terms(text).find_map(|(_, term)| Some((term, read_term(term, &CriterionKey::everywhere).err()?)))
}

impl Model {
    /// What was typed, term by term. Terms with a fault leave every gate in, and say so.
    pub(crate) fn read_criteria(&self, text: &str) -> Criteria {
        let mut criteria = Criteria { text: text.trim().to_owned(), ..Criteria::default() };
        let values = |key| Some(self.filter_values(key));
        for (from, term) in terms(&criteria.text) {
            match read_term(term, &values) {
                Ok(term) => criteria.terms.push(term),
                Err(why) => criteria.faults.push(Fault { from, to: from + term.len(), why }),
            }
        }
        criteria
    }
}

fn read_term(text: &str, values: &Values<'_>) -> Result<Term, String> {
    let (not, text) = match text.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, text),
    };
    let what = match text.find([':', '>', '<']).and_then(|at| Some((text.get(..at)?, text.get(at..)?))) {
        Some((name, rest)) if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic()) => {
            read_key(&name.to_lowercase(), rest, values)?
        }
        _ => What::Word(text.to_owned()),
    };
    Ok(Term { what, not })
}

/// `rest` begins with the sign behind the key.
fn read_key(name: &str, rest: &str, known: &Values<'_>) -> Result<What, String> {
    let (sign, value) = rest.split_at_checked(1).unwrap_or((rest, ""));
    match (name, sign) {
        ("age", ">" | "<") => {
            return Ok(What::Age { older: sign == ">", than: duration(value)? });
        }
        ("due", "<") => return Ok(What::Due(duration(value)?)),
        ("age", _) => return Err("write age>1h or age<10m".to_owned()),
        ("due", _) => return Err("write due<2h: due within two hours, or over".to_owned()),
        _ => {}
    }
    let Some(key) = KEYS.iter().find(|(it, ..)| *it == name).map(|(_, key, _)| *key) else {
        let all: Vec<_> = KEYS.iter().map(|(name, ..)| format!("{name}:")).collect();
        return Err(format!("there is no `{name}`: write {}, age> or due<", all.join(" ")));
    };
    if sign != ":" {
        return Err(format!("write {name}: with what it is"));
    }
    let values: Vec<String> = value.split(',').filter(|it| !it.is_empty()).map(str::to_lowercase).collect();
    if let Some(known) = known(key) {
        known_values(key, &values, &known)?;
    }
    if values.is_empty() {
        return Err(format!("{} which {}? Tab completes", name, key.of()));
    }
    Ok(what(key, values))
}

fn known_values(key: CriterionKey, values: &[String], known: &[Candidate]) -> Result<(), String> {
    let is = |value: &&String| !known.iter().any(|it| it.name.to_lowercase().starts_with(value.as_str()));
    let Some(value) = values.iter().find(is) else { return Ok(()) };
    let some: Vec<_> = known.iter().take(8).map(|it| it.name.as_str()).collect();
    let more = if known.len() > some.len() { " ..." } else { "" };
    let some = if some.is_empty() { "there is none".to_owned() } else { some.join(" ") };
    Err(format!("no {} is `{value}`: {some}{more}", key.of()))
}

fn what(key: CriterionKey, values: Vec<String>) -> What {
    match key {
        CriterionKey::Owner => What::Owner(values),
        CriterionKey::Who => What::Who(values),
        CriterionKey::Checklist => What::Checklist(values),
        CriterionKey::Source => What::Source(values),
        CriterionKey::Blocks => What::Blocks(values),
        CriterionKey::Verdict => {
            let meant = |it: &Verdict| {
                let word = it.word().to_lowercase();
                // `go` is no beginning of another word, and `no` is one of `no-go`.
                values.iter().any(|value| word.starts_with(value.as_str()))
            };
            What::Verdict(Verdict::ALL.into_iter().filter(meant).collect())
        }
        CriterionKey::Is => {
            let first = values.first().map_or("", String::as_str);
            let is = Is::ALL.iter().find(|(name, ..)| name.starts_with(first)).map(|(_, is, _)| *is);
            What::Is(is.unwrap_or(Is::Open))
        }
    }
}

fn duration(text: &str) -> Result<std::time::Duration, String> {
    let read = Length::parse(text).ok().and_then(Length::exact).filter(|it| !it.is_zero());
    read.ok_or_else(|| format!("`{text}` is not a length of time: write 90s, 30m, 2h or 3d"))
}

/// The terms with where they begin.
fn terms(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = text.as_ptr() as usize;
    text.split_whitespace().map(move |term| ((term.as_ptr() as usize).saturating_sub(start), term))
}
