//! What people met who gate releases on other services, and what is right there: cases of public reports.

use serde_json::{Value, json};

use super::kit::{CANARY, ok, once, question, report, serve, source, word};
use crate::support::server::{Reply, Req};

/// Asks a flag in production, in addition to its provider with what else it needs.
async fn flag(
    place: &str,
    asked: &str,
    answer: impl Fn(&Req) -> Reply + Send + Sync + 'static,
) -> (String, String) {
    let provider = place.split(',').next().unwrap();
    let yaml = format!("flag: {{ provider: {place}, key: checkout, {asked} }}");
    let answer = once(provider, &yaml, answer).await;
    let said = match &answer {
        Ok(found) => format!("{} {:?}", found.reason, found.rows),
        Err(failure) => format!("{} {}", failure.message, failure.next.as_deref().unwrap_or_default()),
    };
    (word(&answer), said)
}

const UNLEASH: &str = "unleash, project: default, environment: production";
const GROWTHBOOK: &str = "growthbook, environment: production";

/// A flag of Unleash whose environment has these strategies and release plans; null: the answer has no such key.
fn unleash(name: &str, above: &[&str], strategies: &Value, plans: &Value) -> Value {
    let mut environment = json!({"name": "production", "enabled": true, "strategies": strategies});
    if !plans.is_null() {
        environment["releasePlans"] = plans.clone();
    }
    let above: Vec<Value> = above.iter().map(|name| json!({"feature": name})).collect();
    json!({"name": name, "archived": false, "dependencies": above, "environments": [environment]})
}

fn plan(active: &Value) -> Value {
    let strategy = |percent: &str| json!({"strategyName": "flexibleRollout", "parameters": {"rollout": percent}, "segments": []});
    json!([{"activeMilestoneId": active, "milestones": [
        {"id": "m1", "name": "few", "strategies": [strategy("5")]},
        {"id": "m2", "name": "all", "strategies": [strategy("100")]}]}])
}

/// The strategies of a plan stand apart from those of the environment, whose list is empty then.
#[tokio::test]
async fn a_release_plan_of_unleash_is_not_everybody() {
    let few = || plan(&json!("m1"));
    for (strategies, plans, asked, expected) in [
        (json!([]), few(), "percent_at_least: 100", "Fails"),
        (json!([]), few(), "percent_at_most: 10", "Holds"),
        (json!([]), plan(&json!("m2")), "percent_at_least: 100", "Holds"),
        (
            json!([{"name": "flexibleRollout", "parameters": {"rollout": "20"}}]),
            few(),
            "percent_at_most: 10",
            "Fails",
        ),
        (json!([]), plan(&Value::Null), "percent_at_least: 100", "Unclear"),
        (json!([]), plan(&json!("m9")), "percent_at_most: 10", "Unclear"),
        (json!([]), Value::Null, "percent_at_least: 100", "Unclear"),
        (json!([]), json!([]), "percent_at_least: 100", "Holds"),
        (json!([{"name": "default"}]), Value::Null, "percent_at_least: 100", "Holds"),
    ] {
        let body = unleash("checkout", &[], &strategies, &plans);
        let (found, said) = flag(UNLEASH, asked, move |_| ok(&body)).await;
        assert_eq!(found, expected, "{strategies} {plans} {asked}: {said}");
    }
    // What a parent lets through is counted in the same way.
    for (active, expected) in [("m1", "Unclear"), ("m2", "Holds")] {
        let world = move |request: &Req| {
            let all = json!([{"name": "default"}]);
            ok(&if request.path.ends_with("/parent") {
                unleash("parent", &[], &json!([]), &plan(&json!(active)))
            } else {
                unleash("checkout", &["parent"], &all, &json!([]))
            })
        };
        let (found, said) = flag(UNLEASH, "percent_at_least: 100", world).await;
        assert_eq!(found, expected, "{active}: {said}");
    }
}

fn growthbook(rules: &Value) -> Value {
    json!({"feature": {"id": "checkout", "archived": false, "valueType": "boolean", "defaultValue": "false",
        "environments": {"production": {"enabled": true}}, "rules": rules, "prerequisites": []}})
}

fn force(value: &str, schedule: &Value) -> Value {
    json!({"type": "force", "value": value, "enabled": true, "allEnvironments": true, "scheduleRules": schedule})
}

