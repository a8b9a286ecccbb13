//! The keys and filters that a user chose for the cockpit: read by the settings, known by the cockpit.

use std::sync::Arc;

use gonogo_cockpit::{Keymap, Message, filter_fault, is_filter_name};
use gonogo_settings::{KeyFault, Settings, ViewFault};

/// What is wrong with them.
pub fn faults(written: &[(String, Vec<String>)]) -> Vec<KeyFault> {
    let told = |it: gonogo_cockpit::KeyFault| KeyFault {
        action: it.action,
        key: it.key,
        message: it.message,
        help: it.help,
    };
    Keymap::with(written).err().unwrap_or_default().into_iter().map(told).collect()
}

/// The keys that hold. Settings with a fault are not opened.
pub fn chosen(settings: &Settings) -> Arc<Keymap> {
    Arc::new(Keymap::with(&settings.keys).unwrap_or_default())
}

/// What is wrong with a filter that was given a name.
pub fn view_fault(name: &str, filter: &str) -> Option<ViewFault> {
    if is_filter_name(name) {
        let message = format!("`{name}` is a filter that is there already");
        return Some(ViewFault::Name { message, help: "give it another name".into() });
    }
    if filter.trim().is_empty() {
        let (message, help) = ("a filter without terms hides nothing", "write terms: owner:qa is:open");
        return Some(ViewFault::Filter { message: message.into(), help: help.into() });
    }
    let (term, help) = filter_fault(filter)?;
    Some(ViewFault::Filter { message: format!("`{term}` is no term of a filter"), help })
}

/// The filters with a name, for the cockpit.
pub fn views(settings: &Settings) -> Message {
    Message::Views(settings.views.clone())
}
