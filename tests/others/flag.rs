//! Feature flags of six keepers.

use gonogo::domain::FailureKind;
use serde_json::{Value, json};

use super::{
    conformance::{Case, check},
    kit::{CANARY, ask, decode, ok, once, question, serve, source, word},
};
use crate::support::server::{Reply, Req};

const LAUNCHDARKLY: &str = "flag: { provider: launchdarkly, project: web, environment: production, key: checkout, expect: enabled, percent_at_most: 25 }";

fn launchdarkly_flag(on: bool, weight: u64) -> Value {
    json!({"key": "checkout", "archived": false, "variations": [{"_id": "a", "value": true}, {"_id": "b", "value": false}],
        "environments": {"production": {"on": on, "archived": false, "offVariation": 1,
            "fallthrough": {"rollout": {"variations": [{"variation": 0, "weight": weight}, {"variation": 1, "weight": 100_000 - weight}]}},
            "rules": [], "targets": [], "contextTargets": [], "prerequisites": []}}})
}

fn launchdarkly(request: &Req) -> Reply {
    assert_eq!(request.path, "/api/v2/flags/web/checkout");
    assert_eq!(request.param("env"), Some("production"));
    assert_eq!(request.header("ld-api-version"), Some("20240415"));
    ok(&launchdarkly_flag(true, 25_000))
}

const UNLEASH: &str = "flag: { provider: unleash, project: default, environment: production, key: checkout, expect: enabled, percent_at_least: 25 }";

fn unleash(request: &Req) -> Reply {
    if request.path == "/api/admin/archive/features/default" {
        return ok(&json!({"version": 2, "features": []}));
    }
    assert_eq!(request.path, "/api/admin/projects/default/features/checkout");
    let strategy = json!({"name": "flexibleRollout", "disabled": false, "parameters": {"rollout": "25"}, "constraints": [], "segments": []});
    ok(&json!({"name": "checkout", "archived": false, "stale": false,
        "environments": [{"name": "production", "enabled": true, "strategies": [strategy]}]}))
}

const FLAGSMITH: &str = "flag: { provider: flagsmith, key: checkout, expect: enabled }";

fn flagsmith(request: &Req) -> Reply {
    assert_eq!(request.path, "/flags/");
    ok(
        &json!([{"id": 1, "enabled": true, "feature_state_value": null, "feature": {"id": 7, "name": "checkout", "type": "STANDARD"}}]),
    )
}

const GROWTHBOOK: &str = "flag: { provider: growthbook, environment: production, key: checkout, expect: enabled, percent_at_most: 25 }";

fn growthbook(request: &Req) -> Reply {
    assert_eq!(request.path, "/api/v2/features/checkout");
    let rule = json!({"id": "r", "type": "rollout", "enabled": true, "coverage": 0.25, "value": "true", "allEnvironments": true});
    ok(
        &json!({"feature": {"id": "checkout", "archived": false, "valueType": "boolean", "defaultValue": "false",
        "environments": {"production": {"enabled": true}}, "rules": [rule]}}),
    )
}

const STATSIG: &str = "flag: { provider: statsig, environment: production, key: checkout, expect: enabled, percent_at_least: 90 }";

fn statsig(request: &Req) -> Reply {
    assert_eq!(request.path, "/console/v1/gates/checkout");
    let rule = json!({"name": "all", "passPercentage": 90, "conditions": [{"type": "public"}], "environments": null});
    ok(
        &json!({"message": "ok", "data": {"id": "checkout", "isEnabled": true, "status": "In Progress", "rules": [rule]}}),
    )
}

const OFREP: &str =
    "flag: { provider: ofrep, key: checkout, value: \"on\", context: { targetingKey: user-123 } }";

fn ofrep(request: &Req) -> Reply {
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/ofrep/v1/evaluate/flags/checkout")
    );
    assert_eq!(request.json(), json!({"context": {"targetingKey": "user-123"}}));
    ok(&json!({"key": "checkout", "value": "on", "reason": "TARGETING_MATCH", "variant": "on"}))
}

fn case(
    provider: &'static str,
    yaml: &'static str,
    good: fn(&Req) -> Reply,
    signs: &'static [&'static str],
    decisive: &'static [&'static str],
) -> Case {
    Case { provider, yaml, defaults: &[], good, signs, decisive }
}

