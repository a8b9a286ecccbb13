//! The frame of a page for browsers: one file that needs nothing else, no script, and a policy that forbids both. Light,
//! dark and paper; a phone, a window, a wall.

use super::svg::escape;

/// The look. The policy below allows this text alone, by its hash.
const STYLE: &str = "\
:root{color-scheme:light dark;--text:#1b1f24;--ground:#fff;--line:#d0d7de;--go:#1a7f37;--nogo:#b42318;--pending:#0b5cad;--unknown:#8a5a00;--waived:#6f42c1;--na:#5b636b}\
@media(prefers-color-scheme:dark){:root{--text:#e6e9ed;--ground:#14181f;--line:#3a424d;--go:#3fb950;--nogo:#ff7b72;--pending:#6cb6ff;--unknown:#e3b341;--waived:#c297ff;--na:#9aa4af}}\
body{font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--ground);max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}\
h1{font-size:2.4rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.3rem;margin:2rem 0 .5rem}h3{font-size:1.1rem}\
a{color:var(--pending)}ul,ol{padding-left:1.4rem}blockquote{margin:1rem 0;padding:0 1rem;border-left:4px solid var(--line)}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{overflow-wrap:normal}\
td.word,h1,li strong{white-space:nowrap}.go{--c:var(--go)}.no-go{--c:var(--nogo)}.hold,.unknown{--c:var(--unknown)}.pending{--c:var(--pending)}.waived{--c:var(--waived)}.not-applicable{--c:var(--na)}\
h1,td.word{color:var(--c);font-weight:700}h1{white-space:normal}p.word{font-size:1.3rem;font-weight:700;color:var(--c);margin:0}table.stack td{min-width:4.2em}table.stack:not(:has(td:nth-child(7))) td{min-width:5.6em}small{color:var(--na);font-weight:400}\
svg{width:100%;height:auto;font:12px system-ui,sans-serif}svg rect{fill:none;stroke:var(--c);stroke-width:2}svg text{fill:var(--c)}svg .label,svg .line text,svg .stage text{fill:var(--text)}svg .label,svg .stage text{stroke:var(--ground);stroke-width:4px;paint-order:stroke}svg .line path{stroke:var(--text);stroke-dasharray:3 3}svg .faint{opacity:.5}\
.narrow{display:none}\
@media screen and (max-width:38rem){body{margin:1rem auto}h1{font-size:1.7rem}.wide{display:none}.narrow{display:block}li strong{white-space:normal}}\
@media screen and (max-width:44rem){table.stack thead{position:absolute;width:1px;height:1px;overflow:hidden}table.stack tr{display:block;border:1px solid var(--line);margin-bottom:.6rem;padding:.2rem 0}table.stack td,table.stack:not(:has(td:nth-child(7))) td{display:block;border:0;padding:.1rem .6rem;min-width:0}table.stack td.word{white-space:normal}table.stack td:empty{display:none}}\
@page{margin:14mm}\
@media print{:root{--text:#000;--ground:#fff;--line:#999;--go:#000;--nogo:#000;--pending:#000;--unknown:#000;--waived:#000;--na:#444}body{margin:0;max-width:none;padding:0;font-size:9pt;line-height:1.35}h1{font-size:17pt}h2{font-size:11pt;margin:.7rem 0 .2rem;break-after:avoid}p,ul,ol{margin:.3rem 0}th,td{padding:.1rem .4rem}svg{max-width:78%}tr,svg,li{break-inside:avoid}a{color:inherit}}";

/// Of [`STYLE`]; a test computes it anew.
const STYLE_HASH: &str = "QQSPbpYHjIkDm2ixtXnJYpmjcGnK6zukahOzJ8Anq8c=";

/// A page with this title and body, which are HTML already; ends with a line end. It is well-formed XML too, so that any
/// strict parser can hold it to that.
pub(super) fn document(title: &str, body: &str) -> String {
    let page = format!(
        "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; \
         base-uri 'none'; form-action 'none'\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"referrer\" content=\"no-referrer\"/>\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\
         </body>\n</html>\n",
        escape(title)
    );
    super::runner::harmless_xml(&page)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_policy_allows_the_style_and_nothing_else() {
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(STYLE));
        assert_eq!(STYLE_HASH, hash);
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"), "nothing from elsewhere");
    }
}
