//! Acts of people on their way to the journal, and the pages that tell of them.

use uuid::Uuid;

use super::{Controller, ScreenSender, lock, tell};
use crate::{
    identity::{self, Speaker},
    interactive::{
        pages,
        server_write::{self, WriteProgress},
    },
    writer::{Attempt, event_id},
};
use gonogo_cockpit::{ActResult, Me, Message, Notice, Ticket};
use gonogo_domain::{ActEnvelope, Actor, CloseWish, Command, Decision, Party, Str};
use gonogo_report::MinutesInput;
use gonogo_text::{clean, clean_block};

impl Controller {
    /// Writes down what was decided, as the journal has it.
    pub(super) async fn minutes(&mut self, screen: &ScreenSender) -> Result<(), ()> {
        let now = (self.now)();
        let written = {
            let mut live = lock(&self.live);
            let board = live.board(now);
            let head = self.commands.writer().map(|it| it.head().hash.to_string()).unwrap_or_default();
            let rehearsal = self.opened.chosen.rehearse;
            let record = MinutesInput { board: &board, history: live.history(), head: &head, rehearsal };
            pages::write(&record, now.wall)
        };
        let message = match written {
            Ok(names) => Message::MinutesWritten(names),
            Err(why) => Message::Notice(Notice::bad(why).sticky()),
        };
        tell(screen, message).await
    }

    /// Queues an act by whoever is at the keyboard, or by somebody for whom they write it down.
    pub(super) async fn act(
        &mut self,
        ticket: Ticket,
        command: Command,
        by: Option<Party>,
        screen: &ScreenSender,
    ) -> Result<(), ()> {
        let Some(me) = self.me.clone() else {
            let why = ActResult::NotRecorded(identity::NOBODY.into());
            return tell(screen, Message::Acted(ticket, why)).await;
        };
        let final_go = matches!(&command, Command::Decide { decision: Decision::Go { .. }, .. });
        if final_go && lock(&self.live).has_broken_files() {
            let why =
                "the files of the launch were changed and cannot be used: mend them before the final GO";
            return tell(screen, Message::Acted(ticket, ActResult::NotRecorded(why.into()))).await;
        }
        let command = self.with_figures(command);
        let context = self.context(me, by.as_ref(), event_id((self.now)()));
        self.commands.ask(ticket, Attempt::new(command, context));
        self.tell_acted(Vec::new(), screen).await
    }

    /// Whoever closes a launch keeps with it what its record comes to.
    fn with_figures(&self, command: Command) -> Command {
        match command {
            Command::Close { wish: CloseWish::Close { reason, unfinished, figures: None } } => {
                let figures = crate::figures(&self.opened).map(Box::new);
                Command::Close { wish: CloseWish::Close { reason, unfinished, figures } }
            }
            other => other,
        }
    }

    /// Tells what an act would make of the board; nothing is recorded.
    pub(super) async fn preview(
        &mut self,
        number: u64,
        command: Command,
        by: Option<Party>,
        screen: &ScreenSender,
    ) -> Result<(), ()> {
        let Some(me) = self.me.clone() else { return Ok(()) };
        let context = self.context(me, by.as_ref(), Uuid::nil());
        let said = lock(&self.live).preview(&[command], &context);
        let said = said.map(|preview| preview.describe()).map_err(|refusal| refusal.to_string());
        tell(screen, Message::Preview(number, said)).await
    }

    /// Who is at the keyboard, for the screen.
    pub(super) fn me(&self) -> Option<Me> {
        let me = |actor: &Actor| Me {
            name: actor.name.clone(),
            known: actor.known.to_string().into(),
            teams: self.teams_of(actor),
        };
        self.me.as_ref().map(me)
    }

    fn context(&self, me: Actor, by: Option<&Party>, id: Uuid) -> ActEnvelope {
        let speaker = Speaker::new(me, by.map(Party::as_str));
        speaker.context(|actor| self.teams_of(actor), (self.now)(), id)
    }

    fn teams_of(&self, actor: &Actor) -> Vec<Str> {
        self.teams.get().map(|teams| teams.of(actor, lock(&self.live).launch())).unwrap_or_default()
    }

    /// Tells what became of acts, and takes the next one to the journal.
    pub(super) async fn tell_acted(
        &mut self,
        mut ended: Vec<(Ticket, ActResult)>,
        screen: &ScreenSender,
    ) -> Result<(), ()> {
        let now = (self.now)();
        ended.extend(self.commands.next(&mut lock(&self.live), now));
        let mut recorded = false;
        for (ticket, result) in ended {
            recorded |= matches!(result, ActResult::Recorded(_));
            tell(screen, Message::Acted(ticket, result)).await?;
        }
        self.played_in |= recorded && self.playback.is_some();
        if recorded { self.tell_board(screen).await } else { Ok(()) }
    }

    /// What a person wants of the server of the target went on.
    pub(super) async fn write_progress(
        &mut self,
        news: WriteProgress,
        screen: &ScreenSender,
    ) -> Result<(), ()> {
        let message = match news {
            WriteProgress::Asked { what, word } => Message::WriteAsked(clean_block(&what).into_owned(), word),
            WriteProgress::Waiting(what) => Message::Notice(Notice::plain(clean(&what).into_owned())),
            WriteProgress::Ended(ended) => {
                let (said, well) = server_write::told(&ended);
                let said = clean(&said).into_owned();
                Message::Wrote(if well { Notice::done(said) } else { Notice::bad(said).sticky() })
            }
        };
        tell(screen, self.veil.message(message)).await
    }
}
