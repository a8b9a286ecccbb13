//! The terminal: one screen that shows the board, takes people's words and stays true.
//!
//! Elm-style: [`update`] is the only thing that changes a [`Model`] and answers with [`Effect`]s; [`view`] draws it and
//! changes nothing; [`run`] carries both. What this room promises:
//!
//! - the verdict word is whole or not there: no size of terminal makes NO-GO read GO;
//! - shape, word and colour: no meaning hangs on colour alone;
//! - nothing is drawn while nothing changes; what changes by itself is known ahead ([`next_change`]);
//! - no frame shows a board past its [`changes_at`](gonogo_domain::Board::changes_at);
//! - pasted text never acts, foreign text never reaches the terminal unsanitised;
//! - an act counts as done when the journal says so, not before;
//! - the terminal is given back as it was found, whatever ends the program.

#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod chooser;
mod deadline;
mod effect;
mod export;
mod keymap;
mod layout;
mod message;
mod model;
mod plain;
mod pointer;
mod runtime;
mod update;
mod view;
mod when;

pub use chooser::{Chooser, ChooserWish};
pub use deadline::next_change;
pub use effect::{Effect, PlaybackMove, Request, Ticket, Wish};
pub use export::render_to_cells;
pub use keymap::{Action, BINDINGS, Binding, Code, Context, Key, KeyFault, Keymap, UNBOUND};
pub use message::{
    ActResult, Faults, JournalState, Message, Notice, PastMoment, PastView, Playback, StoryPlace, Tone, Until,
};
pub use model::{GroupId, Me, Model, Screen, filter_fault, is_filter_name};
pub use plain::{run_plain, stdin_lines};
pub use pointer::{Pane, Pointed, Target, Zones};
pub use runtime::{
    BellSettings, ChooserEnd, ChooserIo, CockpitConfig, CockpitError, CockpitExit, CockpitIo, KEEPER,
    KeeperPlan, Looks, Notification, choose, install_panic_hook, keep_terminal, restore_terminal, run,
};
pub use update::update;
pub use view::{Look, draw, view};

#[doc(hidden)]
pub use runtime::fault::point as fault_point;
#[doc(hidden)]
pub use runtime::{Ansi, FrameSink, Host, Sig, drive};
