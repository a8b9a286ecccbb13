//! The keys that a user chose for the cockpit: read by the settings, known by the cockpit.

use std::sync::Arc;

use gonogo_cockpit::Keymap;
use gonogo_settings::{KeyFault, Settings};

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
