//! Filters of the board that have a name.

use super::{SettingsCheck, is_id};
use crate::ViewFault;
use gonogo_yaml::{Entries, Spanned};

impl SettingsCheck<'_> {
    /// Filters with a name. What a filter can say, whoever opened the settings knows.
    pub(super) fn views(&mut self, written: &Entries<Spanned<String>>) -> Vec<(String, String)> {
        for (name, filter) in &written.0 {
            if !is_id(&name.value) {
                self.wrong(name, "not an id", "use lower-case letters, digits, - and _");
            }
            match (self.known.views)(&name.value, &filter.value) {
                Some(ViewFault::Name { message, help }) => self.wrong(name, message, help),
                Some(ViewFault::Filter { message, help }) => self.wrong(filter, message, help),
                None => {}
            }
        }
        let plain = |text: &Spanned<String>| text.value.trim().to_owned();
        written.0.iter().map(|(name, filter)| (name.value.clone(), plain(filter))).collect()
    }
}
