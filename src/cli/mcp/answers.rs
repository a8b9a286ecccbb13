//! The answers: read by the same functions as those of the commands, and told as data.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::super::{
    Exit,
    options::{LaunchArgs, McpArgs},
    output::say,
    replay, runtime, why,
};
use gonogo_app::{self as app, AppError, CheckRequest, Checked, LaunchSelection, Opened, Past};
use gonogo_domain::{Board, History, Launch, Redactor};
use gonogo_mcp::{Param, Tool, ToolHost, serve};
use gonogo_report::{MinutesInput, WhyInput, json, json_in, minutes, way_json, why_json};
use gonogo_text::clean;

const ABOUT: &str = "Reads the release readiness of one launch: whether it is GO, HOLD or NO-GO, why, and what must \
                     happen. Nothing here signs, votes, waives, decides or sends: only people do, in gonogo itself. A word is \
                     true of the moment in `evaluated_at`; never repeat a GO without it.";

const TOOLS: &[Tool] = &[
    Tool {
        name: "board",
        title: "The board",
        about: "The whole board, asked anew: the word, every gate with its verdict, reason, owner, age and link, and what people \
                decided. The form is docs/check.schema.json.",
        takes: &[],
    },
    Tool {
        name: "why",
        title: "Why a gate says what it says",
        about: "One gate, asked anew: its evidence, what it needs, who can act, and what makes it go.",
        takes: &[Param {
            name: "gate",
            about: "The gate's id, such as qa/smoke; `board` lists them",
            required: true,
        }],
    },
    Tool {
        name: "path_to_go",
        title: "The path to GO",
        about: "What must happen before GO, in order, with the owner of each and the earliest possible GO. Asked anew.",
        takes: &[],
    },
    Tool {
        name: "timeline",
        title: "The rollout",
        about: "The schedule and the stages of the rollout: planned, started, soaked, guardrails, what each waits for, how far it \
                is out, the rollback, the incident, and what is to be told to whom. Asked anew.",
        takes: &[],
    },
    Tool {
        name: "replay",
        title: "The board as it was",
        about: "With `at`: the board as it was at that moment. Without: everything that happened, in order.",
        takes: &[Param { name: "at", about: "A moment, such as 2026-12-02T09:00 or T-2h", required: false }],
    },
    Tool {
        name: "minutes",
        title: "Draft of the minutes",
        about: "What was said until now, as Markdown: rounds, answers, decisions, waivers, stages. A draft: people write the \
                minutes with `gonogo minutes`.",
        takes: &[],
    },
];

/// Keys of the board that are about the rollout.
const TIMELINE: &[&str] = &[
    "evaluated_at",
    "verdict",
    "launch",
    "target",
    "stages",
    "reach",
    "rollback",
    "incident",
    "messages",
    "closed",
];

/// Answers until the client leaves. No verdict: 0 when the conversation ended well.
pub(in super::super) fn run(args: McpArgs) -> Result<Exit, AppError> {
    if args.launch.rehearse {
        return Err(AppError::input("nothing that is said in a rehearsal counts: leave out --rehearse"));
    }
    // What is wrong with the files is better said now, to whoever starts it, than in the first answer.
    let opened = app::open(args.launch.clone().into())?;
    say(&app::warnings(&opened.loaded));
    let redactor = args.redact.then(|| Redactor::new(&opened.loaded.launch));
    let reader = Launches { launch: args.launch, redactor, timeout: args.wait_for.timeout };
    let runtime = runtime()?;
    let ended = runtime.block_on(serve(reader, env!("CARGO_PKG_VERSION"), ABOUT));
    // Standard input cannot be left while it is read.
    runtime.shutdown_background();
    ended.map(|()| Exit::Go).map_err(|why| AppError::input(why.to_string()))
}

/// The launch that was chosen when the server began: no question can name another.
struct Launches {
    launch: LaunchArgs,
    /// What an answer must not tell, if anything: it knows everybody whom the files have named since the server began.
    redactor: Option<Redactor>,
    timeout: std::time::Duration,
}

impl ToolHost for Launches {
    fn tools(&self) -> &'static [Tool] {
        TOOLS
    }

    fn answer(&mut self, tool: &str, said: &BTreeMap<String, String>) -> Result<Value, String> {
        self.read(tool, said).map_err(|error| match &self.redactor {
            Some(redactor) => error.shown_redacted(redactor),
            None => error.shown(),
        })
    }
}

