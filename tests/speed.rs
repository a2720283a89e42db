//! Times of the pages that people wait for; run apart, in release (see docs/measurements.md).

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::time::{Duration, Instant};

use crate::main_job::answer_everything;
use crate::support::{Browser, Program, databases, issued};

const RUNS: usize = 100;

/// Median and 95th percentile of repeated requests, in milliseconds.
async fn time(name: &str, browser: &Browser, path: &str, form: &[(&str, &str)]) {
    let mut times = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let start = Instant::now();
        let answer = if form.is_empty() { browser.get(path).await } else { browser.post(path, form).await };
        times.push(start.elapsed());
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{path}: {}", answer.status);
    }
    times.sort();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{name}: median {:.1} ms, 95 % {:.1} ms",
        milliseconds(times[RUNS / 2]),
        milliseconds(times[RUNS * 95 / 100])
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, not a check"]
async fn speed() {
    for database in databases() {
        println!("{database:?}");
        let program = Program::start(database).await;
        let (case, link) = issued(&program).await;
        let vendor = program.browser();
        vendor.post(&link, &[]).await.sent_to();
        answer_everything(&vendor).await;
        time("vendor: list of sections", &vendor, "/v", &[]).await;
        time("vendor: largest section", &vendor, "/v/s/technology", &[]).await;
        time("vendor: review of all answers", &vendor, "/v/review", &[]).await;
        vendor.post("/v/submit", &[("submitted_by", "例示"), ("declared", "yes")]).await.sent_to();
        let staff = program.signed_in("kacho").await;
        time("staff: home", &staff, "/", &[]).await;
        time("staff: case", &staff, &format!("/cases/{case}"), &[]).await;
        let page = staff.get(&format!("/cases/{case}")).await.page();
        let at = page.find("/assessments/").expect("a link to the score");
        let score: String = page[at..].chars().take_while(|character| *character != '"').collect();
        time("staff: score", &staff, &format!("/cases/{case}{score}"), &[]).await;
    }
}
