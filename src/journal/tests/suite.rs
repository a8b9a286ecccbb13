//! What every kind of store must do. Each function gets a store of its own, or a launch name of its own in one.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::kit::{all, ann, append, at, event, fill};
use crate::{
    Access, Append, Correction, Head, Journal, JournalError, Keep, OpenOptions, RecordedAnswer, RecordedPoll,
    read_export,
};
use gonogo_domain::{Act, BoardWord, Decision, DecisionTerms, Digest, Event, IncidentStep, KeptBoard};

/// Where the suite's journals live.
pub(super) trait Stores: Sync {
    fn open(&self, options: OpenOptions) -> Result<Journal, JournalError>;

    fn journal(&self, launch: &str) -> Journal {
        self.open(OpenOptions::new(launch)).unwrap()
    }
}

type Test = fn(&dyn Stores);

/// The suite, by name.
pub(super) const SUITE: &[(&str, Test)] = &[
    ("entries_come_back_as_they_went_in", entries_come_back_as_they_went_in),
    ("the_same_event_is_recorded_once", the_same_event_is_recorded_once),
    ("an_id_stands_for_one_content", an_id_stands_for_one_content),
    ("the_second_of_two_sees_the_first", the_second_of_two_sees_the_first),
    ("a_head_of_another_history_is_refused", a_head_of_another_history_is_refused),
    ("launches_have_chains_of_their_own", launches_have_chains_of_their_own),
    ("calls_of_another_launch_are_read_beside_ones_own", calls_of_another_launch_are_read_beside_ones_own),
    ("reading_never_writes", reading_never_writes),
    ("watchers_hear_of_others", watchers_hear_of_others),
    ("the_mark_only_rises", the_mark_only_rises),
    ("a_correction_resets_the_mark", a_correction_resets_the_mark),
    ("exports_are_whole_or_refused", exports_are_whole_or_refused),
    ("copies_keep_their_hashes", copies_keep_their_hashes),
    ("a_replay_sees_what_was_seen", a_replay_sees_what_was_seen),
    ("pruning_keeps_the_newest", pruning_keeps_the_newest),
    ("one_cockpit_records", one_cockpit_records),
    ("verify_knows_a_kept_head", verify_knows_a_kept_head),
];

fn entries_come_back_as_they_went_in(stores: &dyn Stores) {
    let journal = stores.journal("as-they-went-in");
    assert_eq!(journal.head().wait(), Ok(Head::genesis("as-they-went-in")));
    let entries = fill(&journal, 5);
    assert_eq!(all(&journal), entries);
    assert_eq!(journal.read_since(3).wait().unwrap(), entries[3..]);
    assert_eq!(journal.read_since(5).wait().unwrap(), []);
    assert_eq!(journal.read_since(99).wait().unwrap(), []);
    for (n, entry) in entries.iter().enumerate() {
        assert_eq!(entry.seq, n as u64 + 1);
        assert_eq!(serde_json::from_slice::<Event>(&entry.stored).unwrap(), entry.event);
    }
    super::kit::close(&journal);
    let again = stores.journal("as-they-went-in");
    assert_eq!(all(&again), entries);
    assert_eq!(again.head().wait().unwrap(), entries[4].head());
}

fn the_same_event_is_recorded_once(stores: &dyn Stores) {
    let journal = stores.journal("once");
    let first = event("once", 1);
    let entry = append(&journal, &first).unwrap();
    fill(&journal, 2);
    for head in [Head::genesis("once"), entry.head(), journal.head().wait().unwrap()] {
        assert_eq!(journal.append(&first, head).wait(), Ok(Append::Appended(Box::new(entry.clone()))));
    }
    assert_eq!(all(&journal).len(), 3);
}

fn an_id_stands_for_one_content(stores: &dyn Stores) {
    let (one, two) = (stores.journal("content-1"), stores.journal("content-2"));
    let first = event("content-1", 1);
    append(&one, &first).unwrap();
    let other = Event { version: "2.0".into(), ..first.clone() };
    assert_eq!(append(&one, &other), Err(JournalError::IdReused { id: first.id }));
    let elsewhere = Event { launch: "content-2".into(), ..first.clone() };
    assert_eq!(append(&two, &elsewhere), Err(JournalError::IdReused { id: first.id }));
    assert!(matches!(append(&two, &first), Err(JournalError::WrongLaunch { .. })));
    assert_eq!((all(&one).len(), all(&two).len()), (1, 0));
}

