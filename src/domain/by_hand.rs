//! Commands that people run by hand: with the commit that they are about, or not at all.

use super::{Board, Oid, Str};

/// What stands for the commit in a command of the files.
const COMMIT: &str = "{{ target.commit }}";

impl Board {
    /// A command of the files as it is to be run: with the commit that GO pinned, else with the one that the target is at.
    /// `None`: it names the commit, and that is not known. A command with a gap in it is not to be copied.
    pub fn command(&self, written: &str) -> Option<Str> {
        let decided = self.decision.as_ref().filter(|it| it.decision.is_go());
        filled(written, decided.and_then(|it| it.commit.as_ref()).or(self.commit.as_ref()))
    }

    /// Fills in the commands of stages and of the rollback.
    pub(super) fn fill_in_commands(&mut self) {
        let mut stages = std::mem::take(&mut self.stages);
        for stage in &mut stages {
            stage.by_hand = stage.by_hand.take().and_then(|it| self.command(&it));
        }
        self.stages = stages;
        let mut rollback = self.rollback.take();
        for step in rollback.iter_mut().flat_map(|it| &mut it.steps) {
            step.plan.by_hand = step.plan.by_hand.take().and_then(|it| self.command(&it));
        }
        self.rollback = rollback;
    }
}

/// Four braces are two of the command's own, where it names the commit at all.
fn filled(written: &str, commit: Option<&Oid>) -> Option<Str> {
    if !written.contains(COMMIT) {
        return Some(written.into());
    }
    let each = written.split("{{{{").map(|part| {
        if !part.contains(COMMIT) {
            return Some(part.to_owned());
        }
        commit.map(|commit| part.replace(COMMIT, commit.as_str()))
    });
    Some(each.collect::<Option<Vec<_>>>()?.join("{{").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_has_its_commit_or_is_none() {
        let commit = Oid::parse(&"a".repeat(40)).unwrap();
        let with = |written: &str| filled(written, Some(&commit)).map(|it| it.to_string());
        assert_eq!(with("ship --ref {{ target.commit }}").unwrap(), format!("ship --ref {commit}"));
        assert_eq!(
            with("ship {{ target.commit }} '{{{{ .State }}'").unwrap(),
            format!("ship {commit} '{{{{ .State }}}}'")
        );
        assert_eq!(with("show '{{ .State }}'").unwrap(), "show '{{ .State }}'");
        assert_eq!(filled("ship {{ target.commit }}", None), None);
        assert_eq!(filled("ship", None).as_deref(), Some("ship"));
    }
}
