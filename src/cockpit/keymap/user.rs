//! The keys that a user chose.

use std::borrow::Cow;

use super::{Action, BINDINGS, Binding, Code, Context, Key, Keymap};

/// Without a key for these nobody would find the rest.
const NEEDED: &[Action] = &[Action::Help, Action::Palette, Action::Quit, Action::Back];

/// Contexts that have the keyboard and show a screen.
const SCREENS: &[Context] = &[
    Context::List,
    Context::Detail,
    Context::Timeline,
    Context::Sources,
    Context::Path,
    Context::RollCall,
    Context::Rollback,
    Context::History,
    Context::Past,
];

/// What is wrong with keys that a user wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFault {
    /// Which of the written actions, from 0.
    pub action: usize,
    /// Which of its keys, from 0; `None`: the action itself.
    pub key: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl Keymap {
    /// The table with these actions on these keys instead of their own, by name. Keys of text fields are the same for
    /// everybody.
    ///
    /// # Errors
    /// Everything that is wrong: a name that is none, a key that would do two things in one place.
    pub fn with(written: &[(String, Vec<String>)]) -> Result<Self, Vec<KeyFault>> {
        let mut map = Self::default();
        let mut faults = Vec::new();
        let mut chosen = Vec::new();
        for (at, (name, keys)) in written.iter().enumerate() {
            if let Some((action, keys)) = read(at, name, keys, &mut faults) {
                map.put(action, &keys);
                chosen.push((at, action, keys));
            }
        }
        for (at, action, keys) in &chosen {
            for (place, key) in keys.iter().enumerate() {
                faults.extend(map.conflict(*action, *key).map(|(other, context)| KeyFault {
                    action: *at,
                    key: Some(place),
                    message: format!(
                        "{} is the key of `{}` there as well ({})",
                        key.name(),
                        other.name(),
                        context.title()
                    ),
                    help: format!("choose another key, or give `{}` another one", other.name()),
                }));
            }
        }
        if faults.is_empty() { Ok(map) } else { Err(faults) }
    }

    fn put(&mut self, action: Action, keys: &[Key]) {
        for (binding, own) in BINDINGS.iter().zip(&mut self.keys) {
            if binding.action == action && is_free(binding) {
                *own = Cow::Owned(keys.to_vec());
            }
        }
    }

    /// What else this key of this action would do somewhere. Where the table itself puts one thing before another on the
    /// same key, it stays so.
    fn conflict(&self, action: Action, key: Key) -> Option<(Action, Context)> {
        let own = || self.bindings().filter(move |(it, keys)| it.action == action && keys.contains(&key));
        let others = || self.bindings().filter(move |(it, keys)| it.action != action && keys.contains(&key));
        for (mine, _) in own() {
            for (other, _) in others() {
                let usual = mine.keys.contains(&key) && other.keys.contains(&key);
                let shared = SCREENS.iter().find(|focus| meet(**focus, mine, other)).filter(|_| !usual);
                if let Some(context) = shared {
                    return Some((other.action, *context));
                }
            }
        }
        None
    }
}

/// Whether both work while `focus` has the keyboard.
fn meet(focus: Context, one: &Binding, other: &Binding) -> bool {
    // Looking back comes before everything else, so that nothing but its own keys matter there.
    let places = if focus == Context::Past { &[Context::Past][..] } else { focus.chain() };
    let works = |it: &Binding| it.contexts.iter().any(|place| places.contains(place));
    works(one) && works(other)
}

/// Whether its keys are for the user to choose.
fn is_free(binding: &Binding) -> bool {
    binding.contexts.iter().any(|place| !place.is_fixed())
}

fn read(at: usize, name: &str, keys: &[String], faults: &mut Vec<KeyFault>) -> Option<(Action, Vec<Key>)> {
    let mut wrong =
        |key, message: String, help: String| faults.push(KeyFault { action: at, key, message, help });
    let Some(action) = Action::named(name) else {
        let near = near(name).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        let help = format!("{near}the palette (:) and the help (?) list all names");
        wrong(None, format!("there is no action `{name}`"), help);
        return None;
    };
    let mut bound = BINDINGS.iter().filter(|it| it.action == action);
    if !bound.any(is_free) {
        let help = "take it out: keys of text fields are the same for everybody".to_owned();
        wrong(None, format!("the keys of `{name}` cannot be changed"), help);
        return None;
    }
    if keys.is_empty() && NEEDED.contains(&action) {
        wrong(
            None,
            format!("`{name}` needs a key"),
            "write at least one: without it nobody finds the rest".into(),
        );
    }
    let mut read = Vec::new();
    for (place, key) in keys.iter().enumerate() {
        let digit = |key: &Key| matches!(key.code, Code::Char('0'..='9')) && !key.ctrl && !key.alt;
        match Key::parse(key) {
            Ok(key) if read.contains(&key) => {
                wrong(Some(place), format!("{} twice", key.name()), "write each key once".into());
            }
            Ok(key) if digit(&key) && in_the_past(action) => {
                let help = "choose another key".to_owned();
                wrong(Some(place), "digits are a time of the day while looking back".to_owned(), help);
            }
            Ok(key) => read.push(key),
            Err(help) => wrong(Some(place), format!("`{key}` is no key"), help.to_owned()),
        }
    }
    Some((action, read))
}