fn the_second_of_two_sees_the_first(stores: &dyn Stores) {
    let (one, two) = (stores.journal("two"), stores.journal("two"));
    let start = fill(&one, 2).pop().unwrap().head();
    let (mine, theirs) = (event("two", 3), event("two", 4));
    let Append::Appended(first) = one.append(&mine, start).wait().unwrap() else {
        panic!("nobody was first")
    };
    let conflict = two.append(&theirs, start).wait().unwrap();
    assert_eq!(conflict, Append::Conflict(vec![(*first).clone()]));
    assert_eq!(all(&two).len(), 3, "a conflict records nothing");
    let Append::Appended(second) = two.append(&theirs, first.head()).wait().unwrap() else {
        panic!("nobody was first")
    };
    assert_eq!(second.prev_hash, first.hash);
}

fn a_head_of_another_history_is_refused(stores: &dyn Stores) {
    let journal = stores.journal("heads");
    let entries = fill(&journal, 3);
    let forged = Head { seq: 2, hash: entries[0].hash };
    let ahead = Head { seq: 9, hash: entries[2].hash };
    for head in [forged, ahead, Head::genesis("other"), Head { seq: 0, hash: entries[0].hash }] {
        let answer = journal.append(&event("heads", 9), head).wait();
        assert!(matches!(answer, Err(JournalError::UnknownHead { .. })), "{head}: {answer:?}");
    }
    assert_eq!(all(&journal), entries);
}

fn launches_have_chains_of_their_own(stores: &dyn Stores) {
    let (one, two) = (stores.journal("chain-1"), stores.journal("chain-2"));
    for n in 0..3 {
        append(&one, &event("chain-1", n)).unwrap();
        append(&two, &event("chain-2", n)).unwrap();
    }
    assert_eq!(all(&one).last().unwrap().seq, 3);
    assert_ne!(all(&one)[0].prev_hash, all(&two)[0].prev_hash);
    let launches = one.launches().wait().unwrap();
    assert!(
        ["chain-1", "chain-2"].iter().all(|it| launches.iter().any(|launch| launch == it)),
        "{launches:?}"
    );
}

fn calls_of_another_launch_are_read_beside_ones_own(stores: &dyn Stores) {
    let (mine, theirs) = (stores.journal("calls-mine"), stores.journal("calls-theirs"));
    fill(&mine, 2);
    assert_eq!(mine.calls_of("calls-theirs").wait(), Ok(Vec::new()));
    let decided = |n: u64, decision| Event {
        act: Act::Decided {
            round: None,
            decision,
            reason: "because".into(),
            board: KeptBoard::default(),
            word: BoardWord::Go,
            overrides: false,
            over: Vec::new(),
            terms: DecisionTerms::default(),
        },
        ..event("calls-theirs", n)
    };
    let incident = Event {
        act: Act::Incident { incident: 1, step: IncidentStep::Mitigated { note: None } },
        ..event("calls-theirs", 3)
    };
    // What looks like one in somebody's words is none.
    let answers = BTreeMap::from([("act".into(), "decided".into())]);
    let gate = "qa/a".into();
    let digest = Digest::of([b"gate".as_slice()]);
    let signed = Act::SignedOff { gate, digest, go: true, role: "qa".into(), note: None, answers };
    let stop = decided(2, Decision::NoGo { option: None, new_date: None });
    let signed = Event { act: signed, ..event("calls-theirs", 4) };
    for it in [&decided(1, Decision::GO), &stop, &incident, &event("calls-theirs", 5), &signed] {
        append(&theirs, it).unwrap();
    }
    let told = mine.calls_of("calls-theirs").wait().unwrap();
    assert_eq!(told, [stop, incident], "the newest call and each incident, in order");
    assert_eq!(mine.calls_of("calls-mine").wait(), Ok(Vec::new()));
}

fn reading_never_writes(stores: &dyn Stores) {
    let journal = stores.journal("reading");
    let entries = fill(&journal, 2);
    let view = stores.open(OpenOptions::new("reading").access(Access::Read)).unwrap();
    assert_eq!(all(&view), entries);
    let head = view.head().wait().unwrap();
    assert_eq!(view.append(&event("reading", 3), head).wait(), Err(JournalError::ReadOnly));
    let poll = RecordedPoll { source: "github".into(), observations: Vec::new(), targets: Vec::new() };
    assert_eq!(view.record_observations(poll).wait(), Err(JournalError::ReadOnly));
    assert_eq!(
        view.note_clock(at(9), None).wait(),
        Ok(at(9)),
        "a view knows the time, and keeps it to itself"
    );
    assert_eq!(journal.clock().wait().unwrap().high_water, None);
    // A launch that nobody has written to is empty, not an error.
    let empty = stores.open(OpenOptions::new("reading-nothing").access(Access::Read)).unwrap();
    assert_eq!(all(&empty), []);
}

