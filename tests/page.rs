//! The HTML pages: what they hold, and what a browser makes of them.
//!
//! The browser is a headless Chromium of this machine (`CHROMIUM`, or one on the path). `cargo test` alone reads the bytes;
//! `cargo test --test main page -- --ignored` opens the pages, as `.ci/run` does, and fails where there is no browser.

use crate::formats::{
    HOSTILE_PATHS, hostile_audit, hostile_check, hostile_duplicates, hostile_removed, hostile_trend, show,
};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const BROWSERS: &[&str] =
    &["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// How long a browser may take on a loaded machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The pages, by the words of their verdict.
fn pages() -> [(&'static str, String); 5] {
    [
        ("fail", show("html", &hostile_check())),
        ("of duplicates", show("html", &hostile_duplicates())),
        ("net lines", show("html", &hostile_removed())),
        ("Do not close the issue", show("html", &hostile_audit())),
        ("2 samples", show("html", &hostile_trend())),
    ]
}

#[test]
fn a_page_needs_nothing_and_runs_nothing() {
    let elements = regex::Regex::new(r"<([a-z0-9]+)((?:[^>\x22]|\x22[^\x22]*\x22)*)>").unwrap();
    let attributes = regex::Regex::new(r"\s([a-zA-Z-]+)(?:=\x22([^\x22]*)\x22)?").unwrap();
    for (verdict, page) in pages() {
        assert!(page.starts_with("<!DOCTYPE html>") && page.contains("default-src 'none'"));
        assert!(page.contains(verdict), "{verdict}");
        let (_, body) = page.split_once("</style>").unwrap();
        for element in elements.captures_iter(body) {
            let known = "body header div p h1 h2 span blockquote dl dt dd nav a main section figure figcaption small ul \
                         li svg title rect path line polyline circle text table thead tbody tr th td code strong details summary pre mark wbr footer";
            assert!(known.split_whitespace().any(|name| name == &element[1]), "{}", &element[0]);
            for attribute in attributes.captures_iter(&element[2]) {
                let name = attribute[1].to_ascii_lowercase();
                assert!(
                    !name.starts_with("on") && !["src", "style", "srcset", "action"].contains(&&*name),
                    "{}",
                    &element[0]
                );
                if name == "href" {
                    assert!(attribute[2].starts_with('#'), "{}", &element[0]);
                }
            }
        }
        let (head, _) = page.split_once("<body").unwrap();
        for loads in ["url(", "@import", "<link", "<script", "src="] {
            assert!(!head.contains(loads), "{loads}");
        }
    }
}

#[test]
fn a_page_tells_every_hostile_name_as_text() {
    let page = show("html", &hostile_check());
    let text = regex::Regex::new("<[^>]*>").unwrap().replace_all(&page, "").into_owned();
    for path in HOSTILE_PATHS.iter().filter(|path| !path.contains(char::is_control)) {
        let escaped = path.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        assert!(text.contains(&escaped), "{path}");
    }
}

#[test]
#[ignore = "needs a Chromium; `.ci/run` installs one"]
fn a_browser_shows_the_pages_without_an_error_or_a_request() {
    let browser = browser();
    let handler = regex::Regex::new(r"<[^<>]*\sonerror").unwrap();
    for (verdict, page) in pages() {
        let seen = open(&browser, &page);
        assert!(seen.complaints.is_empty(), "console: {:?}", seen.complaints);
        assert!(seen.requests.is_empty(), "requests: {:?}", seen.requests);
        let (_, body) = seen.dom.split_once("<body").expect("a body");
        assert!(body.contains(verdict), "{verdict}: {body}");
        for hostile in ["<script", "<img", "<b>broken", "<iframe"] {
            assert!(!body.contains(hostile), "{hostile}");
        }
        assert!(!handler.is_match(body));
    }
}

#[test]
#[ignore = "needs a Chromium; `.ci/run` installs one"]
fn the_browser_test_can_fail() {
    let browser = browser();
    let page =
        "<!DOCTYPE html><html><body><img src=\"http://127.0.0.1:9/x.png\"><script>console.error('told')</script>";
    let seen = open(&browser, page);
    assert!(seen.complaints.iter().any(|line| line.contains("told")), "{:?}", seen.complaints);
    assert!(seen.requests.iter().any(|url| url.contains("127.0.0.1:9")), "{:?}", seen.requests);
    let policed =
        page.replace("<html>", "<html><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'\">");
    assert!(!open(&browser, &policed).complaints.is_empty(), "what the policy of a page stops is told");
}

/// What a browser made of a page.
struct Seen {
    dom: String,
    complaints: Vec<String>,
    requests: BTreeSet<String>,
}

fn open(browser: &PathBuf, page: &str) -> Seen {
    let folder = tempfile::tempdir().unwrap();
    let (file, log) = (folder.path().join("page.html"), folder.path().join("net.json"));
    std::fs::write(&file, page).unwrap();
    let mut child = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"])
        .args(["--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--dump-dom"])
        .args(["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("--log-net-log={}", log.display()))
        .arg(format!("file://{}", file.display()))
        .stdout(std::fs::File::create(folder.path().join("dom")).unwrap())
        .stderr(std::fs::File::create(folder.path().join("stderr")).unwrap())
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the browser did not end");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let read = |name: &str| String::from_utf8_lossy(&std::fs::read(folder.path().join(name)).unwrap()).into_owned();
    let complaints = read("stderr").lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    let urls = regex::Regex::new(r#""url":"([^"]+)""#).unwrap();
    let log = std::fs::read(&log).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let urls = urls.captures_iter(&log).map(|found| found[1].to_owned());
    let requests = urls.filter(|url| url.starts_with("http") || url.starts_with("ws")).collect();
    Seen { dom: read("dom"), complaints, requests }
}

fn browser() -> PathBuf {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let found = BROWSERS.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let browser = named.into_iter().chain(found).find(|file| file.is_file());
    browser.unwrap_or_else(|| panic!("no Chromium on this machine: {} were looked for", BROWSERS.join(", ")))
}
