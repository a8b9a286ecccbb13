//! What becomes of files that changed while the cockpit is open. The launch that was read last stays until the new one can be used,
//! and is no GO meanwhile.

use std::sync::Arc;

use super::{Controller, ScreenSender, keys_of, lock, tell};
use crate::{
    Opened,
    check::pace,
    interactive::{
        replay_loader::ReplayLoader,
        watch::{Fresh, Reread},
    },
    keymap,
};
use gonogo_cockpit::{Faults, Message, Notice};
use gonogo_poller::{Polled, Poller};

impl Controller {
    /// Takes in what the files say now, or that they cannot be used.
    pub(super) async fn reread(&mut self, reread: Reread, screen: &ScreenSender) -> Result<(), ()> {
        match reread {
            Reread::Fresh(fresh) => self.renew(*fresh, screen).await,
            Reread::Broken(why) => self.stay(why, screen).await,
        }
    }

    /// Asks these sources from now on.
    pub(super) fn start(&mut self, polled: Vec<Polled>, opened: &Opened) {
        self.keys = Some(keys_of(&polled));
        let (poller, polls) = Poller::start(polled, pace(&opened.settings.poll), &self.now);
        (self.poller, self.inputs.polls) = (poller, polls);
    }

    /// Everything stays as it was read last, and says so.
    async fn stay(&mut self, why: String, screen: &ScreenSender) -> Result<(), ()> {
        lock(&self.live).set_files_broken(true);
        // First the board, which is no GO any more: no frame shows a stale one.
        self.tell_board(screen).await?;
        let faults = Faults { told: why, launch: true };
        tell(screen, self.veil.message(Message::FilesBroken(Some(faults)))).await
    }

    async fn renew(&mut self, fresh: Fresh, screen: &ScreenSender) -> Result<(), ()> {
        let Fresh { opened, polled, looks } = fresh;
        let (new, old) = (&opened.loaded.launch, &self.opened.loaded.launch);
        if new.id != old.id {
            let why = format!(
                "error: the launch is called {} now, and was {}\n\n= help: leave and start gonogo again: another launch has \
                 another journal",
                new.id, old.id
            );
            return self.stay(why, screen).await;
        }
        let place = |opened: &Opened| opened.settings.journal.as_ref().map(ToString::to_string);
        let (was, is) = (&self.opened.settings, &opened.settings);
        let fixed =
            place(&opened) != place(&self.opened) || is.identity != was.identity || is.mouse != was.mouse;
        let changed = new.digest != old.digest;
        // What may still be built is of the files of before.
        self.inputs.built = None;
        self.start(polled, &opened);
        let opened = Arc::new(opened);
        let (back, looked) = ReplayLoader::new(Arc::clone(&opened));
        (self.back, self.inputs.looked) = (back, looked);
        self.server_write.renew(Arc::clone(&opened));
        {
            let mut live = lock(&self.live);
            live.set_files_broken(false);
            self.veil.meet(&opened.loaded.launch);
            live.set_launch(Arc::new(opened.loaded.launch.clone()));
        }
        self.opened = opened;
        let (looks, faults) = match looks {
            Ok(looks) => (looks, None),
            Err(told) => (None, Some(Faults { told, launch: false })),
        };
        tell(screen, self.veil.message(Message::FilesBroken(faults))).await?;
        tell(screen, Message::Keys(keymap::chosen(&self.opened.settings))).await?;
        tell(screen, keymap::views(&self.opened.settings)).await?;
        tell(screen, self.writes()).await?;
        if let Some(looks) = looks {
            tell(screen, Message::Looks(Box::new(looks))).await?;
        }
        if fixed {
            let text =
                "another journal, identity or mouse of the settings counts when gonogo is started again";
            tell(screen, Message::Notice(Notice::bad(text).sticky())).await?;
        }
        if changed && self.recorder.is_some() {
            let text = "the files changed: the recording goes on with those that it began with";
            tell(screen, Message::Notice(Notice::bad(text).sticky())).await?;
        }
        self.ask_sources();
        self.tell_board(screen).await
    }
}