#[tokio::test]
async fn launchdarkly_keeps_the_promises_of_every_source() {
    const DECISIVE: &[&str] = &[
        "/key",
        "/archived",
        "/variations",
        "/environments/production",
        "/environments/production/on",
        "/environments/production/offVariation",
        "/environments/production/fallthrough",
        "/environments/production/fallthrough/rollout/variations/0/weight",
    ];
    check(&case(
        "launchdarkly",
        LAUNCHDARKLY,
        launchdarkly,
        &["authorization: canary-user:canary-token-93d1"],
        DECISIVE,
    ))
    .await;
}

#[tokio::test]
async fn unleash_keeps_the_promises_of_every_source() {
    const DECISIVE: &[&str] = &[
        "/name",
        "/archived",
        "/environments",
        "/environments/0/enabled",
        "/environments/0/strategies",
        "/environments/0/strategies/0/parameters/rollout",
    ];
    check(&case("unleash", UNLEASH, unleash, &["authorization: canary-user:canary-token-93d1"], DECISIVE))
        .await;
}

#[tokio::test]
async fn flagsmith_keeps_the_promises_of_every_source() {
    const DECISIVE: &[&str] = &["/0/enabled", "/0/feature", "/0/feature/name"];
    check(&case(
        "flagsmith",
        FLAGSMITH,
        flagsmith,
        &["x-environment-key: canary-user:canary-token-93d1"],
        DECISIVE,
    ))
    .await;
}

#[tokio::test]
async fn growthbook_keeps_the_promises_of_every_source() {
    const DECISIVE: &[&str] = &[
        "/feature/id",
        "/feature/archived",
        "/feature/valueType",
        "/feature/defaultValue",
        "/feature/environments/production",
        "/feature/environments/production/enabled",
        "/feature/rules",
        "/feature/rules/0/coverage",
        "/feature/rules/0/value",
    ];
    check(&case(
        "growthbook",
        GROWTHBOOK,
        growthbook,
        &["authorization: Bearer canary-user:canary-token-93d1"],
        DECISIVE,
    ))
    .await;
}

#[tokio::test]
async fn statsig_keeps_the_promises_of_every_source() {
    const DECISIVE: &[&str] =
        &["/data/id", "/data/isEnabled", "/data/status", "/data/rules", "/data/rules/0/passPercentage"];
    check(&case("statsig", STATSIG, statsig, &["statsig-api-key: canary-user:canary-token-93d1"], DECISIVE))
        .await;
}

#[tokio::test]
async fn ofrep_keeps_the_promises_of_every_source() {
    check(&case("ofrep", OFREP, ofrep, &[], &["/value"])).await;
}

#[tokio::test]
async fn on_is_not_served_and_off_may_be() {
    let yaml = |asked: &str| {
        format!(
            "flag: {{ provider: launchdarkly, project: web, environment: production, key: checkout, {asked} }}"
        )
    };
    for (on, weight, asked, expected) in [
        (true, 0, "expect: enabled", "Unclear"),
        (true, 0, "expect: enabled, percent_at_most: 0", "Holds"),
        (true, 25_000, "expect: enabled", "Holds"),
        (true, 0, "percent_at_least: 1", "Fails"),
        (false, 100_000, "expect: disabled", "Holds"),
        (false, 100_000, "percent_at_most: 0", "Holds"),
        (false, 100_000, "expect: enabled", "Fails"),
        (true, 25_000, "percent_at_most: 24.9", "Fails"),
        (true, 25_000, "percent_at_most: 25, percent_at_least: 25", "Holds"),
    ] {
        let body = launchdarkly_flag(on, weight);
        let answer = once("launchdarkly", &yaml(asked), move |_| ok(&body)).await;
        assert_eq!(word(&answer), expected, "{on} {weight} {asked}: {answer:?}");
    }
}

#[tokio::test]
async fn another_environment_is_not_the_one_that_was_meant() {
    let yaml = "flag: { provider: launchdarkly, project: web, environment: staging, key: checkout, expect: enabled }";
    let failure = once("launchdarkly", yaml, |_| ok(&launchdarkly_flag(true, 0))).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::NotFound);
}