/// The server leaves out a rule before its start and after its end, by its own clock.
#[tokio::test]
async fn a_rule_of_growthbook_counts_only_within_its_schedule() {
    let window = |start: &str, end: &str| json!([{"timestamp": start, "enabled": true}, {"timestamp": end, "enabled": false}]);
    let (later, over, now) = (
        window("2100-01-01T00:00:00Z", "2100-02-01T00:00:00Z"),
        window("2001-01-01T00:00:00Z", "2001-02-01T00:00:00Z"),
        window("2001-01-01T00:00:00Z", "2100-02-01T00:00:00Z"),
    );
    for (rules, asked, expected) in [
        (json!([force("true", &later)]), "percent_at_least: 100", "Fails"),
        (json!([force("true", &later)]), "percent_at_most: 0", "Holds"),
        (json!([force("true", &now)]), "percent_at_least: 100", "Holds"),
        (json!([force("false", &over), force("true", &json!([]))]), "percent_at_most: 0", "Fails"),
        (
            json!([force("true", &window("some day", "2100-01-01T00:00:00Z"))]),
            "percent_at_least: 100",
            "Unclear",
        ),
    ] {
        let body = growthbook(&rules);
        let (found, said) = flag(GROWTHBOOK, asked, move |_| ok(&body)).await;
        assert_eq!(found, expected, "{rules} {asked}: {said}");
    }
    let body = growthbook(&json!([force("true", &later)]));
    let (_, said) = flag(GROWTHBOOK, "percent_at_most: 0", move |_| ok(&body)).await;
    assert!(!said.contains("rules"), "a rule that does not count is not mentioned: {said}");
}

#[tokio::test]
async fn a_holdout_of_growthbook_opens_the_span() {
    for (holdout, expected) in [
        (json!({"id": "hld_1", "value": "false"}), "Unclear"),
        (json!({"id": "hld_1", "value": "true"}), "Holds"),
        (Value::Null, "Holds"),
    ] {
        let mut body = growthbook(&json!([force("true", &json!([]))]));
        body["feature"]["holdout"] = holdout.clone();
        let (found, said) = flag(GROWTHBOOK, "percent_at_least: 100", move |_| ok(&body)).await;
        assert_eq!((found.as_str(), said.contains("a holdout")), (expected, !holdout.is_null()), "{said}");
    }
}

/// They are told by their keys alone, and each must be true.
#[tokio::test]
async fn prerequisites_of_growthbook_must_be_true_for_whoever_asks() {
    for (above, expected) in [
        (json!({"defaultValue": "true"}), "Holds"),
        (json!({"defaultValue": "false"}), "Fails"),
        (json!({"defaultValue": "true", "archived": true}), "Unclear"),
        (json!({"defaultValue": "true", "environments": {"production": {"enabled": false}}}), "Fails"),
        (json!({"defaultValue": "true", "environments": {}}), "Unclear"),
        (
            json!({"defaultValue": "false", "rules": [{"type": "rollout", "value": "true", "coverage": 0.5}]}),
            "Holds",
        ),
    ] {
        let told = above.clone();
        let world = move |request: &Req| {
            let mut body = growthbook(&json!([]));
            if request.path.ends_with("/kill") {
                body["feature"]["id"] = json!("kill");
                for (key, value) in told.as_object().unwrap() {
                    body["feature"][key] = value.clone();
                }
            } else {
                body["feature"]["defaultValue"] = json!("true");
                body["feature"]["prerequisites"] = json!(["kill"]);
            }
            ok(&body)
        };
        let (found, said) = flag(GROWTHBOOK, "expect: enabled", world).await;
        assert_eq!(found, expected, "{above}: {said}");
    }
}

/// A gate of Statsig with one rule for everybody in some environments, and whom it names.
fn statsig(percent: u32, environments: Value, overrides: Value) -> impl Fn(&Req) -> Reply {
    move |request| {
        let rule = json!({"name": "all", "passPercentage": percent, "conditions": [{"type": "public"}], "environments": environments});
        match request.path.as_str() {
            "/console/v1/environments" => {
                ok(&json!({"data": {"environments": [{"name": "production"}, {"name": "staging"}]}}))
            }
            "/console/v1/gates/checkout/overrides" if overrides.is_null() => {
                Reply::json(403, &json!({"message": "no"}))
            }
            "/console/v1/gates/checkout/overrides" => {
                Reply::json(201, &json!({"message": "ok", "data": overrides}))
            }
            _ => ok(
                &json!({"data": {"id": "checkout", "isEnabled": true, "status": "In Progress", "rules": [rule]}}),
            ),
        }
    }
}