impl Launches {
    fn read(&mut self, tool: &str, said: &BTreeMap<String, String>) -> Result<Value, AppError> {
        // Files and journal as they are now.
        let opened = app::open(LaunchSelection::from(self.launch.clone()))?;
        if let Some(redactor) = &mut self.redactor {
            redactor.meet(&opened.loaded.launch);
        }
        let text = |name: &str| said.get(name).map(String::as_str);
        match (tool, text("gate"), text("at")) {
            ("why", Some(gate), _) => self.why(&opened, gate),
            ("replay", _, Some(at)) => self.replayed(&opened, at),
            ("replay", ..) => self.happened(&opened),
            ("minutes", ..) => self.minutes(&opened),
            ("path_to_go", ..) => Ok(value(&way_json(&self.board(&opened)?.0))),
            ("timeline", ..) => Ok(timeline(value(&json(&self.board(&opened)?.0)))),
            _ => {
                let checked = self.checked(&opened)?;
                let board = self.seen(&opened.loaded.launch, &checked.history, checked.board).0;
                Ok(value(&json_in(&board, &checked.context)))
            }
        }
    }

    fn checked(&self, opened: &Opened) -> Result<Checked, AppError> {
        // An answer is no verdict: nothing acts on it.
        let request =
            CheckRequest { timeout: self.timeout, allow_untrusted: true, ..CheckRequest::default() };
        let runtime = runtime()?;
        let checked = runtime.block_on(app::check(opened, &request));
        runtime.shutdown_background();
        checked
    }

    fn board(&mut self, opened: &Opened) -> Result<(Board, Launch), AppError> {
        let checked = self.checked(opened)?;
        Ok(self.seen(&opened.loaded.launch, &checked.history, checked.board))
    }

    /// As it may be seen.
    fn seen(&mut self, launch: &Launch, history: &History, board: Board) -> (Board, Launch) {
        match &mut self.redactor {
            Some(redactor) => {
                redactor.hear(history);
                (redactor.board(&board), redactor.launch(launch))
            }
            None => (board, launch.clone()),
        }
    }

    fn why(&mut self, opened: &Opened, gate: &str) -> Result<Value, AppError> {
        let id = why::named(opened, gate)?;
        let (board, launch) = self.board(opened)?;
        let launch = launch.following(&board).unwrap_or(launch);
        let found = board.gate(&id).zip(launch.gate(&id));
        let none = || AppError::input(format!("there is no gate {} on the board", clean(gate)));
        let (state, gate) = found.ok_or_else(none)?;
        let path = opened.chosen.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        Ok(value(&why_json(WhyInput { board: &board, launch: &launch, state, gate, path: &path })))
    }

    fn replayed(&mut self, opened: &Opened, at: &str) -> Result<Value, AppError> {
        let mut past = Past::open(opened)?;
        let (_, board) = past.as_it_was(opened, at)?;
        Ok(value(&json(&self.seen(&opened.loaded.launch, past.history(), board).0)))
    }

    fn happened(&self, opened: &Opened) -> Result<Value, AppError> {
        self.unredacted("everything that happened")?;
        let mut past = Past::open(opened)?;
        let moments = past.moments();
        Ok(value(&replay::page(&past, &moments)))
    }

    fn minutes(&self, opened: &Opened) -> Result<Value, AppError> {
        self.unredacted("the minutes")?;
        let board = self.checked(opened)?.board;
        let said = app::so_far(opened, board)?;
        let record =
            MinutesInput { board: &said.board, history: &said.history, head: &said.head, rehearsal: false };
        Ok(minutes(&record).into())
    }

    /// Pages of people's own words cannot be told without them.
    fn unredacted(&self, what: &str) -> Result<(), AppError> {
        if self.redactor.is_none() {
            return Ok(());
        }
        Err(AppError::input(format!("{what} cannot be told without names and words: gonogo mcp --redact")))
    }
}

/// Our own page, read again: what an agent gets is what a script gets.
fn value(page: &str) -> Value {
    serde_json::from_str(page).unwrap_or_else(|_| page.into())
}

fn timeline(board: Value) -> Value {
    let Value::Object(mut board) = board else { return board };
    let kept = TIMELINE.iter().filter_map(|key| board.remove_entry(*key));
    Value::Object(kept.collect::<Map<_, _>>())
}
