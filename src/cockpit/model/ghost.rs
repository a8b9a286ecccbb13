//! How the text of a field could go on: names and moments of the launch, offered behind what is typed and taken with Right.

use super::{
    Model,
    form::{Field, Name, Value},
};
use gonogo_domain::Party;

/// Lengths from T that people write most.
const FROM_T: [&str; 6] = ["T", "T+30m", "T+1h", "T+2h", "T+4h", "T+24h"];

impl Model {
    /// What could stand behind what is typed in the focused field; `None`: nothing is known of it, or the cursor is not at the
    /// end.
    pub(crate) fn ghost(&self) -> Option<String> {
        let form = self.form.as_ref()?;
        let field = form.fields.get(form.focus)?;
        let Value::Text(text) = &field.value else { return None };
        let (typed, behind) = text.halves();
        if typed.is_empty() || !behind.is_empty() {
            return None;
        }
        let goes_on = |it: &String| it.strip_prefix(typed).filter(|rest| !rest.is_empty()).map(str::to_owned);
        self.completes(field).iter().find_map(goes_on)
    }

    fn completes(&self, field: &Field) -> Vec<String> {
        match field.name {
            Name::To | Name::Lead | Name::CommsRole | Name::Scribe => {
                let roles = self.launch.roles.keys().map(Party::to_string);
                roles.chain(self.launch.people.keys().map(Party::to_string)).collect()
            }
            Name::Gate => self.board.gates.iter().map(|gate| gate.id.to_string()).collect(),
            Name::UntilTrue => {
                let gates = self.board.gates.iter().map(|gate| gate.id.to_string());
                let lists = self.launch.checklists.iter().map(|it| it.id.to_string());
                gates.chain(lists).collect()
            }
            Name::Until | Name::T0 | Name::NewDate => {
                let anchors = self.launch.schedule.anchors.keys().map(ToString::to_string);
                FROM_T.iter().map(ToString::to_string).chain(anchors).collect()
            }
            Name::Severity | Name::Likelihood => {
                ["low", "medium", "high"].iter().map(ToString::to_string).collect()
            }
            _ => Vec::new(),
        }
    }
}
