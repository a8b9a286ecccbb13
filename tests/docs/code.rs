//! The page on adding a source quotes code that is there.

use std::{fs, path::Path};

const PAGE: &str = include_str!("../../docs/adding-a-source.md");

/// Where what the page quotes stands.
const QUOTED: [&str; 3] = ["src/source/pagerduty.rs", "src/source/register.rs", "tests/others/pagerduty.rs"];

#[test]
fn what_is_quoted_stands_in_the_code_to_the_letter() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let code = QUOTED.map(|file| fs::read_to_string(root.join(file)).unwrap());
    let blocks: Vec<_> =
        PAGE.split("```rust\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() > 5, "{} blocks", blocks.len());
    for block in blocks {
        assert!(code.iter().any(|text| text.contains(block)), "none of {QUOTED:?} has this:\n{block}");
    }
}
