//! Why an action would do nothing now: asked of the same code that would do it.

use super::{gates, meeting};
use crate::{
    Action, Model, Screen,
    model::{Shown, Subject},
};

impl Model {
    /// Why this would be refused now; `None`: it would not be. What it would tell whoever tries.
    pub(crate) fn refusal(&self, action: Action, target: &Subject) -> Option<String> {
        let form = gates::form(self, action, target).or_else(|| meeting::form(self, action, target));
        if let Some(form) = form {
            return form.err().map(|notice| notice.text);
        }
        if let Some(notice) = meeting::refusal(self, action) {
            return Some(notice.text);
        }
        let why = match action {
            Action::OpenLink | Action::CopyLink => return gates::link_of(self, target).err(),
            Action::CopyCommand => gates::command_of(self, target).err()?,
            Action::Pause | Action::Faster | Action::Slower | Action::SeekForward | Action::SeekBack => {
                self.playback.is_none().then_some("this is no recording")?
            }
            Action::NextBlocker | Action::PreviousBlocker => {
                self.index.blockers().is_empty().then_some("no gate is in the way of GO")?
            }
            Action::NextMatch | Action::PreviousMatch => {
                self.search.wanted().is_none().then_some("nothing is looked for")?
            }
            Action::MarkSeen => self.flips.unseen().is_empty().then_some("nothing has changed unseen")?,
            Action::NextSeat if self.screen == Screen::RollCall => {
                matches!(self.shown(), Shown::Nothing).then_some("this launch plans no roll call")?
            }
            _ => return None,
        };
        Some(why.to_owned())
    }
}