#[tokio::test]
async fn an_archived_flag_is_not_enabled() {
    for place in ["/archived", "/environments/production/archived"] {
        let mut body = launchdarkly_flag(true, 25_000);
        *body.pointer_mut(place).unwrap() = json!(true);
        assert_eq!(word(&once("launchdarkly", LAUNCHDARKLY, move |_| ok(&body)).await), "Fails", "{place}");
    }
    let yaml = "flag: { provider: launchdarkly, project: web, key: checkout, expect: archived }";
    for (archived, expected) in [(true, "Holds"), (false, "Fails")] {
        let mut body = launchdarkly_flag(true, 0);
        body["archived"] = json!(archived);
        assert_eq!(word(&once("launchdarkly", yaml, move |_| ok(&body)).await), expected);
    }
}

#[tokio::test]
async fn unleash_keeps_archived_flags_elsewhere() {
    let yaml = |expect: &str| {
        format!(
            "flag: {{ provider: unleash, project: default, environment: production, key: checkout, expect: {expect} }}"
        )
    };
    for (archived, expect, expected) in [
        ("checkout", "archived", "Holds"),
        ("checkout", "enabled", "Fails"),
        ("checkout", "disabled", "Unclear"),
        ("another", "archived", "NotFound"),
    ] {
        let answer = once("unleash", &yaml(expect), move |request| match request.path.as_str() {
            "/api/admin/archive/features/default" => {
                ok(&json!({"version": 2, "features": [{"name": archived, "archivedAt": "2026-11-01T00:00:00Z"}]}))
            }
            _ => Reply::json(404, &json!({"name": "NotFoundError", "message": "Could not find feature"})),
        })
        .await;
        assert_eq!(word(&answer), expected, "{archived} {expect}: {answer:?}");
    }
    let answer = once("unleash", &yaml("archived"), unleash).await;
    assert_eq!(word(&answer), "Fails", "{answer:?}");
}

#[tokio::test]
async fn a_flag_that_is_on_below_one_that_is_off_reaches_nobody() {
    let yaml = "flag: { provider: launchdarkly, project: web, environment: production, key: checkout, expect: enabled }";
    for (kill, expected) in [
        (json!({"on": true, "fallthrough": {"variation": 0}}), "Holds"),
        (json!({"on": false, "fallthrough": {"variation": 0}}), "Fails"),
        (json!({"on": true, "fallthrough": {"variation": 1}}), "Fails"),
        (Value::Null, "Unclear"),
    ] {
        let said = kill.to_string();
        let answer = once("launchdarkly", yaml, move |request| {
            if request.path == "/api/v2/flags/web/kill" {
                if kill.is_null() {
                    return Reply::json(404, &json!({"message": "no"}));
                }
                let mut body = launchdarkly_flag(true, 0);
                body["key"] = json!("kill");
                body["environments"]["production"] = kill.clone();
                return ok(&body);
            }
            let mut body = launchdarkly_flag(true, 25_000);
            body["environments"]["production"]["prerequisites"] = json!([{"key": "kill", "variation": 0}]);
            ok(&body)
        })
        .await;
        assert_eq!(word(&answer), expected, "{said}: {answer:?}");
    }
    let parent = |enabled: bool| {
        move |request: &Req| {
            let name = request.path.rsplit('/').next().unwrap().to_owned();
            let on = name == "checkout" || enabled;
            ok(&json!({"name": name, "archived": false,
                "dependencies": if name == "checkout" { json!([{"feature": "parent", "enabled": true}]) } else { json!([]) },
                "environments": [{"name": "production", "enabled": on, "strategies": [{"name": "default"}]}]}))
        }
    };
    let yaml = "flag: { provider: unleash, project: default, environment: production, key: checkout, expect: enabled, percent_at_least: 100 }";
    assert_eq!(word(&once("unleash", yaml, parent(true)).await), "Holds");
    assert_eq!(word(&once("unleash", yaml, parent(false)).await), "Fails");
    let feature = |prerequisite: bool| {
        move |request: &Req| {
            let name = request.path.rsplit('/').next().unwrap().to_owned();
            let all = if name == "checkout" { json!(["kill"]) } else { json!([]) };
            ok(
                &json!({"feature": {"id": name, "archived": false, "valueType": "boolean", "defaultValue": "true",
                "environments": {"production": {"enabled": name == "checkout" || prerequisite}}, "rules": [],
                "prerequisites": all}}),
            )
        }
    };
    let yaml = "flag: { provider: growthbook, environment: production, key: checkout, expect: enabled }";
    assert_eq!(word(&once("growthbook", yaml, feature(true)).await), "Holds");
    assert_eq!(word(&once("growthbook", yaml, feature(false)).await), "Fails");
}

