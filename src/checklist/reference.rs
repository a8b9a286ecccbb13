//! `smoke`, `qa/smoke@arm64`, `checklist/qa`, `stage/canary`: one thing of the launch names another.

/// Words that name a kind of thing and so can be no checklist.
pub(super) const RESERVED: [&str; 7] =
    ["launch", "checklist", "stage", "message", "guardrail", "decision", "conditions"];

/// A reference as written.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reference<'a> {
    Gate(GateRef<'a>),
    Checklist(&'a str),
    Stage(&'a str),
    Message(&'a str),
    Guardrail(&'a str),
    Decision(&'a str),
}

/// A gate as written: `qa/smoke@arm64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GateRef<'a> {
    /// `None`: of the same file.
    pub(super) checklist: Option<&'a str>,
    pub(super) gate: &'a str,
    /// The cells named, outermost first; empty: those that are meant from where it stands.
    pub(super) cells: Vec<&'a str>,
}

impl<'a> Reference<'a> {
    /// Takes a reference apart. It says nothing yet about whether the thing exists.
    pub(super) fn parse(text: &'a str) -> Self {
        match text.split_once('/') {
            Some(("checklist", name)) => Self::Checklist(name),
            Some(("stage", name)) => Self::Stage(name),
            Some(("message", name)) => Self::Message(name),
            Some(("guardrail", name)) => Self::Guardrail(name),
            Some(("decision", name)) => Self::Decision(name),
            _ => Self::Gate(GateRef::parse(text)),
        }
    }
}

impl<'a> GateRef<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        let (checklist, local) = match text.split_once('/') {
            Some((checklist, local)) => (Some(checklist), local),
            None => (None, text),
        };
        let mut parts = local.split('@');
        let gate = parts.next().unwrap_or_default();
        Self { checklist, gate, cells: parts.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_references_apart() {
        let gate = |checklist, gate, cells: &[&'static str]| {
            Reference::Gate(GateRef { checklist, gate, cells: cells.to_vec() })
        };
        assert_eq!(Reference::parse("smoke"), gate(None, "smoke", &[]));
        assert_eq!(Reference::parse("qa/smoke@arm64"), gate(Some("qa"), "smoke", &["arm64"]));
        assert_eq!(Reference::parse("smoke@a@b"), gate(None, "smoke", &["a", "b"]));
        assert_eq!(Reference::parse("stage/canary"), Reference::Stage("canary"));
        assert_eq!(Reference::parse("checklist/qa"), Reference::Checklist("qa"));
        assert_eq!(Reference::parse("decision/go"), Reference::Decision("go"));
    }
}
