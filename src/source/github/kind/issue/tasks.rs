//! Task lists in Markdown: boxes outside of code and of HTML comments.

/// One box and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) ticked: bool,
    pub(super) text: String,
}

/// Every box of the text.
pub(super) fn read(body: &str) -> Vec<Task> {
    let text = without_comments(body);
    let mut fence: Option<(char, usize)> = None;
    let mut tasks = Vec::new();
    for line in text.lines() {
        let bare = line.trim_start();
        match (fence, fence_of(bare)) {
            (None, Some(opening)) => fence = Some(opening),
            (None, None) => tasks.extend(task(bare)),
            // A fence ends with at least as many of the same marks, and nothing behind them.
            (Some((mark, long)), Some((end, len)))
                if mark == end && len >= long && bare.trim_end().chars().all(|c| c == mark) =>
            {
                fence = None;
            }
            _ => {}
        }
    }
    tasks
}

fn fence_of(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let len = line.chars().take_while(|c| *c == mark).count();
    (len >= 3).then_some((mark, len))
}

/// `- [ ] text`, with any list mark.
fn task(line: &str) -> Option<Task> {
    let line = line.trim_start_matches(['>', ' ', '\t']);
    let rest = match line.strip_prefix(['-', '*', '+']) {
        Some(rest) => rest,
        None => {
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            (digits > 0).then(|| line[digits..].strip_prefix(['.', ')'])).flatten()?
        }
    };
    let inside = rest.strip_prefix([' ', '\t'])?.trim_start().strip_prefix('[')?;
    let mut chars = inside.chars();
    let ticked = match chars.next()? {
        ' ' => false,
        'x' | 'X' => true,
        _ => return None,
    };
    let text = chars.as_str().strip_prefix(']')?;
    let text = text.strip_prefix([' ', '\t'])?.trim();
    Some(Task { ticked, text: text.to_owned() })
}

/// The text without what is between `<!--` and `-->`; an open comment hides the rest, but not its boxes' existence
/// from people: what follows is kept, so that a box there counts as open rather than vanishing.
fn without_comments(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("<!--") {
        out.push_str(before);
        match after.split_once("-->") {
            Some((_, tail)) => rest = tail,
            None => {
                rest = after;
                break;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxes(text: &str) -> String {
        read(text).iter().map(|task| if task.ticked { 'x' } else { '.' }).collect()
    }

    #[test]
    fn every_kind_of_list_counts() {
        assert_eq!(
            boxes("- [ ] a\n* [x] b\n+ [X] c\n1. [ ] d\n12) [x] e\n  - [ ] deep\n> - [x] quoted"),
            ".xx.x.x"
        );
        assert_eq!(read("- [x]  Ship it ")[0].text, "Ship it");
    }

    #[test]
    fn what_only_looks_like_a_box_does_not() {
        for text in
            ["[ ] a", "-[ ] a", "- [] a", "- [y] a", "- [ ]a", "text - [ ] a", "1 [ ] a", "- [x](link)"]
        {
            assert_eq!(boxes(text), "", "{text}");
        }
    }

    #[test]
    fn code_and_comments_are_left_out() {
        assert_eq!(boxes("```\n- [ ] a\n```\n- [x] b"), "x");
        assert_eq!(boxes("~~~~ md\n- [ ] a\n~~~\n- [ ] b\n~~~~\n- [x] c"), "x");
        assert_eq!(boxes("<!-- - [ ] a -->\n- [x] b <!-- [ ] -->"), "x");
    }

    #[test]
    fn an_open_comment_hides_no_open_box() {
        assert_eq!(boxes("- [x] a\n<!-- never closed\n- [ ] b"), "x.");
    }
}
