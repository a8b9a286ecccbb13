//! `owner/name`, as GitHub's repositories and teams are called.

/// Owner and name, if a text is `owner/name` of the characters that GitHub allows. Either becomes part of an address, where `.` and
/// `..` would lead elsewhere.
pub fn owner_and_name(text: &str) -> Option<(&str, &str)> {
    let plain = |part: &str| {
        (1..=100).contains(&part.len())
            && !matches!(part, "." | "..")
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    text.split_once('/').filter(|(owner, name)| plain(owner) && plain(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_lead_elsewhere_is_no_name() {
        assert_eq!(owner_and_name("acme/rocket-2_x.y"), Some(("acme", "rocket-2_x.y")));
        let long = format!("acme/{}", "x".repeat(101));
        for none in
            ["", "acme", "acme/", "/x", "acme/..", "./x", "a/b/c", "acme/x y", "acme/ä", long.as_str()]
        {
            assert_eq!(owner_and_name(none), None, "{none}");
        }
    }
}
