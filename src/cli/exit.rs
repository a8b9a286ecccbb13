//! Exit codes.

use std::process::ExitCode;

use gonogo_domain::BoardWord;

/// How the program ends. Nothing else may decide an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// GO was computed and every byte of output was written; or a command did what it was asked.
    Go,
    /// NO-GO.
    NoGo,
    /// Bad usage, configuration or checklist: nothing was checked.
    Input,
    /// HOLD: something is pending or unknown.
    Hold,
    /// Internal or store error: never a verdict.
    Internal,
    /// Ended by this signal.
    Signal(u8),
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Go => 0,
            Self::NoGo => 1,
            Self::Input => 2,
            Self::Hold => 3,
            Self::Internal => 4,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

impl From<BoardWord> for Exit {
    fn from(word: BoardWord) -> Self {
        match word {
            BoardWord::Go => Self::Go,
            BoardWord::NoGo => Self::NoGo,
            BoardWord::Hold => Self::Hold,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The exit codes in words, for the help of what answers with a verdict.
pub(crate) const OF_VERDICTS: &str = "Exit codes of an answer:\n  0  GO was computed and written\n  1  NO-GO\n  2  bad usage, settings or files: \
                                      nothing was checked, or a report could not be written\n  3  HOLD: something is pending or unknown, also when --wait is over\n  \
                                      4  internal or journal error\n  130, 143  ended by a signal: no verdict";
/// The same for the statement.
pub(crate) const OF_ATTEST: &str = "Exit codes:\n  0  it says PASSED\n  1  it says FAILED: the board is NO-GO\n  2  bad usage, settings or files\n  \
                                    3  it says FAILED: HOLD, or GO was not decided\n  4  internal or journal error";
/// The same for the diagnosis.
pub(crate) const OF_DOCTOR: &str = "Exit codes:\n  0  every gate gets an answer\n  2  bad usage, settings or files\n  3  some would be unknown\n  \
                                    4  internal or journal error";
/// The same for the trial of guardrails on the past.
pub(crate) const OF_GUARDRAILS: &str = "Exit codes:\n  0  each was tried\n  2  bad usage, settings or files\n  \
                                        3  nothing is known about one at least\n  4  internal or journal error";
/// The same for what changes something on a server.
pub(crate) const OF_WRITES: &str = "Exit codes:\n  0  it arrived, or there is nothing to send\n  2  bad usage, settings or files, refused, or it did not arrive\n  \
                                    3  it is not known whether it arrived: run it again, nothing is sent twice\n  4  internal or journal error";
/// The same for the recorded launch day.
pub(crate) const OF_DEMO: &str = "Exit codes:\n  0  you left it; with --plain: its last word was GO\n  1  with --plain: NO-GO\n  \
                                  2  bad usage or settings\n  3  with --plain: HOLD\n  4  internal error";
/// The same for what is written about a board without being its verdict.
pub(crate) const OF_PAGES: &str = "Exit codes:\n  0  it was written, whatever it says\n  2  bad usage, settings or files\n  \
                                   4  internal error, or a journal that cannot be read or trusted";
/// The same for the chains of the journal.
pub(crate) const OF_VERIFY: &str = "Exit codes:\n  0  every chain is whole\n  2  bad usage, settings or files\n  4  one is broken, or nothing can be read";
/// The same for all others.
pub(crate) const OF_ACTS: &str =
    "Exit codes:\n  0  done\n  2  bad usage, settings or files, or refused\n  4  internal or journal error";
