//! A guardrail against a real Prometheus, fed by a small exporter whose error rate goes up. Where no `prometheus` is
//! installed the test says so and proves nothing; with `GONOGO_NEED_PROMETHEUS=1` that is a failure.

#![allow(clippy::print_stderr, reason = "that nothing was tried is said")]

use std::{
    fs,
    io::Read as _,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use gonogo::domain::{ALPHA, Judging, Measured, Series, Standing, judge};

use super::{limits, question};
use crate::{
    others::kit::{LONG, ask, http, setup},
    support::server::{Reply, Req, Server},
};

const YAML: &str = "prometheus: { bad: 'sum(increase(checkout_failed_total[5s]))', total: 'sum(increase(checkout_total[5s]))', at_most: 1% }";
/// Requests of the shop per scrape.
const TRAFFIC: u64 = 200;

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The exporter: each scrape finds so many more requests, of which so many in a thousand failed.
fn exporter(failing: &Arc<AtomicU64>) -> Server {
    let failing = Arc::clone(failing);
    let (total, failed) = (AtomicU64::new(0), AtomicU64::new(0));
    Server::start(move |_: &Req| {
        let all = total.fetch_add(TRAFFIC, Ordering::SeqCst) + TRAFFIC;
        let bad = TRAFFIC * failing.load(Ordering::SeqCst) / 1_000;
        let bad = failed.fetch_add(bad, Ordering::SeqCst) + bad;
        let body = format!(
            "# TYPE checkout_total counter\ncheckout_total {all}\n# TYPE checkout_failed_total counter\ncheckout_failed_total {bad}\n"
        );
        Reply::text(200, "text/plain; version=0.0.4", &body)
    })
}

fn start(target: &str) -> Option<(Running, tempfile::TempDir, String)> {
    let found =
        Command::new("prometheus").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_err() {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("prometheus.yml");
    let target = target.trim_start_matches("http://");
    fs::write(&config, format!("global: {{ scrape_interval: 1s }}\nscrape_configs:\n  - job_name: shop\n    static_configs: [{{ targets: ['{target}'] }}]\n")).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let child = Command::new("prometheus")
        .arg(format!("--config.file={}", config.display()))
        .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
        .arg(format!("--web.listen-address=127.0.0.1:{port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    Some((Running(child), folder, format!("http://127.0.0.1:{port}")))
}

async fn until<T>(what: &str, longest: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + longest;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "{what}: not within {longest:?}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[tokio::test]
async fn errors_that_go_up_are_a_breach_and_a_healthy_service_is_none() {
    let failing = Arc::new(AtomicU64::new(0));
    let exporter = exporter(&failing);
    let Some((mut running, _folder, url)) = start(&exporter.url()) else {
        assert!(std::env::var_os("GONOGO_NEED_PROMETHEUS").is_none(), "no `prometheus` is installed");
        eprintln!("NOT TRIED: no `prometheus` is installed, so no guardrail was tried against a real one");
        return;
    };
    let mut setup = setup("prometheus", &url, None);
    setup.connections.0.values_mut().for_each(|it| it.token_env = None);
    setup.http = http(LONG);
    let source = gonogo::source::register::open(&setup, "prometheus", None).unwrap();
    let since = chrono::Utc::now().timestamp();
    let question = question(YAML, 5, since);
    let mut series = Series::default();
    let mut look = async || {
        let found = ask(&*source, &question).await;
        let Ok(found) = found else { return None };
        if let Some(Measured::Windows(_)) = &found.measured {
            series.take(found.measured.as_ref().unwrap());
        }
        let now = chrono::Utc::now().timestamp();
        let by = Judging { since, now, window: 5, fresh: 120, alpha: ALPHA, hours: 1.0 };
        Some(judge(&limits(YAML), series.windows(), &by))
    };
    let longest = Duration::from_secs(180);
    let well =
        until("a healthy service", longest, async || look().await.filter(|it| it.standing == Standing::Ok));
    let well = well.await;
    assert!(well.breach.is_none() && well.bad == 0.0 && well.total > 400.0, "{well:?}");
    failing.store(100, Ordering::SeqCst);
    let ill = until("a breach", longest, async || look().await.filter(|it| it.standing == Standing::Breach));
    let ill = ill.await;
    assert!(ill.bad > 10.0, "{ill:?}");
    if let Ok(Some(code)) = running.0.try_wait() {
        let mut log = String::new();
        running.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        panic!("prometheus ended: {code}\n{log}");
    }
}
