//! Which variables a file sees, and their values.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
    sync::Arc,
};

use super::names::Where;
use gonogo_domain::Str;

/// First parts of names with dots, and other words that cannot be variables.
pub(super) const RESERVED: [&str; 6] = ["version", "title", "risk", "target", "stage", "answers"];

/// A variable.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) value: Str,
    /// The values that it may have; empty: any.
    pub(super) one_of: Arc<BTreeSet<Str>>,
    /// Where it is declared; `None` for what every launch has.
    pub(super) place: Option<Where>,
    /// Shared by all files that see the variable.
    used: Rc<Cell<bool>>,
    /// What conditions compare it with, in all of those files.
    compared: Rc<RefCell<BTreeSet<Str>>>,
}

/// The variables of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct VariableScope {
    variables: BTreeMap<Str, Variable>,
    /// Whether all variables could be read. If not, none is reported as unknown.
    pub(super) whole: bool,
}

impl Variable {
    pub(super) fn new(value: Str, place: Option<Where>) -> Self {
        Self { value, one_of: Arc::default(), place, used: Rc::default(), compared: Rc::default() }
    }
}

impl Variable {
    /// The same with another value.
    pub(super) fn with_value(self, value: &str) -> Self {
        Self { value: value.into(), ..self }
    }

    /// The same with the values that it may have.
    pub(super) fn with_values(self, one_of: Arc<BTreeSet<Str>>) -> Self {
        Self { one_of, ..self }
    }

    /// A condition compares it with these.
    pub(super) fn compare<'w>(&self, words: impl Iterator<Item = &'w str>) {
        self.compared.borrow_mut().extend(words.map(Str::from));
    }

    /// Whether conditions compare it, and none of them with this.
    pub(super) fn is_never(&self, value: &str) -> bool {
        let compared = self.compared.borrow();
        !compared.is_empty() && !compared.contains(value)
    }

    /// Everything that conditions compare it with.
    pub(super) fn compared(&self) -> Vec<Str> {
        self.compared.borrow().iter().cloned().collect()
    }

    /// Whether anything named it so far.
    pub(super) fn is_used(&self) -> bool {
        self.used.get()
    }
}

impl VariableScope {
    pub(super) fn new() -> Self {
        Self { whole: true, ..Self::default() }
    }

    /// Adds a variable, in place of one of that name.
    pub(super) fn insert(&mut self, name: &str, variable: Variable) {
        self.variables.insert(name.into(), variable);
    }

    /// Adds what every launch has.
    pub(super) fn built_in(&mut self, name: &str, value: &str) {
        self.insert(name, Variable::new(value.into(), None));
    }

    /// The variable of this name; from then on it counts as used.
    pub(super) fn get(&self, name: &str) -> Option<&Variable> {
        let variable = self.variables.get(name)?;
        variable.used.set(true);
        Some(variable)
    }

    /// As [`VariableScope::get`] without using it.
    pub(super) fn peek(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    /// All variables in order of name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Variable)> {
        self.variables.iter().map(|(name, variable)| (name.as_ref(), variable))
    }

    /// All names that can be written here.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(AsRef::as_ref)
    }
}
