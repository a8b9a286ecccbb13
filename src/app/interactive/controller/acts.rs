//! Acts of people on their way to the journal, and the pages that tell of them.

use super::{Controller, Screen, lock, tell};
use crate::{
    app::{
        desk::{Asked, Fate, event_id},
        interactive::pages,
        who,
    },
    cockpit::{ActResult, Me, Message, Notice, Ticket},
    domain::{Actor, Command, Context, Party, Str},
    report::Record,
};

impl Controller {
    /// Writes down what was decided, as the journal has it.
    pub(super) async fn minutes(&mut self, screen: &Screen) -> Result<(), ()> {
        let now = (self.now)();
        let written = {
            let mut live = lock(&self.live);
            let board = live.board(now);
            let head = self.desk.head().map(|head| head.hash.to_string()).unwrap_or_default();
            let rehearsal = self.opened.chosen.rehearse;
            let record = Record { board: &board, history: live.history(), head: &head, rehearsal };
            pages::write(&record, now.wall)
        };
        let message = match written {
            Ok(names) => Message::MinutesWritten(names),
            Err(why) => Message::Notice(Notice::bad(why).sticky()),
        };
        tell(screen, message).await
    }

    /// Puts an act in line, as the word of whoever is at the keyboard or of somebody whose word they write down.
    pub(super) async fn act(
        &mut self,
        ticket: Ticket,
        command: Command,
        by: Option<Party>,
        screen: &Screen,
    ) -> Result<(), ()> {
        let Some(me) = self.me.clone() else {
            let why = "nobody knows who you are: set `identity: { name: ... }` in your settings";
            return tell(screen, Message::Acted(ticket, ActResult::NotRecorded(why.into()))).await;
        };
        let by_name = by.is_some();
        let (actor, recorder) = spoken(me, by);
        let id = event_id((self.now)());
        self.desk.ask(Asked {
            ticket: ticket.0,
            command,
            teams: self.teams_of(&actor),
            recorder_teams: recorder.as_ref().map(|it| self.teams_of(it)).unwrap_or_default(),
            by_name,
            actor,
            recorder,
            id,
            unsure: false,
        });
        self.fates(Vec::new(), screen).await
    }

    /// Tells what an act would make of the board; nothing is recorded.
    pub(super) async fn preview(
        &mut self,
        number: u64,
        command: Command,
        by: Option<Party>,
        screen: &Screen,
    ) -> Result<(), ()> {
        let Some(me) = self.me.clone() else { return Ok(()) };
        let by_name = by.is_some();
        let (actor, recorder) = spoken(me, by);
        let (teams, now, id) = (self.teams_of(&actor), (self.now)(), uuid::Uuid::nil());
        let recorder_teams = recorder.as_ref().map(|it| self.teams_of(it)).unwrap_or_default();
        let context = Context { actor, recorder, teams, recorder_teams, by_name, now, id };
        let said = lock(&self.live).preview(&[command], &context);
        let said = said.map(|preview| preview.said()).map_err(|refusal| refusal.to_string());
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

    fn teams_of(&self, actor: &Actor) -> Vec<Str> {
        self.teams.get().map(|teams| teams.of(actor, lock(&self.live).launch())).unwrap_or_default()
    }

    /// Tells what became of acts, and takes the next one to the journal.
    pub(super) async fn fates(&mut self, mut fates: Vec<(u64, Fate)>, screen: &Screen) -> Result<(), ()> {
        let now = (self.now)();
        fates.extend(self.desk.next(&mut lock(&self.live), now));
        let mut recorded = false;
        for (ticket, fate) in fates {
            recorded |= matches!(fate, Fate::Recorded(_));
            // Recorded acts of a played day belong to nobody at this screen.
            if ticket != 0 {
                tell(screen, Message::Acted(Ticket(ticket), result(fate))).await?;
            }
        }
        if recorded { self.tell_board(screen).await } else { Ok(()) }
    }
}

/// One's own name is one's own word, checked as far as it can be.
fn spoken(me: Actor, by: Option<Party>) -> (Actor, Option<Actor>) {
    match by.filter(|by| *by != me.name) {
        Some(by) => (who::on_behalf(by.as_str()), Some(me)),
        None => (me, None),
    }
}

fn result(fate: Fate) -> ActResult {
    match fate {
        Fate::Recorded(id) => ActResult::Recorded(id),
        Fate::Refused(refusal) => ActResult::Refused(refusal),
        Fate::NotRecorded(why) => ActResult::NotRecorded(why),
        Fate::Unsure(why) => ActResult::Unsure(why),
    }
}