/// What a server knows of each flag.
type World = fn(&Req) -> Value;

/// What passes by itself is no finding: the last answer stands until its freshness ends (V6).
#[tokio::test]
async fn a_flag_above_that_can_not_be_read_for_a_moment_fails_the_look_and_finds_nothing() {
    let launchdarkly = |request: &Req| {
        let key = request.path.rsplit('/').next().unwrap().to_owned();
        let mut body = launchdarkly_flag(key != "off", 25_000);
        body["key"] = json!(key);
        if key == "checkout" {
            let all = ["first", "off"].map(|key| json!({"key": key, "variation": 0}));
            body["environments"]["production"]["prerequisites"] = json!(all);
        }
        body
    };
    let unleash = |request: &Req| {
        let name = request.path.rsplit('/').next().unwrap().to_owned();
        let all = ["first", "off"].map(|name| json!({"feature": name}));
        json!({"name": name, "archived": false,
            "dependencies": if name == "checkout" { json!(all) } else { json!([]) },
            "environments": [{"name": "production", "enabled": name != "off", "strategies": []}]})
    };
    let growthbook = |request: &Req| {
        let name = request.path.rsplit('/').next().unwrap().to_owned();
        let all = ["first", "off"];
        json!({"feature": {"id": name, "archived": false, "valueType": "boolean", "defaultValue": "true",
            "environments": {"production": {"enabled": name != "off"}}, "rules": [],
            "prerequisites": if name == "checkout" { json!(all) } else { json!([]) }}})
    };
    let worlds: [(&str, &str, World); 3] = [
        ("launchdarkly", "project: web, ", launchdarkly),
        ("unleash", "project: default, ", unleash),
        ("growthbook", "", growthbook),
    ];
    for (provider, project, world) in worlds {
        let yaml = format!(
            "flag: {{ provider: {provider}, {project}environment: production, key: checkout, expect: enabled }}"
        );
        // With the second one on, only the failure of the first is left; with it off, that is enough for a no.
        for (status, second, expected) in [
            (503, "on", "ServerError"),
            (429, "on", "RateLimited"),
            (404, "on", "Unclear"),
            (403, "on", "Unclear"),
            (503, "off", "Fails"),
        ] {
            let answer = once(provider, &yaml, move |request| {
                if request.path.ends_with("/first") {
                    return Reply::json(status, &json!({"message": "no"}));
                }
                if request.path.ends_with("/off") && second == "on" {
                    let on = Req { path: request.path.replace("/off", "/other"), ..request.clone() };
                    return ok(
                        &serde_json::from_str(&world(&on).to_string().replace("other", "off")).unwrap()
                    );
                }
                ok(&world(request))
            })
            .await;
            assert_eq!(word(&answer), expected, "{provider} {status} {second}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn nobody_is_not_some_who_are_named() {
    let yaml = "flag: { provider: launchdarkly, project: web, environment: production, key: checkout, percent_at_most: 0 }";
    for (values, expected) in [(json!([]), "Holds"), (json!(["ada"]), "Unclear")] {
        let mut body = launchdarkly_flag(true, 0);
        body["environments"]["production"]["fallthrough"] = json!({"variation": 1});
        body["environments"]["production"]["targets"] = json!([{"variation": 0, "values": values}]);
        assert_eq!(word(&once("launchdarkly", yaml, move |_| ok(&body)).await), expected);
    }
}

#[tokio::test]
async fn a_token_that_is_named_and_not_set_is_not_left_out() {
    let question = question(OFREP);
    let server = serve(ofrep);
    let source = source(&question, "ofrep", &server, None);
    let failure = ask(&*source, &question).await.unwrap_err();
    assert_eq!((failure.kind, server.count()), (FailureKind::NotConfigured, 0));
    assert!(failure.next.unwrap().contains("THE_TOKEN"));
}

#[tokio::test]
async fn a_percentage_behind_rules_is_a_span_and_is_said() {
    let mut body = launchdarkly_flag(true, 25_000);
    body["environments"]["production"]["rules"] = json!([{"variation": 0, "clauses": []}]);
    body["environments"]["production"]["targets"] = json!([{"variation": 0, "values": ["a", "b"]}]);
    let finding = once("launchdarkly", LAUNCHDARKLY, move |_| ok(&body)).await.unwrap();
    assert_eq!(&*finding.reason, "enabled; between 25 and 100 %, at most 25");
    assert_eq!(format!("{:?}", finding.outcome), "Unclear");
    assert!(finding.rows.iter().any(|row| row.contains("2 individual targets")), "{:?}", finding.rows);
}

#[tokio::test]
async fn a_flag_that_is_not_in_the_list_is_not_off() {
    let yaml = "flag: { provider: flagsmith, key: checkout, expect: disabled }";
    let answer = once("flagsmith", yaml, |_| ok(&json!([]))).await;
    assert_eq!(word(&answer), "NotFound");
}

#[tokio::test]
async fn statsig_states_that_contradict_each_other_prove_nothing() {
    let yaml = "flag: { provider: statsig, environment: production, key: checkout, expect: enabled }";
    for (status, enabled, expected) in [
        ("Disabled", true, "Unclear"),
        ("Disabled", false, "Fails"),
        ("Archived", true, "Fails"),
        ("Something New", true, "Unclear"),
        ("Something New", false, "Unclear"),
        ("Launched", true, "Holds"),
    ] {
        let body = json!({"data": {"id": "checkout", "isEnabled": enabled, "status": status, "rules": []}});
        assert_eq!(word(&once("statsig", yaml, move |_| ok(&body)).await), expected, "{status} {enabled}");
    }
}

#[tokio::test]
async fn ofrep_tells_a_value_for_one_context() {
    for (body, expected) in [
        (json!({"key": "checkout", "value": "off", "reason": "SPLIT"}), "Fails"),
        (json!({"key": "checkout", "value": "on", "reason": "DISABLED"}), "Fails"),
        (json!({"key": "checkout", "value": "on", "reason": "ERROR"}), "Unclear"),
        (json!({"key": "checkout", "value": "on", "reason": "STALE"}), "Unclear"),
        (json!({"key": "checkout", "value": "on", "reason": "CACHED"}), "Unclear"),
        (json!({"key": "checkout", "value": "on", "reason": "UNKNOWN"}), "Unclear"),
        (json!({"key": "checkout", "value": "on", "reason": "SPLIT"}), "Holds"),
        (json!({"key": "checkout", "value": "on"}), "Holds"),
        (json!({"key": "checkout", "reason": "STATIC"}), "Unclear"),
        (json!({"key": "checkout", "value": {"a": 1}, "reason": "STATIC"}), "Unclear"),
        (json!({"key": "another", "value": "on", "reason": "STATIC"}), "Malformed"),
    ] {
        assert_eq!(
            word(
                &once("ofrep", OFREP, {
                    let body = body.clone();
                    move |_| ok(&body)
                })
                .await
            ),
            expected,
            "{body}"
        );
    }
}

#[tokio::test]
async fn ofrep_tells_a_state_only_by_reasons_that_we_know() {
    for (reason, enabled, disabled) in [
        ("STATIC", "Holds", "Fails"),
        ("DEFAULT", "Holds", "Fails"),
        ("DISABLED", "Fails", "Holds"),
        ("CACHED", "Unclear", "Unclear"),
        ("UNKNOWN", "Unclear", "Unclear"),
        ("ERROR", "Unclear", "Unclear"),
    ] {
        for (expect, expected) in [("enabled", enabled), ("disabled", disabled)] {
            let yaml = format!("flag: {{ provider: ofrep, key: checkout, expect: {expect} }}");
            let body = json!({"key": "checkout", "value": expect == "enabled", "reason": reason});
            assert_eq!(word(&once("ofrep", &yaml, move |_| ok(&body)).await), expected, "{reason} {expect}");
        }
    }
    // Switched on, and false for whoever asks.
    for (wanted, expected) in
        [("", "Unclear"), (", value: \"false\"", "Holds"), (", value: \"true\"", "Fails")]
    {
        let yaml = format!("flag: {{ provider: ofrep, key: checkout, expect: enabled{wanted} }}");
        let body = json!({"key": "checkout", "value": false, "reason": "STATIC"});
        assert_eq!(word(&once("ofrep", &yaml, move |_| ok(&body)).await), expected, "{wanted}");
    }
}

#[tokio::test]
async fn a_statsig_gate_that_is_launched_has_no_percentage_left() {
    let rule = |percent: u32| json!([{"name": "all", "passPercentage": percent, "conditions": [{"type": "public"}]}]);
    let yaml = "flag: { provider: statsig, environment: production, key: checkout, percent_at_most: 10 }";
    for (status, percent, expected) in
        [("In Progress", 10, "Holds"), ("Launched", 10, "Unclear"), ("Launched", 100, "Fails")]
    {
        let body =
            json!({"data": {"id": "checkout", "isEnabled": true, "status": status, "rules": rule(percent)}});
        assert_eq!(word(&once("statsig", yaml, move |_| ok(&body)).await), expected, "{status} {percent}");
    }
}

#[tokio::test]
async fn ofrep_errors_are_failures_with_advice() {
    let refused = |status, code: &'static str| {
        once("ofrep", OFREP, move |_| {
            Reply::json(status, &json!({"key": "checkout", "errorCode": code, "errorDetails": "d"}))
        })
    };
    let failure = refused(400, "TARGETING_KEY_MISSING").await.unwrap_err();
    assert!(failure.next.unwrap().contains("targetingKey"));
    assert_eq!(word(&refused(404, "FLAG_NOT_FOUND").await), "NotFound");
    assert_eq!(word(&refused(400, "PARSE_ERROR").await), "Rejected");
}

#[tokio::test]
async fn a_key_stays_a_part_of_the_path() {
    let question = question("flag: { provider: ofrep, key: a/b?c=d#e, value: \"on\" }");
    let server = serve(|_| ok(&json!({})));
    let source = source(&question, "ofrep", &server, Some(CANARY));
    drop(ask(&*source, &question).await);
    assert_eq!(server.requests()[0].target, "/base/ofrep/v1/evaluate/flags/a%2Fb%3Fc=d%23e");
    let question = super::kit::question("flag: { provider: ofrep, key: .., value: \"on\" }");
    assert_eq!(word(&ask(&*source, &question).await), "Rejected");
    assert_eq!(server.count(), 1);
}

#[test]
fn what_a_gate_may_say() {
    let place = "project: web, environment: production";
    for (yaml, problem) in [
        (format!("flag: {{ key: k, expect: enabled, {place} }}"), "the provider of the flag"),
        (
            format!("flag: {{ key: k, expect: enabled, provider: launchdarky, {place} }}"),
            "did you mean `launchdarkly`",
        ),
        (format!("flag: {{ key: k, provider: launchdarkly, {place} }}"), "what the flag must be"),
        (
            format!("flag: {{ key: k, expect: on, provider: launchdarkly, {place} }}"),
            "allowed here: enabled, disabled, archived",
        ),
        ("flag: { key: k, expect: enabled, provider: launchdarkly, environment: p }".into(), "in projects"),
        ("flag: { key: k, expect: enabled, provider: unleash, project: web }".into(), "each environment"),
        (
            "flag: { key: k, expect: enabled, provider: flagsmith, environment: production }".into(),
            "could not be checked",
        ),
        ("flag: { key: k, percent_at_most: 10, provider: flagsmith }".into(), "has no percentages"),
        ("flag: { key: k, percent_at_most: 10, provider: ofrep }".into(), "has no percentages"),
        ("flag: { key: k, expect: archived, provider: ofrep }".into(), "does not say that"),
        ("flag: { key: k, expect: archived, provider: flagsmith }".into(), "does not say that"),
        (format!("flag: {{ key: k, value: x, provider: launchdarkly, {place} }}"), "takes no values"),
        (
            format!("flag: {{ key: k, percent_at_most: 101, provider: launchdarkly, {place} }}"),
            "from 0 to 100",
        ),
        (
            format!(
                "flag: {{ key: k, percent_at_most: 1, percent_at_least: 2, provider: launchdarkly, {place} }}"
            ),
            "no percentage fits",
        ),
    ] {
        let problems = decode(&yaml, &[]).unwrap_err();
        assert!(problems.iter().any(|it| it.contains(problem)), "{yaml}: {problems:?}");
    }
    let defaults = [("provider", "launchdarkly"), ("project", "web"), ("environment", "production")];
    let (_, _, decoded) =
        decode("flag: { key: k, expect: enabled, percent_at_most: 10 }", &defaults).unwrap();
    assert_eq!(&*decoded.said, "flag k in production: enabled, at most 10 %");
    let problems = decode("flag: { key: k, expect: enabled, provider: flagsmith }", &defaults).unwrap_err();
    assert!(
        problems[0].contains("could not be checked"),
        "a default environment is not ignored: {problems:?}"
    );
}
