//! Variables into values: once, after parsing, and never into names.

use std::{cell::Cell as Counter, collections::BTreeSet, ops::Range, sync::Arc};

use super::{
    index::{CellRef, GateIndex},
    kinds::{Offers, SourceOffer},
    limits::{LONGEST_VALUE, MOST_FILLED},
    names::{SpellingHints, is_variable},
    parsed_file::ParsedFile,
    reference::GateRef,
    scope::VariableScope,
    symbols::Symbols,
    template::{TemplatePiece, answer, answers_in, pieces},
};
use gonogo_domain::Str;
use gonogo_yaml::{Document, NodeId, Problem, Scalar, Span};

/// Keys whose values are ids or references, wherever they stand outside evidence.
const REFERENCES: [&str; 20] = [
    "launch",
    "checklist",
    "gate",
    "stage",
    "station",
    "stations",
    "freeze",
    "needs",
    "since",
    "apart_from",
    "blocks",
    "order",
    "checklists",
    "role",
    "final_call",
    "step",
    "triggers",
    "ready_when",
    "message",
    "tell",
];
/// Keys whose values are commands that people copy.
const COMMANDS: [&str; 2] = ["by_hand", "by_hand_back"];

/// The key of what a message says.
const TOLD: &str = "text";

/// What sort of part of a file is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind {
    /// A section of the launch, or a key of a checklist.
    Plain,
    /// A key of a gate.
    Gate,
    /// Named links.
    Links,
    /// Limits of evidence.
    Evidence,
}

/// What may be done with one value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Reference,
    /// A command for people, which may name the target's commit.
    Command,
    /// What answers of people are filled into.
    Answered,
    /// What people are told: it may use what is known only later.
    Told,
    /// Plain text, after the host of an address.
    Address,
    /// Plain text in a query language.
    Query,
    /// Plain text.
    Plain,
    Other,
}

/// A variable that a matrix makes: its name, its value here, and all its values.
#[derive(Clone, Debug)]
pub(super) struct MatrixAxis {
    pub(super) name: Str,
    pub(super) value: Str,
    pub(super) all: Arc<BTreeSet<Str>>,
}

/// What was made of variables and copies so far, in bytes.
#[derive(Debug, Default)]
pub(super) struct Spent(Counter<usize>);

/// Fills in the values of one part of a file.
#[derive(Clone, Copy)]
pub(super) struct Filler<'a> {
    pub(super) unit: usize,
    pub(super) scope: &'a VariableScope,
    pub(super) axes: &'a [MatrixAxis],
    pub(super) cells: &'a [CellRef],
    pub(super) index: &'a GateIndex,
    pub(super) hints: &'a SpellingHints,
    pub(super) spent: &'a Spent,
    pub(super) offers: &'a Offers,
}

impl<'a> Filler<'a> {
    /// For what the launch itself says: it has neither cells nor axes.
    pub(super) fn of_launch(world: &'a Symbols<'_>, scope: &'a VariableScope, index: &'a GateIndex) -> Self {
        let Symbols { hints, spent, offers, .. } = world;
        Self { unit: 0, scope, axes: &[], cells: &[], index, hints, spent, offers }
    }

    /// Fills in a value of a file, if there is anything in it to fill in.
    pub(super) fn fill_in(&self, file: &mut ParsedFile, node: NodeId, key: &str, part: PartKind) {
        if file.templates {
            self.fill(&mut file.doc, node, key, part, &mut file.problems);
        }
    }

    /// Fills in every value below `node`, which is the value of `key`; of evidence that is its source.
    fn fill(&self, doc: &mut Document, node: NodeId, key: &str, part: PartKind, problems: &mut Vec<Problem>) {
        let offer = self.offers.get(key).filter(|_| part == PartKind::Evidence);
        doc.map_scalars(node, problems, &mut |scalar| {
            if !scalar.text.contains("{{") {
                return Ok(None);
            }
            let key = scalar.key.unwrap_or(key);
            let usage = offer.map_or_else(|| use_of(part, key), |offer| use_of_limit(offer, key));
            self.value(&scalar, usage, part).map(Some)
        });
    }