#[tokio::test]
async fn an_environment_that_statsig_does_not_have_is_not_nobody() {
    for (environment, rules, expected) in [
        ("prod", json!(["production"]), "NotFound"),
        ("staging", json!(["production"]), "Holds"),
        ("production", json!(["production"]), "Fails"),
        ("Production", json!(["production"]), "Fails"),
        ("prod", Value::Null, "Fails"),
    ] {
        let place = format!("statsig, environment: {environment}");
        let (found, said) =
            flag(&place, "percent_at_most: 10", statsig(100, rules.clone(), Value::Null)).await;
        assert_eq!(found, expected, "{environment} {rules}: {said}");
        assert!(found != "NotFound" || said.contains("production, staging"), "{said}");
    }
}

/// They go before the rules. Who passes says nothing against everybody, and who fails nothing against nobody.
#[tokio::test]
async fn who_is_named_in_statsig_is_more_than_nobody() {
    let of =
        |passing: &[&str], failing: &[&str]| json!({"passingUserIDs": passing, "failingUserIDs": failing});
    let there = |environment: Value| {
        json!({"passingUserIDs": [], "failingUserIDs": [],
            "environmentOverrides": [{"environment": environment, "unitID": "userID", "passingIDs": ["a"], "failingIDs": []}]})
    };
    for (percent, asked, overrides, expected) in [
        (0, "percent_at_most: 0", of(&[], &["b"]), "Holds"),
        (0, "percent_at_most: 0", of(&["a"], &[]), "Unclear"),
        (100, "percent_at_least: 100", of(&["a"], &[]), "Holds"),
        (100, "percent_at_least: 100", of(&[], &["b"]), "Unclear"),
        (0, "percent_at_most: 0", there(json!("production")), "Unclear"),
        (0, "percent_at_most: 0", there(Value::Null), "Unclear"),
        (0, "percent_at_most: 0", there(json!("staging")), "Holds"),
        (0, "percent_at_most: 0", Value::Null, "Forbidden"),
        (10, "percent_at_most: 10", Value::Null, "Holds"),
    ] {
        let world = statsig(percent, Value::Null, overrides.clone());
        let (found, said) = flag("statsig, environment: production", asked, world).await;
        assert_eq!(found, expected, "{percent} {asked} {overrides}: {said}");
    }
}

#[tokio::test]
async fn a_flag_without_a_value_is_what_the_code_falls_back_to() {
    for (body, asked, expected, said) in [
        (json!({"reason": "DEFAULT"}), "expect: enabled", "Unclear", "leaves the value to the code"),
        (
            json!({"reason": "STATIC", "value": null}),
            "expect: enabled",
            "Unclear",
            "leaves the value to the code",
        ),
        (json!({"reason": "DISABLED"}), "expect: disabled", "Holds", "disabled"),
        (json!({"reason": "DISABLED"}), "expect: enabled", "Fails", "disabled"),
        (json!({"reason": "DISABLED", "value": false}), "expect: disabled", "Holds", "disabled"),
        (json!({"reason": "DISABLED", "value": true}), "expect: disabled", "Unclear", "this context gets"),
        // A percentage inside of a rule.
        (json!({"reason": "TARGETING_MATCH_SPLIT", "value": true}), "expect: enabled", "Holds", "enabled"),
        (json!({"reason": "TARGETING_MATCH_SPLIT", "value": true}), "value: \"true\"", "Holds", ""),
        (json!({"reason": "OFFLINE", "value": true}), "expect: enabled", "Unclear", ""),
        // On, and both branches of its targeting give false.
        (
            json!({"reason": "TARGETING_MATCH", "value": false}),
            "expect: enabled",
            "Unclear",
            "gets \"false\"",
        ),
        (
            json!({"reason": "DEFAULT", "value": true}),
            "value: \"true\", context: { targetingKey: x }",
            "Holds",
            "this context gets",
        ),
    ] {
        let told = body.clone();
        let (found, reason) = flag("ofrep", asked, move |_| {
            let mut body = told.clone();
            body["key"] = json!("checkout");
            ok(&body)
        })
        .await;
        assert_eq!(found, expected, "{body} {asked}: {reason}");
        assert!(reason.contains(said), "{body} {asked}: {reason}");
    }
}

#[tokio::test]
async fn a_flag_that_may_be_hidden_because_it_is_off_is_not_said_to_be_misspelt_only() {
    let missing = |_: &Req| {
        Reply::json(
            404,
            &json!({"key": "checkout", "errorCode": "FLAG_NOT_FOUND", "errorDetails": "is disabled"}),
        )
    };
    let (found, said) = flag("ofrep", "expect: disabled", missing).await;
    assert_eq!(found, "NotFound");
    assert!(said.contains("the flag is disabled"), "{said}");
    let (found, said) = flag("flagsmith", "expect: disabled", |_| ok(&json!([]))).await;
    assert_eq!(found, "NotFound");
    assert!(said.contains("hides disabled flags") && said.contains("server-side"), "{said}");
}

