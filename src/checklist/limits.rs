//! How much a launch may ask of the machine. People's launches have 20 to 300 gates in 3 to 12 files.

/// Gates of a launch, cells of matrices and occurrences included, groups not.
pub const MOST_GATES: usize = 10_000;
/// Groups of a launch, copies included.
pub(super) const MOST_GROUPS: usize = 10_000;
/// Checklists of a launch.
pub(super) const MOST_CHECKLISTS: usize = 64;
/// Nodes copied for cells and occurrences: as many as one file may have.
pub(super) const MOST_COPIES: usize = 500_000;
/// Bytes of text that variables and copies made.
pub(super) const MOST_FILLED: usize = 16 << 20;
/// Bytes of one value with its variables filled in, as of one value of a file.
pub(super) const LONGEST_VALUE: usize = 64 << 10;
/// Needs of all gates together, inherited ones included.
pub(super) const MOST_NEEDS: usize = 250_000;
/// Occurrences of one repeated gate.
pub(super) const MOST_OCCURRENCES: usize = 400;
/// Characters of an id, a cell or the name of a variable.
pub(super) const LONGEST_ID: usize = 64;
/// Characters of a gate's whole name, cells included.
pub(super) const LONGEST_GATE_ID: usize = 200;
/// Variables of a launch, inputs of a checklist, values of a variable, answers of a gate: people's lists are short.
pub(super) const MOST_NAMES: usize = 200;
/// People and roles together.
pub(super) const MOST_PARTIES: usize = 2_000;
/// Anchors of the schedule, stages of the rollout, stations of the poll.
pub(super) const MOST_STEPS: usize = 100;
/// Days that a launch names as nobody's working days.
pub(super) const MOST_HOLIDAYS: usize = 1_000;
/// Days that are looked up in the calendar for all moments together: each costs a look at every holiday.
pub(super) const MOST_LOOKUPS: usize = 5_000_000;
/// Problems of one file after which its gates are not read further.
pub(super) const MOST_PROBLEMS: usize = 5_000;
/// Problems of one sort after which no more are looked for.
pub(super) const ENOUGH: usize = 200;
/// Comparisons of names in the search for what was probably meant.
pub(super) const MOST_COMPARISONS: usize = 200_000;
/// Diagnostics that are shown: more help nobody.
pub(super) const MOST_DIAGNOSTICS: usize = 500;