    fn value(&self, scalar: &Scalar<'_>, usage: Use, part: PartKind) -> Result<String, Box<Problem>> {
        let text = scalar.text;
        let answered = part == PartKind::Evidence || matches!(usage, Use::Answered | Use::Told);
        // What is read once more keeps its braces as they are written.
        let read_again = match usage {
            Use::Told => true,
            Use::Command => text.contains("target.commit"),
            _ => answered && text.contains("answers."),
        };
        let whole = || scalar.part(0, text.len());
        if usage == Use::Reference {
            let problem = Problem::new("template-place", "a variable cannot be part of a name");
            let help = "write names out, so that every reference can be checked";
            return Err(Box::new(problem.at(whole(), "a name or reference").help(help)));
        }
        let pieces = pieces(text).map_err(|open| never_closed(scalar, open))?;
        let mut filled = String::with_capacity(text.len() + 32);
        for piece in pieces {
            match piece {
                TemplatePiece::Text(text) => filled.push_str(text),
                TemplatePiece::Braces => filled.push_str(if read_again { "{{{{" } else { "{{" }),
                TemplatePiece::Name(name, range) => {
                    let span = scalar.part(range.start, range.end);
                    let value = self.name(name, usage, span)?;
                    plain(&value, name, usage, &filled, span)?;
                    let later = gonogo_domain::is_fact(name) || answer(name).is_some();
                    if (!answered || (usage == Use::Told && !later)) && !answers_in(&value).is_empty() {
                        return Err(never_answered(name, span));
                    }
                    if usage == Use::Told && !later {
                        // What a variable says names nothing.
                        filled.push_str(&value.replace("{{", "{{{{"));
                    } else {
                        filled.push_str(&value);
                    }
                }
            }
            if filled.len() > LONGEST_VALUE {
                return Err(too_much(whole()));
            }
        }
        if self.spent.take(filled.len()) { Ok(filled) } else { Err(too_much(whole())) }
    }

    /// What stands for a name.
    fn name(&self, name: &str, usage: Use, span: Span) -> Result<Str, Box<Problem>> {
        if let Some(axis) = self.axes.iter().rev().find(|axis| &*axis.name == name) {
            return Ok(axis.value.clone());
        }
        if let Some(variable) = self.scope.get(name) {
            return Ok(variable.value.clone());
        }
        match name {
            "target.commit" if usage == Use::Command => Ok("{{ target.commit }}".into()),
            _ if usage == Use::Told && gonogo_domain::is_fact(name) => Ok(format!("{{{{ {name} }}}}").into()),
            _ if gonogo_domain::is_fact(name) => {
                let problem = Problem::new("template-place", "this is not known before a message is sent");
                Err(Box::new(problem.at(span, "only in the text of a message")))
            }
            "target.commit" => {
                let problem =
                    Problem::new("template-place", "the target commit is not known when this is read");
                Err(Box::new(problem.at(span, "only in `by_hand` and `by_hand_back`")))
            }
            "stage.age" => {
                let problem = Problem::new("not-built", "`stage.age` does not exist yet in this version");
                let help = "remove it for now: gonogo ignores nothing that you write";
                Err(Box::new(problem.at(span, "not there yet").help(help)))
            }
            _ => match answer(name) {
                Some((gate, asked)) => self.answer(gate, asked, span),
                // The declarations have problems of their own.
                None if is_variable(name) && !self.scope.whole => Ok("".into()),
                None => Err(self.unknown(name, span)),
            },
        }
    }

    /// `{{ answers.GATE.NAME }}` stays, with the gate's whole name, until the answer is there.
    fn answer(&self, gate: &str, asked: &str, span: Span) -> Result<Str, Box<Problem>> {
        let reference = GateRef::parse(gate);
        let target = self.index.find(&reference, self.unit, self.cells, span, self.hints)?;
        let Some(target) = target else { return Ok("".into()) };
        let definition = target.definition;
        if !definition.asks.iter().any(|known| &**known == asked) {
            let problem = Problem::new("unknown-answer", format!("`{gate}` does not ask for `{asked}`"))
                .at(span, "not asked for");
            let asks = || definition.asks.iter().map(AsRef::as_ref);
            let help = match self.hints.nearest(asked, asks()) {
                Some(near) => format!("did you mean `{near}` ({})?", definition.place),
                None if definition.asks.is_empty() => {
                    format!("add `asks: {{ {asked}: text }}` to its task ({})", definition.place)
                }
                None => format!("it asks for {} ({})", super::names::listed(asks()), definition.place),
            };
            return Err(Box::new(problem.help(help)));
        }
        let Some(local) = target.only() else {
            let help = format!("name one cell: `answers.{gate}@CELL.{asked}` ({})", definition.place);
            let problem = Problem::new("several-gates", format!("`{gate}` stands for several gates"));
            return Err(Box::new(problem.at(span, "which of them?").help(help)));
        };
        let checklist = self.index.units.get(target.unit).map_or("", |gates| &*gates.checklist);
        Ok(format!("{{{{ answers.{checklist}/{local}.{asked} }}}}").into())
    }

    fn unknown(&self, name: &str, span: Span) -> Box<Problem> {
        Box::new(self.unknown_name(name, span))
    }

