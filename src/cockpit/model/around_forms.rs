//! Forms around the launch: the readiness review before it, the review and the closing after it.

use super::{
    Model, Screen, Several, Subject,
    form::{Field, Form, Meaning, Name, Purpose, choice},
    seen::SeenSubject,
    speaker::standing_in,
};
use crate::Action;
use gonogo_domain::{GateId, Readiness, ReadinessDay, ReadinessItem, ReadinessReading, TYPED, zoned};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AroundAsk {
    /// What an owner says of an item.
    Plan(GateId),
    /// What was learned.
    Learn,
    /// What is to be done.
    FollowUp,
    /// That a follow-up is done, given up or somebody else's.
    Settle,
    /// To close the launch.
    Close,
    /// To open it again.
    Reopen,
}

/// What is picked in such a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AroundMeans {
    /// Artefact, link and date hold.
    Confirm,
    /// It will be there at another moment.
    NewDate,
    /// It may not be there in time.
    AtRisk,
    /// What was said is taken back.
    TakeBack,
    /// The follow-up is done.
    Done,
    /// It is given up.
    Drop,
    /// It gets an owner.
    Assign,
    /// Closed as finished.
    Finished,
    /// Closed although it is not finished.
    Unfinished,
}

impl Model {
    /// The readiness review of the board that is shown.
    pub(crate) fn readiness(&self) -> Readiness {
        Readiness::of(&self.launch, &self.board)
    }

    /// How ready the launch was on each day, up to the moment that is shown: a recording knows more. `None`: still read.
    pub(crate) fn days_so_far(&self) -> Option<Result<Vec<ReadinessDay>, &str>> {
        let (zone, board) = (self.launch.schedule.zone, &self.board);
        let today = zoned(board.evaluated_at, zone).date_naive();
        self.trend.as_ref().map(|told| {
            let days = told.as_ref().map_err(String::as_str)?;
            let mut days: Vec<_> = days.iter().filter(|it| it.day <= today).copied().collect();
            if let Some(last) = days.last_mut().filter(|it| it.day == today) {
                let tally = self.readiness().tally;
                last.reading = Some(ReadinessReading { at: board.evaluated_at, score: board.score, tally });
            }
            Ok(days)
        })
    }

    /// The items of the readiness review in the order of its screen: by who is asked.
    pub(crate) fn readiness_items(&self) -> Vec<ReadinessItem> {
        let review = self.readiness();
        let all: Vec<_> = review.by_owner().into_iter().flat_map(|(_, items)| items).cloned().collect();
        all
    }

    /// The item that is chosen on that screen.
    pub(crate) fn chosen_item(&self) -> Option<ReadinessItem> {
        let items = self.readiness_items();
        let at = self.scroll.readiness.min(items.len().saturating_sub(1));
        items.into_iter().nth(at)
    }

    /// Chooses the item of this gate.
    pub(crate) fn choose_item(&mut self, id: &GateId) {
        if let Some(at) = self.readiness_items().iter().position(|it| it.gate == *id) {
            self.scroll.readiness = at;
        }
    }

    /// The form of an act around the launch, or why there is none; `None`: it is no such act.
    pub(crate) fn around_form(
        &self,
        action: Action,
        gate: Option<&GateId>,
        target: &Subject,
    ) -> Option<Result<Form, String>> {
        Some(match action {
            Action::ConfirmItem
                if *target == Subject::Chosen
                    && self.screen == Screen::Readiness
                    && !self.list.together.is_empty() =>
            {
                self.several_form(Several::Confirm)
            }
            Action::ConfirmItem => self.plan_form(gate),
            Action::Learn => {
                let text = Field::needed(Name::Note, "learned", "in your own words; it is kept");
                let title = "What was learned".to_owned();
                Ok(Form::new(Purpose::Around(AroundAsk::Learn), title, Vec::new(), vec![text]))
            }
            Action::FollowUp => Ok(follow_up()),
            Action::SettleFollowUp => self.settle_form(match target {
                Subject::FollowUp(number) => Some(*number),
                _ => None,
            }),
            Action::CloseLaunch => Ok(self.close_form()),
            _ => return None,
        })
    }

