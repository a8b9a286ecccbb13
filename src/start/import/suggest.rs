//! What a machine could answer in the place of a person, by what a line names.

use super::items::Item;
use crate::page::inner;

/// A kind of evidence that could answer a line, as it is written in a gate, and the repository that it is about.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Suggestion {
    pub(crate) kind: String,
    pub(crate) repository: Option<String>,
}

/// The evidence that a line names: a workflow by its link, or a label that nothing open may have.
pub(crate) fn suggestion(item: &Item) -> Option<Suggestion> {
    workflow(item).or_else(|| label(item))
}

fn workflow(item: &Item) -> Option<Suggestion> {
    item.text.links.iter().find_map(|(_, url)| {
        let (before, rest) =
            url.split_once("/actions/workflows/").or_else(|| url.split_once("/.github/workflows/"))?;
        let file = rest.split(['?', '#', '/']).next().filter(|file| is_plain(file) && is_yaml(file))?;
        let kind = format!("github: {{ workflow: {{ file: {} }} }}", inner(file));
        Some(Suggestion { kind, repository: repository(before) })
    })
}

fn label(item: &Item) -> Option<Suggestion> {
    let text = item.text.plain.to_lowercase();
    let none =
        ["no open", "no remaining", "no outstanding", "no more open"].iter().any(|said| text.contains(said));
    if !none {
        return None;
    }
    let linked = item.text.links.iter().find_map(|(_, url)| {
        let rest = url.split_once("label%3A").or_else(|| url.split_once("label:"))?.1;
        let end = rest.find(['+', '&', '#', ' ']).unwrap_or(rest.len());
        let label = rest[..end].replace("%20", " ").replace("%22", "").replace("%2F", "/");
        (!label.is_empty() && !label.contains('%')).then_some((label, repository(url)))
    });
    let (label, repository) = linked.or_else(|| item.text.codes.first().map(|code| (code.clone(), None)))?;
    let thing =
        if text.contains("pull request") || text.contains(" pr") { "pull_requests" } else { "issues" };
    let kind = format!("github: {{ {thing}: {{ labels: [{}] }} }}", inner(&label));
    Some(Suggestion { kind, repository })
}

/// `OWNER/NAME` of an address on GitHub.
fn repository(url: &str) -> Option<String> {
    let mut parts = url.split_once("github.com/")?.1.split(['/', '?', '#']);
    let name = format!("{}/{}", parts.next()?, parts.next()?);
    gonogo_text::owner_and_name(&name).is_some().then_some(name)
}

fn is_yaml(file: &str) -> bool {
    [".yml", ".yaml"].iter().any(|end| file.ends_with(end))
}

fn is_plain(file: &str) -> bool {
    !file.is_empty() && file.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::items::MarkedText;

    fn of(text: &str, link: &str, code: &str) -> Option<String> {
        let links = [("x".to_owned(), link.to_owned())].into_iter().filter(|it| !it.1.is_empty()).collect();
        let codes = [code.to_owned()].into_iter().filter(|it| !it.is_empty()).collect();
        let text = MarkedText { plain: text.to_owned(), links, codes, ..MarkedText::default() };
        suggestion(&Item { text, ..Item::default() })
            .map(|it| format!("{} {}", it.kind, it.repository.unwrap_or_default()))
    }

    #[test]
    fn workflows_and_labels_that_a_line_names_are_what_github_can_answer() {
        let workflow = "github: { workflow: { file: ci.yml } } acme/x";
        for link in [
            "https://github.com/acme/x/actions/workflows/ci.yml?query=branch%3Amain",
            "https://github.com/acme/x/blob/main/.github/workflows/ci.yml",
        ] {
            let said = of("All tests pass", link, "");
            assert!(said.as_deref().is_some_and(|it| it.starts_with(workflow)), "{said:?}");
        }
        let search = "https://github.com/acme/x/issues?q=is%3Aopen+label%3Ablock-release";
        let wanted = "github: { issues: { labels: [block-release] } }";
        assert_eq!(of("No open issues tagged", search, "").as_deref(), Some(&*format!("{wanted} acme/x")));
        assert_eq!(of("No open bugs labelled", "", "block-release").as_deref(), Some(&*format!("{wanted} ")));
        for (text, link) in [
            ("Look at open issues", search),
            ("All tests pass", "https://github.com/acme/x/actions/workflows/"),
            ("All tests pass", "https://example.com/ci"),
        ] {
            assert_eq!(of(text, link, ""), None, "{text} {link}");
        }
    }
}