    fn unknown_name(&self, name: &str, span: Span) -> Problem {
        if name.starts_with("launch.") {
            let facts = gonogo_domain::FACTS.iter().map(|(name, _)| *name);
            let help = match self.hints.nearest(name, facts.clone()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", super::names::listed(facts)),
            };
            let problem = Problem::new("unknown-variable", format!("nothing is known as `{name}`"));
            return problem.at(span, "not something a message can name").help(help);
        }
        if !is_variable(name) {
            return Problem::new("bad-template", format!("`{{{{ {name} }}}}` does not name a variable"))
                .at(span, "not a name")
                .help("write `{{{{` for two braces that are just text");
        }
        let problem = Problem::new("unknown-variable", format!("there is no variable `{name}` here"))
            .at(span, "not declared");
        let names = self.scope.names().chain(self.axes.iter().map(|axis| &*axis.name));
        match self.hints.nearest(name, names) {
            Some(near) => {
                let place = self.scope.peek(near).and_then(|variable| variable.place.as_ref());
                let place = place.map(|place| format!(" ({place})")).unwrap_or_default();
                problem.help(format!("did you mean `{near}`{place}?"))
            }
            None => problem
                .help("variables are declared under `variables` of the launch and `inputs` of a checklist"),
        }
    }
}

impl Spent {
    /// Whether so many bytes more are within the limit.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let spent = self.0.get().saturating_add(bytes);
        self.0.set(spent);
        spent <= MOST_FILLED
    }
}

fn use_of(part: PartKind, key: &str) -> Use {
    match part {
        PartKind::Links => Use::Address,
        // Of no source that is known.
        PartKind::Evidence => Use::Plain,
        PartKind::Plain | PartKind::Gate if REFERENCES.contains(&key) => Use::Reference,
        PartKind::Plain | PartKind::Gate if COMMANDS.contains(&key) => Use::Command,
        PartKind::Gate if key == "title" => Use::Answered,
        PartKind::Plain if key == TOLD => Use::Told,
        // A summary that holds an answer is refused where it is read.
        PartKind::Plain if key == "version" || key == "summary" => Use::Answered,
        PartKind::Plain | PartKind::Gate => Use::Other,
    }
}

/// What a source does not say about a limit is strict.
fn use_of_limit(offer: &SourceOffer, key: &str) -> Use {
    if offer.addresses.contains(&key) {
        Use::Address
    } else if offer.queries.contains(&key) {
        Use::Query
    } else if offer.text.contains(&key) {
        Use::Other
    } else {
        Use::Plain
    }
}

/// Into an address or a query goes only plain text, into its host nothing: a variable must not be able to change
/// what is asked, or whom.
fn plain(value: &str, name: &str, usage: Use, before: &str, span: Span) -> Result<(), Box<Problem>> {
    if !matches!(usage, Use::Address | Use::Query | Use::Plain) {
        return Ok(());
    }
    if usage == Use::Address {
        let path = before.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
        if !path {
            let problem = Problem::new("unsafe-value", "a variable cannot be part of a host");
            let help = "write the scheme and host out; variables can come after the `/` that follows";
            return Err(Box::new(problem.at(span, "before the path of the address").help(help)));
        }
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._:/+@-".contains(&byte);
    // What waits for an answer is looked at when the answer is there.
    let plain = |piece: &TemplatePiece<'_>| match piece {
        TemplatePiece::Text(text) => text.bytes().all(fits),
        TemplatePiece::Name(name, _) => answer(name).is_some(),
        TemplatePiece::Braces => false,
    };
    if pieces(value).is_ok_and(|pieces| pieces.iter().all(plain)) {
        return Ok(());
    }
    let problem = Problem::new(
        "unsafe-value",
        format!("the value of `{name}` cannot be used in an address or a query"),
    );
    let problem = problem.at(span, format!("its value is `{value}`"));
    Err(Box::new(problem.help("only letters, digits and . _ : / + @ - can be used there")))
}

fn never_answered(name: &str, span: Span) -> Box<Problem> {
    let problem = Problem::new("template-place", "people's answers are not filled in here");
    let problem = problem.at(span, "only in `version`, titles of gates, evidence and texts of messages");
    Box::new(match name {
        "version" => problem.help(
            "the version holds `{{ answers... }}`; the text of a message can say `{{ launch.version }}` instead",
        ),
        _ if answer(name).is_some() => problem,
        _ => problem.help(format!("the value of `{name}` holds `{{{{ answers... }}}}`")),
    })
}

fn never_closed(scalar: &Scalar<'_>, open: Range<usize>) -> Box<Problem> {
    let problem = Problem::new("bad-template", "`{{` is never closed")
        .at(scalar.part(open.start, open.end), "opened here");
    Box::new(problem.help("write `{{{{` for two braces that are just text"))
}

fn too_much(span: Span) -> Box<Problem> {
    let problem = Problem::new("too-much-text", "variables make this text too long");
    Box::new(problem.at(span, "the limit is here"))
}
