//! Messages on the board (V25): which occurrences there are, what each says by now, and what it waits for. Nothing here
//! raises or lowers the word.

use chrono::{DateTime, Utc};

use super::{
    super::{
        Advice, Approval, Board, CommsMessage, Decision, GateId, MessageRecord, MessageRef, MessageState,
        MessageStatus, Occasion, Party, Str, Suggested, format, message::Filled, message::fill,
    },
    dependencies::Dependencies,
    eval_context::EvalContext,
    gate_results::GateResults,
    occasion::{ToldEvent, events, planned_by},
};

/// What each message waits for, by its place in the plan.
pub(super) fn dependencies(frame: &EvalContext<'_>, cells: &GateResults) -> Vec<Dependencies> {
    let needs = frame.launch.derived.message_needs.iter();
    needs.map(|needs| Dependencies::on(frame, cells, needs)).collect()
}

/// Puts the messages on a board whose word is known: they tell of it, and change nothing of it.
pub(super) fn tell(frame: &EvalContext<'_>, board: &mut Board, waits: &[Dependencies]) {
    board.messages = states(frame, board, waits);
    let changes = board.messages.iter().filter_map(|it| it.changes_at);
    board.changes_at = changes.chain(board.changes_at).min();
    board.remarks = remarks(board).collect();
}

/// All occurrences, in the order of the plan, older ones of a message first.
fn states(frame: &EvalContext<'_>, board: &Board, waits: &[Dependencies]) -> Vec<MessageState> {
    let mut all = Vec::new();
    // T-0 by the files, and by each SCRUB.
    let is_scrub = |seq: u64| {
        frame
            .history
            .decisions
            .iter()
            .any(|it| it.seq == seq && matches!(it.decision, Decision::Scrub { .. }))
    };
    let was_planned = |cause: u64| cause == 0 || is_scrub(cause);
    for (message, waits) in frame.launch.comms.messages.iter().zip(waits) {
        let events = events(frame, message.occasion);
        let known: Vec<u64> = events.iter().map(|event| event.seq).collect();
        // What people did with a message of a plan that is not the plan any more.
        let past = frame.history.messages.keys();
        let past = past.filter(|of| *of.message == *message.id && !known.contains(&of.cause));
        let past = past.map(|of| ToldEvent {
            seq: of.cause,
            at: None,
            by: None,
            reason: None,
            run: None,
            update: None,
            over: Some(if message.occasion == Occasion::Plan && was_planned(of.cause) {
                "T-0 was moved since, and it is planned anew".to_owned()
            } else {
                "the files give it another occasion now".to_owned()
            }),
        });
        let mut own: Vec<_> = past.collect();
        own.extend(events);
        own.sort_by_key(|event| event.seq);
        all.extend(own.iter().map(|event| OccurrenceContext { frame, board, message, event, waits }.state()));
    }
    all
}

/// What is overdue, for whoever looks: `marketing: send changelog, 2h overdue`.
fn remarks(board: &Board) -> impl Iterator<Item = Str> + '_ {
    let late = board.messages.iter().filter(|it| it.overdue);
    late.map(|it| {
        let who = if it.who.is_empty() { "nobody".into() } else { format::list(&it.who).into_owned() };
        let since = it.due.and_then(|due| (board.evaluated_at - due).to_std().ok()).unwrap_or_default();
        format!("{who}: {} {}, {} overdue", it.verb(), it.of.message, format::span(since)).into()
    })
}

/// Whether the message of the plan at this place is out, or need not be, and since when.
pub(super) fn is_over(frame: &EvalContext<'_>, at: usize) -> (bool, Option<DateTime<Utc>>) {
    let Some(message) = frame.launch.comms.messages.get(at) else { return (false, None) };
    let of = MessageRef { message: message.id.clone(), cause: planned_by(frame) };
    let record = frame.history.message(&of);
    let sent = record.and_then(|it| it.sent.as_ref()).map(|it| it.voice.at);
    let dropped = record.and_then(|it| it.not_needed(frame.launch, message)).map(|(voice, _)| voice.at);
    (sent.or(dropped).is_some(), sent.or(dropped))
}

/// One occurrence of a message, and all that it is judged by.
struct OccurrenceContext<'a> {
    frame: &'a EvalContext<'a>,
    board: &'a Board,
    message: &'a CommsMessage,
    event: &'a ToldEvent<'a>,
    waits: &'a Dependencies,
}

/// What a message waits for, and when it is due.
struct Times {
    open: Vec<Str>,
    embargo: Option<DateTime<Utc>>,
    due: Option<DateTime<Utc>>,
}

