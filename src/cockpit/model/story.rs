//! A story that somebody plays in: where it is, and that it waits for them.

use super::Model;
use crate::Action::{Faster, Pause, SeekBack, SeekForward, Slower};
use crate::{Effect, Playback, PlaybackMove, Request, when::moment};

impl Model {
    /// The story stands still while somebody writes in a form, and goes on when that is closed. A form that nobody has
    /// touched keeps nobody waiting.
    pub(crate) fn story_waits(&mut self, typed: bool) -> Option<Effect> {
        self.playback.as_ref()?.story.as_ref()?;
        let wanted = self.form.is_some() && (typed || self.waits);
        if wanted == self.waits {
            return None;
        }
        self.waits = wanted;
        Some(Effect::Ask(Request::Playback(PlaybackMove::Wait(wanted))))
    }

    /// The key that pauses here: Space calls the next station in a roll call.
    fn pause_key(&self) -> String {
        let own = self.keymap.bindings().filter(|(it, _)| it.action == Pause).flat_map(|(_, keys)| keys);
        let mut here = own.filter(|key| self.keymap.lookup(self.context(), true, **key) == Some(Pause));
        here.next().map_or_else(|| self.keymap.said(Pause), |key| key.name())
    }

    /// Where a recording is, with what steers it.
    pub(super) fn played(&self, playback: &Playback) -> String {
        let Some(story) = &playback.story else {
            let zone = self.launch.schedule.zone;
            let (at, end) = (moment(playback.at, playback.at, zone), moment(playback.end, playback.at, zone));
            let state = if playback.paused { "paused".to_owned() } else { format!("{}x", playback.speed) };
            return format!("{} {state}, {at} of {end}. This is a recording.", playback.name);
        };
        // The clocks are above it.
        let state = match (story.waits, playback.paused, story.times) {
            (true, ..) => ", it waits for you.".to_owned(),
            (_, true, _) => ", paused.".to_owned(),
            (.., Some(times)) if (times - 1.0).abs() > f64::EPSILON => format!(", {times}x."),
            _ => ". This is a recording.".to_owned(),
        };
        let keys = format!(
            "{} pause  {} {} chapter  {} {} pace",
            self.pause_key(),
            self.keymap.said(SeekBack),
            self.keymap.said(SeekForward),
            self.keymap.said(Slower),
            self.keymap.said(Faster)
        );
        format!("{} {}/{} {}{state} {keys}", playback.name, story.number, story.of, story.title)
    }
}