fn in_the_past(action: Action) -> bool {
    BINDINGS.iter().any(|it| it.action == action && it.contexts.contains(&Context::Past))
}

/// The action whose name begins or ends like this one.
fn near(name: &str) -> Option<String> {
    let wanted: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let plain = |name: &str| name.replace('-', "");
    let names = || Action::ALL.iter().map(|it| it.name());
    let alike = |it: &String| {
        let it = plain(it);
        !wanted.is_empty() && (it.starts_with(&wanted) || wanted.starts_with(&it) || it.ends_with(&wanted))
    };
    names().find(|it| plain(it) == wanted).or_else(|| names().find(alike))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(written: &[(&str, &[&str])]) -> Result<Keymap, Vec<KeyFault>> {
        let owned = |(name, keys): &(&str, &[&str])| {
            ((*name).to_owned(), keys.iter().map(|it| (*it).to_owned()).collect())
        };
        Keymap::with(&written.iter().map(owned).collect::<Vec<_>>())
    }

    fn faults(written: &[(&str, &[&str])]) -> Vec<(usize, Option<usize>, String)> {
        with(written).unwrap_err().into_iter().map(|it| (it.action, it.key, it.message)).collect()
    }

    #[test]
    fn the_table_itself_has_no_conflict() {
        for action in Action::ALL {
            let keys: Vec<Key> = BINDINGS
                .iter()
                .filter(|it| it.action == *action && is_free(it))
                .flat_map(|it| it.keys.iter().copied())
                .collect();
            let map = Keymap::default();
            for key in keys {
                assert_eq!(map.conflict(*action, key), None, "{} of {action:?}", key.name());
            }
        }
    }

    #[test]
    fn a_chosen_key_replaces_the_usual_ones_and_no_others() {
        let map = with(&[("sign", &["S", "Alt-s"]), ("refresh", &[])]).unwrap();
        assert_eq!(map.lookup(Context::List, false, Key::char('S')), Some(Action::Sign));
        assert_eq!(map.lookup(Context::List, false, Key::char('s')), None);
        assert_eq!(map.lookup(Context::Timeline, false, Key::char('s')), Some(Action::MoveStage));
        assert_eq!(map.lookup(Context::List, false, Key::char('r')), None);
        assert_eq!((map.said(Action::Sign), map.said(Action::Refresh)), ("S".into(), ":refresh".into()));
        // Leaving works whatever the user wrote.
        let map = with(&[("quit", &["Q"])]).unwrap();
        assert_eq!(map.lookup(Context::List, false, Key::char('q')), None);
        assert_eq!(map.lookup(Context::Form, false, Key::ctrl('c')), Some(Action::Quit));
    }

    #[test]
    fn two_may_change_places() {
        let map = with(&[("sign", &["w"]), ("waive", &["s"])]).unwrap();
        assert_eq!(map.lookup(Context::List, false, Key::char('w')), Some(Action::Sign));
        assert_eq!(map.lookup(Context::Detail, false, Key::char('s')), Some(Action::Waive));
    }

    #[test]
    fn every_fault_names_its_place() {
        assert_eq!(faults(&[("sing", &["s"])])[0], (0, None, "there is no action `sing`".into()));
        assert_eq!(faults(&[("submit", &["x"])])[0].2, "the keys of `submit` cannot be changed");
        assert_eq!(faults(&[("help", &[])])[0].2, "`help` needs a key");
        assert_eq!(faults(&[("find", &["F1", "Ctrl-F", "Ctrl-F"])]).len(), 2);
        // In one place, across places, and with what everybody has.
        assert_eq!(faults(&[("find", &["w"])])[0].2, "w is the key of `waive` there as well (Board)");
        assert_eq!(faults(&[("refresh", &["s"])])[0].0, 0);
        assert_eq!(
            faults(&[("sign", &["q"])])[0].2,
            "q is the key of `quit` there as well (Board)",
            "what is nearer would hide it"
        );
        assert!(!faults(&[("find", &["Ctrl-C"])]).is_empty());
        let both = faults(&[("find", &["e"]), ("note", &["e"])]);
        assert_eq!(both.iter().map(|it| it.0).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(faults(&[("look-now", &["5"])])[0].2, "digits are a time of the day while looking back");
    }
}