impl OccurrenceContext<'_> {
    fn state(&self) -> MessageState {
        let Self { frame, message, event, .. } = *self;
        let of = MessageRef { message: message.id.clone(), cause: event.seq };
        let nothing = MessageRecord::default();
        let record = frame.history.message(&of).unwrap_or(&nothing);
        let Filled { text, missing } = match (&record.sent, record.draft()) {
            (Some(sent), _) => Filled { text: sent.text.to_string(), missing: Vec::new() },
            (None, Some((_, own))) => Filled { text: own.to_string(), missing: Vec::new() },
            (None, None) => fill(&message.text, |name| self.known(name)),
        };
        let times = self.times(&missing);
        let digest = missing.is_empty().then(|| message.digest(&text));
        let mut state = MessageState {
            of,
            title: message.named().clone(),
            occasion: message.occasion,
            happened: event.at,
            audience: message.audience.clone(),
            via: message.via.clone(),
            owner: message.owner.clone(),
            public: message.public,
            status: MessageStatus::Planned,
            reason: "".into(),
            next: Advice::default(),
            who: Vec::new(),
            due: times.due,
            overdue: false,
            embargo: times.embargo,
            waits_for: times.open,
            text: text.into(),
            digest,
            drafted: record.draft().map(|(voice, _)| voice.clone()),
            approved_by: message.approved_by.clone(),
            approved: None,
            void: None,
            sent: record.sent.clone(),
            changes_at: None,
        };
        self.approve(record, &mut state);
        self.judge(record, &mut state);
        state
    }

    /// The newest approval that counts: of these very words, by a name that may be trusted, of somebody who may still give it.
    fn approve(&self, record: &MessageRecord, state: &mut MessageState) {
        let (launch, may) = (self.frame.launch, &self.message.approved_by);
        let void = |it: &Approval| -> Option<Str> {
            if let Some(end) = &it.withdrawn {
                return Some(format!("the approval was taken back: {}", end.reason).into());
            }
            let word = it.voice.spoken();
            if !launch.may_still(word, may) {
                let who = launch.who(word.by);
                return Some(format!("{who} may not approve it any more, by the launch's files").into());
            }
            if let Some(holder) = record.took_back(launch, may, &it.digest, word) {
                let (holder, by) = (&holder.actor.name, word.named());
                return Some(
                    format!("{holder} took the approval of these words back, and {by} only stood in").into(),
                );
            }
            word.doubt(launch)
        };
        let Some(newest) = record.approvals.iter().rfind(|it| void(it).is_none()) else {
            state.void = record.approvals.last().and_then(void);
            return;
        };
        if state.digest.as_ref() == Some(&newest.digest) {
            state.approved = Some(newest.voice.clone());
        } else {
            let by = newest.voice.spoken().named();
            state.void = Some(format!("{by} approved other words").into());
        }
    }

    /// Where it is, why, and what somebody has to do.
    fn judge(&self, record: &MessageRecord, state: &mut MessageState) {
        let (frame, now) = (self.frame, self.frame.now.wall);
        let zone = |at| frame.moment(at);
        let over =
            self.message.excluded.as_ref().map(ToString::to_string).or_else(|| self.event.over.clone());
        let (status, reason) = if let Some(why) = &frame.history.broken {
            (MessageStatus::Waits, why.to_string())
        } else if let Some(sent) = &record.sent {
            let over = if sent.overrides.is_some() { " by an OVERRIDE" } else { "" };
            (
                MessageStatus::Sent,
                format!("sent{over} by {} at {}", sent.voice.spoken().named(), zone(sent.voice.at)),
            )
        } else if record.sending.is_some() {
            (MessageStatus::Unknown, "no answer came: it is not known whether it arrived".to_owned())
        } else if let Some((voice, why)) = record.not_needed(frame.launch, self.message) {
            (MessageStatus::NotNeeded, format!("{} said: {why}", voice.spoken().named()))
        } else if let Some(why) = over {
            (MessageStatus::NotNeeded, why)
        } else {
            self.open(record, state)
        };
        let late = state.late_at();
        state.overdue =
            status.asks() && status != MessageStatus::Unknown && late.is_some_and(|late| late <= now);
        state.status = match status {
            MessageStatus::Due if state.overdue => MessageStatus::Overdue,
            other => other,
        };
        state.reason = reason.into();
        self.advise(state);
        if state.status.is_open() {
            let moments = [state.due, late, state.embargo].into_iter().flatten();
            state.changes_at = moments.filter(|at| *at > now).min();
        }
    }

    /// Of one that is still to go out, and of which nothing is under way.
    fn open(&self, record: &MessageRecord, state: &MessageState) -> (MessageStatus, String) {
        let (frame, now) = (self.frame, self.frame.now.wall);
        let failed = record
            .failed
            .as_ref()
            .map(|(_, why)| format!("; it could not be sent: {why}"))
            .unwrap_or_default();
        let embargo = state.embargo.map(|end| format!("not before {}", frame.moment(end)));
        let waits =
            (!state.waits_for.is_empty()).then(|| format!("waits for {}", format::list(&state.waits_for)));
        let waits: Vec<_> = waits.into_iter().chain(embargo).collect();
        if !state.is_whole() {
            return (MessageStatus::Waits, format!("{}{failed}", waits.join("; ")));
        }
        if !state.approved_by.is_empty() && state.approved.is_none() {
            let void = state.void.as_ref().map(|why| format!("; {why}")).unwrap_or_default();
            return (MessageStatus::ToApprove, format!("nobody has approved these words{void}{failed}"));
        }
        if !waits.is_empty() {
            return (MessageStatus::Waits, format!("{}{failed}", waits.join("; ")));
        }
        match state.due {
            Some(due) if due <= now => {
                (MessageStatus::Due, format!("due since {}{failed}", frame.moment(due)))
            }
            due => {
                let due = due.map_or_else(
                    || "nothing says when".to_owned(),
                    |due| format!("due {}", frame.moment(due)),
                );
                let approved = state.approved.is_some();
                let status = if approved { MessageStatus::Approved } else { MessageStatus::Planned };
                (status, format!("{due}{failed}"))
            }
        }
    }

    fn advise(&self, state: &mut MessageState) {
        let id = || state.of.message.clone();
        let owner = || {
            let call = self.frame.launch.roll_call.iter().map(|plan| plan.final_call.clone());
            state.owner.clone().map_or_else(|| call.collect(), |owner| vec![owner])
        };
        let (next, who): (Advice, Vec<Party>) = match state.status {
            MessageStatus::ToApprove => {
                let next = Advice::from(format!("approve the words of {}", id()));
                (next.by(Suggested::ApproveMessage(id())), state.approved_by.clone())
            }
            MessageStatus::Due | MessageStatus::Overdue => {
                let next = Advice::from(format!("send {} to {}", id(), state.audience));
                (next.by(Suggested::SendMessage(id())), owner())
            }
            MessageStatus::Unknown => {
                let next = Advice::from(format!("look whether {} arrived, and say so", id()));
                (next.by(Suggested::SendMessage(id())), owner())
            }
            MessageStatus::Waits => (self.waits.next.clone().unwrap_or_default(), self.waits.who.clone()),
            _ => (Advice::default(), Vec::new()),
        };
        (state.next, state.who) = (next, who);
    }

    fn times(&self, missing: &[Str]) -> Times {
        let Self { frame, message, event, waits, .. } = *self;
        let mut open: Vec<Str> = missing.to_vec();
        let mut due = message.at.as_ref().map(|moment| moment.at).or(event.at);
        if let (Some(step), Some(run)) = (&message.after_step, event.run) {
            due = run.steps.iter().find(|it| *it.step == **step).map(|it| it.voice.at);
            if due.is_none() {
                open.push(format!("step {step} of the rollback").into());
            }
        }
        open.extend(waits.open.iter().cloned());
        if message.occasion == Occasion::AllClear {
            open.extend(self.not_clear());
        }
        if !message.needs.is_empty() {
            let after = waits.open.is_empty().then_some(waits.since).flatten();
            // By the plan it is due at its time, or else once what it needs is there.
            due = if waits.open.is_empty() { due.max(after) } else { due.filter(|_| message.at.is_some()) };
        }
        let end = message.not_before.as_ref().map(|moment| moment.at);
        if due.is_some() {
            due = due.max(end);
        }
        Times { open, embargo: end.filter(|end| *end > frame.now.wall), due }
    }

    /// Why the all clear waits: something else is still going on.
    fn not_clear(&self) -> impl Iterator<Item = Str> {
        let Self { frame, .. } = *self;
        let incident = frame.incident.as_ref().filter(|it| it.is_running());
        let incident = incident.map(|it| format!("incident {} to be resolved", it.number).into());
        let runs = frame.history.open_rollback().map(|_| Str::from("the rollback to end"));
        incident.into_iter().chain(runs)
    }

    /// What a text names, as far as it is known now.
    fn known(&self, name: &str) -> Option<String> {
        let Self { frame, board, event, .. } = *self;
        if let Some((gate, asked)) = name.strip_prefix("answers.").and_then(|it| it.rsplit_once('.')) {
            let answer = frame.history.answer(frame.launch, &GateId::new(gate), asked);
            return answer.map(ToString::to_string);
        }
        let out = || board.stages.iter().rfind(|it| it.status.is_out());
        match name {
            // The word of a part is not that of the launch.
            "launch.word" => board.scope.has_all_gates().then(|| board.named().to_owned()),
            "launch.t0" => Some(frame.moment(board.t0)),
            "launch.stage" => out().map(|it| it.id.to_string()),
            "launch.audience" => out().map(|it| it.audience.to_string()),
            "launch.version" => frame
                .history
                .knows(frame.launch, &"launch".into(), &frame.launch.version)
                .then(|| frame.version.to_string()),
            "launch.commit" => board.commit.as_ref().map(ToString::to_string),
            "launch.at" => event.at.map(|at| frame.moment(at)),
            "launch.by" => event.by.map(|by| frame.launch.title_of(by).to_string()),
            "launch.reason" => event.reason.map(ToString::to_string),
            "launch.update" => event.update.map(ToString::to_string),
            _ => None,
        }
    }
}
