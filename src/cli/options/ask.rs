//! Arguments of `ask`.

use std::str::FromStr;

use clap::Args;
use clap_complete::ArgValueCandidates;

use super::ActArgs;
use crate::completions::gates;

/// Names with commas between: a place on the command line is left for PATH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names(pub Vec<String>);

impl FromStr for Names {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names: Vec<_> = text.split(',').map(str::trim).map(str::to_owned).collect();
        if names.iter().any(String::is_empty) {
            return Err("separate gates with commas, such as qa/smoke,gtm/press".to_owned());
        }
        Ok(Self(names))
    }
}

/// Arguments of `ask`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "The text to send goes to standard output; gonogo sends nothing itself. It records who was asked, so that nobody asks twice.\n\nExamples:\n  gonogo ask qa/smoke,gtm/press\n  gonogo ask qa/smoke --note \"the vote is at 10\" | pbcopy\n  gonogo ask qa/smoke checklists/"
)]
pub struct AskArgs {
    /// The gates, such as qa/smoke,gtm/press
    #[arg(value_name = "GATE,...", add = ArgValueCandidates::new(gates))]
    pub gates: Names,
    /// Something to add to the text
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// Who and where.
    #[command(flatten)]
    pub act: ActArgs,
}
