//! Shapes that carry a meaning without colour. Each is one column wide.

/// The shapes of one character set. The word always stands beside the shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SymbolSet {
    /// The verdict GO.
    pub go: &'static str,
    /// The verdict NO-GO.
    pub no_go: &'static str,
    /// The verdict PENDING.
    pub pending: &'static str,
    /// The verdict UNKNOWN.
    pub unknown: &'static str,
    /// The verdict WAIVED.
    pub waived: &'static str,
    /// The verdict N/A.
    pub not_applicable: &'static str,
    /// A closed group.
    pub closed: &'static str,
    /// An open group.
    pub open: &'static str,
    /// From one state to another.
    pub arrow: &'static str,
    /// Between two facts on a line.
    pub dot: &'static str,
    /// Text was cut here.
    pub ellipsis: &'static str,
    /// No value.
    pub dash: &'static str,
    /// The row or station that is on.
    pub pointer: &'static str,
    /// Parts of a bar: go, waived, the rest.
    pub bar: [&'static str; 3],
    /// Parts of the timeline: over or running, still to come.
    pub line: [&'static str; 2],
    /// An end of a stage: reached, not yet.
    pub stop: [&'static str; 2],
    /// A moment on the timeline: an anchor, a poll.
    pub moment: [&'static str; 2],
    /// The present moment.
    pub now: &'static str,
    /// A line across, and one down.
    pub rule: [&'static str; 2],
    /// Where in a longer list one is.
    pub thumb: &'static str,
    /// A break in a scale.
    pub gap: &'static str,
    /// Levels of a line of small bars, from nothing to the highest.
    pub spark: [&'static str; 8],
    /// The Enter key and the space bar.
    pub keys: [&'static str; 2],
}

impl SymbolSet {
    /// For terminals that draw Unicode.
    pub const UNICODE: Self = Self {
        go: "✔",
        no_go: "✖",
        pending: "◌",
        unknown: "?",
        waived: "≈",
        not_applicable: "–",
        closed: "▸",
        open: "▾",
        arrow: "→",
        dot: "·",
        ellipsis: "…",
        dash: "–",
        pointer: "▶",
        bar: ["█", "▒", "░"],
        line: ["━", "┄"],
        stop: ["◆", "◇"],
        moment: ["●", "◆"],
        now: "▲",
        rule: ["─", "│"],
        thumb: "▐",
        gap: "┊",
        spark: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
        keys: ["⏎", "␣"],
    };

    /// For all others.
    pub const ASCII: Self = Self {
        go: "+",
        no_go: "x",
        pending: ".",
        unknown: "?",
        waived: "~",
        not_applicable: "-",
        closed: ">",
        open: "v",
        arrow: ">",
        dot: "|",
        ellipsis: "~",
        dash: "-",
        pointer: ">",
        bar: ["#", "=", "."],
        line: ["=", "-"],
        stop: ["#", "o"],
        moment: ["*", "#"],
        now: "^",
        rule: ["-", "|"],
        thumb: "#",
        gap: ":",
        spark: ["_", ".", ",", "-", "=", "+", "*", "#"],
        keys: ["E", "_"],
    };

    /// What the locale can show: `LC_ALL`, else `LC_CTYPE`, else `LANG`, names UTF-8.
    pub fn from_env(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let named = |name: &&str| env(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(named).unwrap_or_default();
        let locale = locale.to_ascii_lowercase();
        if locale.contains("utf-8") || locale.contains("utf8") { Self::UNICODE } else { Self::ASCII }
    }

    /// The shapes of the six verdicts: go, no-go, pending, unknown, waived, not applicable.
    pub fn verdicts(&self) -> [&'static str; 6] {
        [self.go, self.no_go, self.pending, self.unknown, self.waived, self.not_applicable]
    }
}
