//! Pages that stand in for the one that was asked for: a status of 200 says nothing of which one came.

use std::path::Path;

use crate::http::Response;

/// So much of a page is looked at.
const MOST: usize = 256 << 10;
/// What a page of whoever signs people in holds: a field for a password, or a form of SAML that sends itself.
const SIGNS_IN: [&str; 5] =
    ["type=\"password\"", "type='password'", "type=password", "name=\"samlrequest\"", "name='samlrequest'"];
/// Parts of an address that is about signing in by itself.
const ABOUT_IT: [&str; 7] = ["login", "logon", "signin", "sign-in", "sign_in", "auth", "sso"];

/// Why an answer with the right status may be no answer of what was asked for; `None`: nothing speaks against it. Only where
/// nothing of the answer is compared.
pub(super) fn seen(path: &str, response: &Response) -> Option<&'static str> {
    let path = path.to_ascii_lowercase();
    let kind = response.header("content-type").unwrap_or_default().to_ascii_lowercase();
    if !kind.starts_with("text/html") && !kind.starts_with("application/xhtml") {
        return None;
    }
    if Path::new(&path).extension().is_some_and(|end| end == "json") {
        return Some("the answer is a page of HTML, and the address is that of a JSON document");
    }
    let body = response.body();
    let page = String::from_utf8_lossy(body.get(..MOST).unwrap_or(body)).to_ascii_lowercase();
    let own = ABOUT_IT.iter().any(|word| path.contains(word));
    if !own && SIGNS_IN.iter().any(|it| page.contains(it)) {
        return Some("the page asks for a password: one that only lets people sign in has this status too");
    }
    let refreshed = page.split("http-equiv").skip(1).filter_map(|rest| rest.split('>').next());
    let mut refreshed = refreshed.filter(|tag| tag.contains("refresh") && tag.contains("url="));
    refreshed.next().map(|_| "the page only leads on to another one")
}