/// In Zendesk the title has the categories in it, and its own screen shows the macro under them.
#[tokio::test]
async fn a_macro_in_a_category_is_found_by_its_whole_title() {
    let one = |title: &'static str| {
        let found = json!({"id": 7, "title": title, "active": true, "restriction": null, "updated_at": null});
        move |_: &Req| ok(&json!({"macros": [found], "count": 1, "next_page": null}))
    };
    let asked = |title: &str| format!("macro: {{ provider: zendesk, title: '{title}' }}");
    let failure = once("zendesk", &asked("Refund"), one("Billing::Refund")).await.unwrap_err();
    assert!(failure.message.contains("it is called \"Billing::Refund\" there"), "{failure:?}");
    assert_eq!(word(&once("zendesk", &asked("Billing::Refund"), one("Billing::Refund")).await), "Holds");
    let other = once("zendesk", &asked("Refund"), one("No Refund")).await.unwrap_err();
    assert!(!other.message.contains("it is called"), "{other:?}");
}

#[tokio::test]
async fn what_silence_means_to_a_monitor_is_said() {
    for (missing, said) in [("resolve", true), ("default", false), ("show_no_data", false)] {
        let body = json!({"id": 42, "name": "Errors", "overall_state": "OK", "options": {"on_missing_data": missing}});
        let found =
            once("datadog", "datadog: { monitor: { id: \"42\" } }", move |_| ok(&body)).await.unwrap();
        assert_eq!(found.reason.contains("also when nothing is sent"), said, "{missing}: {}", found.reason);
    }
}

/// A query that counts what is wrong has no data when nothing is wrong, and none when all of it is gone.
#[tokio::test]
async fn a_zero_in_place_of_no_data_needs_something_to_count() {
    let nothing = |_: &Req| ok(&json!({"status": "success", "data": {"resultType": "vector", "result": []}}));
    let said = async |rest: &str| {
        let yaml = format!("prometheus: {{ {rest} }}");
        once("prometheus", &yaml, nothing).await.unwrap().reason.to_string()
    };
    let alone = said("query: down, at_most: 0").await;
    assert!(alone.contains("or vector(0)") && alone.contains("samples: {"), "{alone}");
    let counted = said("query: down, at_most: 0, samples: { query: count(up), at_least: 1 }").await;
    assert!(counted.contains("or vector(0)") && !counted.contains("samples: {"), "{counted}");
    let share = said("bad: down, total: all, at_most: 1%").await;
    assert!(!share.contains("samples: {"), "{share}");
}

#[tokio::test]
async fn a_property_that_can_not_be_compared_says_which_can() {
    let formula = json!({"id": "f", "type": "formula", "formula": {"type": "boolean", "boolean": true}});
    let body =
        json!({"object": "page", "id": "59833787", "in_trash": false, "properties": {"Ready": formula}});
    let yaml = "notion: { page: { id: '59833787', property: Ready, done: [\"true\"] } }";
    let found = once("notion", yaml, move |_| ok(&body)).await;
    assert_eq!(word(&found), "Unclear");
    let said = found.unwrap().reason;
    assert!(said.contains("use a status, a select or a checkbox"), "{said}");
}

/// What a proxy answers is as old as it says, and at some time it is no answer.
#[tokio::test]
async fn what_a_proxy_has_kept_is_as_old_as_that() {
    for (age, word_of_it, kept) in [
        (None, "Holds", None),
        (Some("0"), "Holds", None),
        (Some("590"), "Holds", Some(590)),
        (Some("601"), "Incomplete", None),
    ] {
        let question = question("pagerduty: { incidents: { service: PABC123 } }");
        let server = serve(move |request| {
            let body = if request.path.contains("services") {
                json!({"service": {"id": "PABC123", "status": "active", "name": "x"}})
            } else {
                json!({"incidents": [], "total": 0, "more": false})
            };
            age.map_or_else(|| ok(&body), |age| ok(&body).with("Age", age))
        });
        let told = report(&*source(&question, "pagerduty", &server, Some(CANARY)), &question).await;
        assert_eq!(word(&told.answers[0].1), word_of_it, "{age:?}: {:?}", told.answers);
        assert_eq!(told.kept.get(&question.gate).map(std::time::Duration::as_secs), kept, "{age:?}");
    }
}