    fn plan_form(&self, gate: Option<&GateId>) -> Result<Form, String> {
        let chosen = || self.chosen_item().map(|it| it.gate);
        let id = gate.cloned().or_else(chosen).ok_or("no item is chosen")?;
        if let Some(act) = self.acts.of_gate(&id) {
            return Err(format!("{} is still being recorded", act.what));
        }
        let items = self.readiness_items();
        let item = items.into_iter().find(|it| it.gate == id);
        let item = item.ok_or_else(|| format!("{id} is no item of the readiness review"))?;
        let mut says = vec![
            choice('c', "artefact, link and date hold", Meaning::Around(AroundMeans::Confirm)),
            choice('d', "it comes at another date", Meaning::Around(AroundMeans::NewDate)),
            choice('r', "it is at risk", Meaning::Around(AroundMeans::AtRisk)),
        ];
        if item.word.is_some() {
            says.push(choice('x', "take back what was said", Meaning::Around(AroundMeans::TakeBack)));
        }
        let link = item.word.as_ref().and_then(|word| word.link.clone());
        let link_field = Field::optional(Name::Link, "link", "where the artefact is, or will be");
        let mut fields = vec![
            Field::pick(Name::Way, "say", says, None),
            link.map_or(link_field.clone(), |link| link_field.filled(&link)),
            Field::optional(Name::Until, "new date", format!("for another date: {TYPED}")),
            Field::optional(Name::Reason, "why", "needed for all but the first"),
        ];
        fields.extend(standing_in(self, &item.asked));
        let mut intro = vec![item.title.to_string()];
        intro.extend(item.word.as_ref().map(|it| it.describe("", self.launch.schedule.zone)));
        Ok(Form::new(
            Purpose::Around(AroundAsk::Plan(id.clone())),
            format!("The plan of {id}"),
            intro,
            fields,
        )
        .showing(SeenSubject::plan(&self.launch, &self.board, &id)))
    }

    /// Of this follow-up; of the first that is open if none is meant.
    fn settle_form(&self, meant: Option<u32>) -> Result<Form, String> {
        let open: Vec<_> = self.board.review.follow_ups.iter().filter(|it| it.ended.is_none()).collect();
        let first = match meant {
            Some(number) => {
                let own = open.iter().find(|it| it.number == number);
                own.ok_or_else(|| format!("follow-up {number} is settled"))?
            }
            None => open.first().ok_or("no follow-up is open")?,
        };
        let ways = vec![
            choice('d', "done", Meaning::Around(AroundMeans::Done)),
            choice('g', "given up", Meaning::Around(AroundMeans::Drop)),
            choice('o', "somebody else's", Meaning::Around(AroundMeans::Assign)),
        ];
        let number = Field::needed(Name::Number, "number", "of the follow-up");
        let fields = vec![
            number.filled(&first.number.to_string()),
            Field::pick(Name::Way, "it is", ways, None),
            Field::optional(Name::Reason, "words", "why it is given up; or what was done"),
            Field::optional(Name::Lead, "owner", "a person or a role, for somebody else's"),
        ];
        let intro = open.iter().map(|it| {
            let owner = it.owner.as_ref().map_or("nobody", |owner| owner.as_str());
            format!("{}  {owner}: {}", it.number, it.text)
        });
        let title = "A follow-up".to_owned();
        Ok(Form::new(Purpose::Around(AroundAsk::Settle), title, intro.collect(), fields))
    }

    fn close_form(&self) -> Form {
        let why = Field::needed(Name::Reason, "reason", "why; it is kept");
        if let Some(closed) = &self.board.closed {
            let intro = vec![format!("closed by {}: {}", closed.voice.spoken().named(), closed.reason)];
            let title = "Open the launch again".to_owned();
            return Form::new(Purpose::Around(AroundAsk::Reopen), title, intro, vec![why]);
        }
        let open = self.board.unfinished(&self.launch);
        let (ways, intro) = if open.is_empty() {
            let way = choice('c', "closed: it is finished", Meaning::Around(AroundMeans::Finished));
            (vec![way], vec!["it is finished".to_owned()])
        } else {
            let way = choice('u', "closed UNFINISHED", Meaning::Around(AroundMeans::Unfinished));
            (vec![way], open.iter().map(|it| format!("not finished: {it}")).collect())
        };
        let mut fields = vec![Field::pick(Name::Way, "as", ways, None), why];
        let decides = self.launch.roll_call.iter().map(|plan| plan.final_call.clone()).collect::<Vec<_>>();
        fields.extend(standing_in(self, &decides));
        Form::new(Purpose::Around(AroundAsk::Close), "Close the launch".to_owned(), intro, fields)
    }
}

fn follow_up() -> Form {
    let fields = vec![
        Field::needed(Name::Note, "what", "what is to be done"),
        Field::optional(Name::Lead, "owner", "a person or a role; needed before it can be closed"),
        Field::optional(Name::Until, "due", TYPED),
    ];
    let title = "What is to be done".to_owned();
    Form::new(Purpose::Around(AroundAsk::FollowUp), title, Vec::new(), fields)
}