fn watchers_hear_of_others(stores: &dyn Stores) {
    let (one, two) = (stores.journal("watch"), stores.journal("watch"));
    let mut watch = two.watch();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for n in 0..3 {
        let head = append(&one, &event("watch", n)).unwrap().head();
        let told = runtime.block_on(async {
            let wait = watch.wait_for(|seen| seen.head == head);
            tokio::time::timeout(std::time::Duration::from_secs(20), wait).await.map(|it| it.unwrap().clone())
        });
        let told = told.expect("an entry of another cockpit must show");
        assert_eq!((told.offline, told.broken), (None, None));
        assert_eq!(all(&two).last().unwrap().head(), head);
    }
}

fn the_mark_only_rises(stores: &dyn Stores) {
    let journal = stores.journal("mark");
    assert_eq!(journal.clock().wait().unwrap().high_water, None);
    assert_eq!(journal.note_clock(at(100), Some(at(90))).wait(), Ok(at(100)));
    assert_eq!(journal.note_clock(at(50), None).wait(), Ok(at(100)), "turned back");
    assert_eq!(
        journal.note_clock(at(9_999), Some(at(110))).wait(),
        Ok(at(100)),
        "over ten minutes off a server's date"
    );
    super::kit::close(&journal);
    let again = stores.journal("mark");
    assert_eq!(again.clock().wait().unwrap().high_water, Some(at(100)), "kept over a restart");
    assert_eq!(again.note_clock(at(60), None).wait(), Ok(at(100)));
    let other = stores.journal("mark");
    assert_eq!(other.note_clock(at(200), None).wait(), Ok(at(200)));
    assert_eq!(again.note_clock(at(150), None).wait(), Ok(at(200)), "another cockpit saw a later clock");
}

fn a_correction_resets_the_mark(stores: &dyn Stores) {
    let journal = stores.journal("correction");
    let year = TimeDelta::days(365);
    journal.note_clock(at(0) + year, None).wait().unwrap();
    let other = stores.journal("correction");
    assert_eq!(other.note_clock(at(1), None).wait(), Ok(at(0) + year));
    let correction =
        Correction { at: at(5), to: at(5), by: ann(), reason: "the laptop was a year ahead".into() };
    journal.correct_clock(correction.clone()).wait().unwrap();
    assert_eq!(journal.note_clock(at(6), None).wait(), Ok(at(6)));
    assert_eq!(other.note_clock(at(7), None).wait(), Ok(at(7)), "a correction counts for every cockpit");
    super::kit::close(&journal);
    let mark = stores.journal("correction").clock().wait().unwrap();
    assert_eq!((mark.high_water, mark.corrections), (Some(at(7)), vec![correction]));
}

fn exports_are_whole_or_refused(stores: &dyn Stores) {
    let journal = stores.journal("export");
    let entries = fill(&journal, 3);
    let lines = journal.export().wait().unwrap();
    assert_eq!(read_export(&lines), Ok(("export".into(), entries)));
    let text = std::str::from_utf8(&lines).unwrap();
    assert_eq!(text.lines().count(), 5, "one record per line");
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
        let odd = line.chars().find(|it| !it.is_ascii_graphic() && *it != ' ' && !it.is_alphanumeric());
        assert_eq!(odd, None, "{line}");
    }
    for cut in 0..lines.len() - 1 {
        assert!(read_export(&lines[..cut]).is_err(), "cut at byte {cut}");
    }
    for at in (0..lines.len()).step_by(7) {
        let mut changed = lines.clone();
        changed[at] ^= 1;
        assert!(read_export(&changed).is_err(), "byte {at}");
    }
}

fn copies_keep_their_hashes(stores: &dyn Stores) {
    let from = Journal::open(&crate::Location::Memory, OpenOptions::new("copy")).unwrap();
    let entries = fill(&from, 4);
    from.note_clock(at(77), None).wait().unwrap();
    let to = stores.journal("copy");
    assert_eq!(Journal::copy(&from, &to), Ok(entries[3].head()));
    assert_eq!(all(&to), entries);
    assert_eq!(to.clock().wait().unwrap().high_water, Some(at(77)));
    let more = append(&from, &event("copy", 9)).unwrap();
    assert_eq!(Journal::copy(&from, &to), Ok(more.head()), "a copy can be continued");
    append(&to, &event("copy", 10)).unwrap();
    append(&from, &event("copy", 11)).unwrap();
    assert!(Journal::copy(&from, &to).is_err(), "two histories are never mixed");
    assert_eq!(all(&to).len(), 6);
}

