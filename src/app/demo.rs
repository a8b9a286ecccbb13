//! The bundled launch and its recorded day.

use gonogo_domain::{Actor, Known, Launch};

/// The recorded day, see [`gonogo_source::recorded`].
pub(super) const DAY: &str = include_str!("demo/day.jsonl");

macro_rules! bundled {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_bytes!(concat!("checklists/", $name)).as_slice())),+]
    };
}

/// Who somebody at the keyboard is in the demo: whoever makes the final call, known as the story's people are.
pub(super) fn somebody(launch: &Launch) -> Option<Actor> {
    let plan = launch.roll_call.as_ref()?;
    let holders = launch.roles.get(&plan.final_call).map_or(&[][..], |role| &role.people);
    let name = holders.first().unwrap_or(&plan.final_call).clone();
    let login = launch.people.get(&name).and_then(|person| person.github.clone());
    let known = login.map_or(Known::Claimed, |login| Known::Checked { login });
    Some(Actor { name, known })
}

/// The bundled launch's files; the launch itself first.
pub(super) fn files() -> Vec<(String, Vec<u8>)> {
    bundled![
        "launch.yaml",
        "qa.yaml",
        "flags.yaml",
        "gtm.yaml",
        "support-macros.yaml",
        "comms.yaml",
        "rollback.yaml"
    ]
    .into_iter()
    .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
    .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::DAY;
    use crate::{LaunchSelection, Opened, PlaybackClock, Session, open, player::Player};
    use gonogo_clock::Clock;
    use gonogo_domain::{Act, History, Known, MessageStep, Scope};
    use gonogo_source::recorded::{RecordedEntry, RecordedLine, Recording};

    fn opened() -> Opened {
        open(LaunchSelection { demo: true, ..LaunchSelection::default() }).unwrap()
    }

    /// Every line with the digest of the gate, or of the words, it is about.
    fn signed(opened: &Opened, lines: &mut [RecordedLine]) {
        for RecordedLine { entry, .. } in lines {
            let RecordedEntry::Did { what, .. } = entry else { continue };
            if let Act::SignedOff { gate, digest, .. }
            | Act::Waived { gate, digest, .. }
            | Act::NotNeeded { gate, digest, .. }
            | Act::Confirmed { gate, digest, .. } = what
            {
                *digest = opened.loaded.launch.gate(gate).unwrap().digest.clone();
            }
            if let Act::Message { of, step: MessageStep::Sent { digest, text, .. } } = what {
                *digest = opened.loaded.launch.message(&of.message).unwrap().1.digest(text);
            }
        }
    }

    /// The bundled day with every answer bound to the question that the bundled files ask at that moment.
    fn bound() -> String {
        let opened = opened();
        let mut recording = Recording::parse(DAY).unwrap();
        signed(&opened, &mut recording.lines);
        let launch = Arc::new(opened.loaded.launch.clone());
        let mut at = 0;
        while at < recording.lines.len() {
            let playback =
                PlaybackClock::new(Clock::system(), recording.header.from, recording.header.until, 60);
            playback.finish();
            let mut player = Player::new(Arc::new(recording.clone()), playback);
            let mut live = Session::new(Arc::clone(&launch), History::default(), Scope::default());
            let mut next = 0;
            while next <= at {
                if let Some(due) = player.step(&mut live).unwrap() {
                    let event = player.event(&mut live, due).unwrap();
                    live.take_event(&event);
                }
                next += 1;
            }
            let questions = live.demands().questions;
            at += 1;
            // Acts change questions; answers do not.
            for line in &mut recording.lines[at..] {
                let RecordedEntry::Observed { gate, question, .. } = &mut line.entry else { break };
                let asked = questions.iter().find(|it| it.gate == *gate);
                *question = asked.unwrap_or_else(|| panic!("{gate} is not asked then")).digest.clone();
                at += 1;
            }
        }
        let header = DAY.lines().next().unwrap();
        let lines: String = recording.lines.iter().map(Recording::line).collect();
        format!("{header}\n{lines}")
    }

    /// In about three minutes, and each chapter is about what it is called.
    #[test]
    fn the_story_takes_three_minutes() {
        let recording = Recording::parse(DAY).unwrap();
        let header = &recording.header;
        let story = PlaybackClock::story(Clock::system(), header.from, header.until, &header.chapters);
        story.pause(true);
        let told = header.chapters.iter().map(|it| it.seconds).sum::<u32>();
        assert!((165..=195).contains(&told), "{told} s");
        assert_eq!(header.chapters[0].at, header.from);
        assert!(header.chapters.windows(2).all(|pair| pair[0].at < pair[1].at));
        assert!(header.chapters.iter().all(|it| it.at < header.until && it.title.len() <= 16));
        let of = |title: &str| header.chapters.iter().position(|it| it.title.starts_with(title)).unwrap();
        let within = |title: &str, what: fn(&Act) -> bool| {
            let (from, next) = (&header.chapters[of(title)], header.chapters.get(of(title) + 1));
            let until = next.map_or(header.until, |it| it.at);
            let mut lines = recording.lines.iter().filter(|it| it.at >= from.at && it.at < until);
            lines.any(|line| matches!(&line.entry, RecordedEntry::Did { what: act, .. } if what(act)))
        };
        assert!(within("Roll call", |act| matches!(act, Act::Voted { .. })));
        assert!(within("GO", |act| matches!(act, Act::Decided { .. })));
        assert!(within("Rollback", |act| matches!(act, Act::RollbackEnded { .. })));
        assert!(within("Recovery", |act| matches!(act, Act::Decided { .. })));
        assert!(within("Canary again", |act| matches!(act, Act::Stage { .. })));
    }

    /// Whoever sits down at the demo is somebody in it, who may decide and roll back.
    #[test]
    fn a_newcomer_is_somebody() {
        let launch = &opened().loaded.launch;
        let me = super::somebody(launch).unwrap();
        assert!(launch.speaks_for(&me.name, &"launch-director".into(), &[]));
        assert!(launch.speaks_for(&me.name, &"on-call".into(), &[]));
        assert!(matches!(me.known, Known::Checked { .. }));
    }

    /// `GONOGO_BIND_DEMO=1 cargo test --workspace --lib demo::` binds it anew, after the bundled files have changed.
    #[test]
    fn the_day_answers_the_questions_of_the_bundled_files() {
        let bound = bound();
        if std::env::var_os("GONOGO_BIND_DEMO").is_some() {
            let file = concat!(env!("CARGO_MANIFEST_DIR"), "/demo/day.jsonl");
            std::fs::write(file, &bound).unwrap();
            return;
        }
        for (line, bound) in DAY.lines().zip(bound.lines()) {
            assert_eq!(line, bound, "bind the day anew, as above");
        }
        assert_eq!(DAY.lines().count(), bound.lines().count());
    }
}
