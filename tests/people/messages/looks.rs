//! Looking for what got no answer, where the list is long: what was not read is not "not there".

use serde_json::{Value, json};

use super::{ALL, Kept, Room};
use crate::support::server::{Fault, Reply, Req};

/// Newest first, page by page, as Slack has it.
pub(super) fn history(kept: &Kept, request: &Req) -> Reply {
    let number = |name: &str| request.param(name).and_then(|it| it.parse::<usize>().ok());
    let others = (0..kept.chatter).map(|at| json!({"ts": format!("18.{at}"), "text": "lunch?"}));
    let ours = kept.posts.iter().rev().cloned().map(|mut post| {
        post["bot_id"] = json!("B1");
        if kept.unmarked {
            post.as_object_mut().unwrap().remove("metadata");
        }
        post
    });
    let all: Vec<Value> = others.chain(ours).collect();
    assert!(request.param("oldest").is_some_and(|it| it.parse::<i64>().unwrap() > 1_700_000_000));
    let (start, size) = (number("cursor").unwrap_or_default(), number("limit").unwrap());
    let page: Vec<&Value> = all.iter().skip(start).take(size).collect();
    let more = start + page.len() < all.len();
    let next = if more { (start + page.len()).to_string() } else { String::new() };
    let next = json!({"next_cursor": next});
    Reply::json(200, &json!({"ok": true, "messages": page, "has_more": more, "response_metadata": next}))
}

/// Oldest first, page by page, with a tag that is of the page's body alone.
pub(super) fn comments(kept: &Kept, request: &Req) -> Reply {
    let since = request.param("since").unwrap_or_default();
    let changed = |it: &&Value| it["updated_at"].as_str().unwrap_or("2999") >= since;
    let page: usize = request.param("page").map_or(1, |it| it.parse().unwrap());
    let all: Vec<&Value> = kept.comments.iter().filter(changed).collect();
    let some: Vec<&Value> = all.iter().skip((page - 1) * 100).take(100).copied().collect();
    let tag = format!("\"{page}-{}\"", some.len());
    let reply = match request.header("if-none-match") {
        Some(known) if known == tag => Reply::empty(304),
        _ => Reply::json(200, &json!(some)),
    };
    let next = format!("<{}?per_page=100&since={since}&page={}>; rel=\"next\"", request.path, page + 1);
    let reply = reply.with("ETag", tag);
    if all.len() > page * 100 && reply.status == 200 { reply.with("Link", next) } else { reply }
}

fn of_others(count: usize, changed: &str) -> Vec<Value> {
    (0..count).map(|id| json!({"id": 1000 + id, "body": "+1", "updated_at": changed})).collect()
}

const LOST: fn(&Req) -> bool = |it| it.path.ends_with("chat.postMessage");

#[test]
fn a_message_is_found_below_what_others_wrote_since() {
    let desk = Room::new(ALL);
    desk.kept.lock().unwrap().chatter = 450;
    desk.server.fault_when(LOST, Fault::Cut(0));
    let found = desk.send("hu", "general");
    assert!(found.code == Some(0) && found.out.contains("it is there"), "{}{}", found.out, found.err);
}

#[test]
fn what_was_not_read_of_a_channel_may_be_ours() {
    let busy: fn(&mut Kept) = |kept| kept.chatter = 5000;
    let unmarked: fn(&mut Kept) = |kept| kept.unmarked = true;
    for (change, why) in [(busy, "too many messages since to read"), (unmarked, "metadata.message:read")] {
        let desk = Room::new(ALL);
        change(&mut desk.kept.lock().unwrap());
        desk.server.fault_when(LOST, Fault::Cut(0));
        let said = desk.send("hu", "general");
        assert_eq!(said.code, Some(3), "{why}: {}{}", said.out, said.err);
        desk.server.heal();
        let again = desk.send("hu", "general");
        assert!(again.code == Some(2) && again.err.contains(why), "{why}: {}{}", again.out, again.err);
        assert!(again.err.contains("--arrived"), "{}", again.err);
        assert_eq!(desk.kept.lock().unwrap().posts.len(), 1, "{why}: it is not sent twice");
        let seen = desk.run("hu", &["send", "general", "--arrived"]);
        assert_eq!(seen.code, Some(0), "{}{}", seen.out, seen.err);
    }
}

#[test]
fn a_comment_is_found_behind_a_page_that_was_full_and_stayed_as_it_was() {
    let desk = Room::new(ALL);
    desk.kept.lock().unwrap().comments = of_others(100, "2999-01-01T00:00:00Z");
    desk.server.fault_when(|it| it.method == "POST" && it.path.ends_with("comments"), Fault::Cut(0));
    let found = desk.send("hu", "issue");
    assert!(found.code == Some(0) && found.out.contains("it is there"), "{}{}", found.out, found.err);
}

#[test]
fn an_issue_of_very_many_comments_takes_one_more_and_only_one() {
    let desk = Room::new(ALL);
    desk.kept.lock().unwrap().comments = of_others(1200, "2020-01-01T00:00:00Z");
    desk.server.fault_when(|it| it.method == "POST" && it.path.ends_with("comments"), Fault::Cut(0));
    let found = desk.send("hu", "issue");
    assert!(found.code == Some(0) && found.out.contains("it is there"), "{}{}", found.out, found.err);
    // All of them written since yesterday: ours may be among those that are not read.
    let desk = Room::new(ALL);
    desk.kept.lock().unwrap().comments = of_others(1200, "2999-01-01T00:00:00Z");
    let full = desk.send("hu", "issue");
    assert!(full.code == Some(2) && full.err.contains("too many comments to read"), "{}", full.err);
    assert!(desk.writes().is_empty());
}