fn a_replay_sees_what_was_seen(stores: &dyn Stores) {
    super::observed::a_replay_sees_what_was_seen(&stores.journal("replay"));
}

fn pruning_keeps_the_newest(stores: &dyn Stores) {
    let journal = stores.journal("prune");
    super::observed::record_a_day(&journal);
    let before = journal.observations_between(at(0), at(10_000)).wait().unwrap();
    let gone = journal.prune_observations(Keep { since: Some(at(500)), bytes: None }).wait().unwrap();
    assert!(gone > 0);
    let after = journal.observations_between(at(500), at(10_000)).wait().unwrap();
    let late =
        |all: &[crate::RecordedMoment]| all.iter().filter(|it| it.at >= at(500)).cloned().collect::<Vec<_>>();
    assert_eq!(late(&after), late(&before), "what is kept is unchanged");
    journal.prune_observations(Keep { since: None, bytes: Some(0) }).wait().unwrap();
    let left = journal.observations_between(at(0), at(10_000)).wait().unwrap();
    let gates = left.iter().filter(|it| matches!(it.answer, RecordedAnswer::Gate(_))).count();
    assert_eq!((gates, left.len()), (3, 4), "the newest answer about each gate and target");
}

fn one_cockpit_records(stores: &dyn Stores) {
    let (one, two) = (stores.journal("lease"), stores.journal("lease"));
    let poll = || super::observed::poll(0, &[("qa/a", "1")]);
    assert_eq!(one.record_observations(poll()).wait(), Ok(true));
    assert_eq!(two.record_observations(poll()).wait(), Ok(false), "another one records");
    assert_eq!(one.record_observations(poll()).wait(), Ok(true));
    super::kit::close(&one);
    assert_eq!(two.record_observations(poll()).wait(), Ok(true), "the other one is gone");
}

fn verify_knows_a_kept_head(stores: &dyn Stores) {
    let journal = stores.journal("verify");
    let entries = fill(&journal, 3);
    for kept in [None, Some(Head::genesis("verify")), Some(entries[1].head()), Some(entries[2].head())] {
        assert_eq!(journal.verify(kept).wait().unwrap().head, entries[2].head());
    }
    let cut = Head { seq: 4, hash: entries[2].hash };
    let forged = Head { seq: 2, hash: entries[2].hash };
    for kept in [cut, forged] {
        let broken = journal.verify(Some(kept)).wait();
        assert!(
            matches!(&broken, Err(JournalError::Broken { seq: Some(seq), .. }) if *seq == kept.seq),
            "{broken:?}"
        );
    }
    assert_eq!(kept_as_text(entries[2].head()), entries[2].head());
}

fn kept_as_text(head: Head) -> Head {
    head.to_string().parse().unwrap()
}

/// SQLite files, one folder per test.
pub(super) struct Files(tempfile::TempDir);

impl Stores for Files {
    fn open(&self, options: OpenOptions) -> Result<Journal, JournalError> {
        let poll = Some(std::time::Duration::from_millis(20));
        super::kit::open_with(&self.0.path().join("journal.db"), OpenOptions { poll, ..options })
    }
}

macro_rules! on_files {
    ($($name:ident),* $(,)?) => {
        mod on_files {
            $(#[test]
            fn $name() {
                super::$name(&super::Files(crate::tests::kit::folder(20)));
            })*

            #[test]
            fn the_list_is_whole() {
                assert_eq!([$(stringify!($name)),*].as_slice(), super::SUITE.iter().map(|it| it.0).collect::<Vec<_>>());
            }
        }
    };
}

on_files!(
    entries_come_back_as_they_went_in,
    the_same_event_is_recorded_once,
    an_id_stands_for_one_content,
    the_second_of_two_sees_the_first,
    a_head_of_another_history_is_refused,
    launches_have_chains_of_their_own,
    calls_of_another_launch_are_read_beside_ones_own,
    reading_never_writes,
    watchers_hear_of_others,
    the_mark_only_rises,
    a_correction_resets_the_mark,
    exports_are_whole_or_refused,
    copies_keep_their_hashes,
    a_replay_sees_what_was_seen,
    pruning_keeps_the_newest,
    one_cockpit_records,
    verify_knows_a_kept_head,
);
