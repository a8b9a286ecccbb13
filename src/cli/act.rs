//! `gonogo act`: the two things that gonogo writes, at a person's word.

use super::{
    Exit,
    confirm::asking,
    options::{ActVerb, WriteArgs},
    output::{print, say},
    runtime,
};
use gonogo_app::{self as app, AppError, RequestedWrite, WriteOutcome, WriteRequest};
use gonogo_domain::WriteState;
use gonogo_text::{clean, clean_block};

/// Shows the request, asks, sends it once. 0: it is done; 2: it was refused or did not arrive; 3: it is not
/// known.
pub(super) fn run(args: WriteArgs) -> Result<Exit, AppError> {
    let (wish, act) = match args.verb {
        ActVerb::ApproveDeployment(it) => {
            let wish =
                RequestedWrite::Deployment { environment: it.environment, reject: it.reject, note: it.note };
            (wish, it.act)
        }
        ActVerb::Status(it) => (RequestedWrite::Status, it.act),
    };
    let opened = app::open(super::options::LaunchArgs::from(act.launch).into())?;
    let request = WriteRequest {
        wish,
        on_behalf: act.on_behalf,
        preview: act.preview,
        confirm: asking(act.yes_i_know),
        waiting: Box::new(say),
    };
    let outcome = runtime()?.block_on(app::act(&opened, request))?;
    Ok(tell(&outcome))
}

pub(super) fn tell(outcome: &WriteOutcome) -> Exit {
    match outcome {
        WriteOutcome::Shown(write) => {
            print(&format!("preview only, nothing is sent:\n{}\n", clean_block(&write.describe())), Exit::Go)
        }
        WriteOutcome::AlreadySo { subject, told } => {
            print(&format!("nothing to send: {}: {}\n", clean(subject), clean(told)), Exit::Go)
        }
        WriteOutcome::Known { subject, state, told } => {
            let exit = match state {
                WriteState::Done => Exit::Go,
                WriteState::NotDone => Exit::Input,
                WriteState::Intended | WriteState::Unknown => Exit::Hold,
            };
            print(&format!("{}: {}: {}\n", state.word(), clean(subject), clean(told)), exit)
        }
    }
}
