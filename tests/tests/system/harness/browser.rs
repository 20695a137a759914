//! A real browser: chromium, headless, driven through chromedriver.

use std::{
    fs::File,
    io::ErrorKind,
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
    str::FromStr,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Service, ports, wait::until, web};

const PAGE_LOAD: Duration = Duration::from_secs(20);
const SANDBOXED_MACHINE: &str = "--no-sandbox";

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// At a desk, 1280 by 900.
    Desk,
    /// At a desk, with JavaScript turned off.
    DeskWithoutScripts,
    /// On a phone, 390 by 844, with a finger.
    Phone,
    /// On a phone, with JavaScript turned off.
    PhoneWithoutScripts,
}

/// One window, closed when dropped.
pub struct Browser {
    pub page: Client,
    /// Kept, because dropping it ends the browser.
    _driver: Driver,
    _profile: TempDir,
}

struct Driver {
    child: Child,
    url: String,
}

impl Browser {
    pub async fn open(reader: Reader) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let driver = Driver::start(&profile).await;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let page = builder.capabilities(capabilities(reader)).connect(&driver.url).await;
        let page = page.unwrap_or_else(|error| panic!("chromium does not start: {error}"));
        Self { page, _driver: driver, _profile: profile }
    }

    /// Goes to a page of `service`.
    pub async fn goto(&self, service: &Service, path: &str) {
        self.page.goto(&format!("{}{path}", service.url)).await.unwrap();
    }

    pub async fn find(&self, css: &str) -> Element {
        let found = self.page.find(Locator::Css(css)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("{css}: {error}: {}", self.page.source().await.unwrap()),
        }
    }

    pub async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap();
    }

    pub async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap()
    }

    /// The texts of all that are found, seen or not.
    pub async fn texts(&self, css: &str) -> Vec<String> {
        let script = format!("[...document.querySelectorAll('{css}')].map((e) => e.textContent)");
        let found = self.value(&script).await;
        found.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    /// What a field holds.
    pub async fn field(&self, css: &str) -> String {
        self.find(css).await.prop("value").await.unwrap().unwrap()
    }

    /// Types into a field in place of what it held.
    pub async fn types(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses in a list.
    pub async fn chooses(&self, css: &str, value: &str) {
        self.find(css).await.select_by_value(value).await.unwrap();
    }

    /// Waits for something to be on the page: a click does not wait for the page it leads to.
    pub async fn has(&self, css: &str) {
        until(css, async || self.page.find(Locator::Css(css)).await.ok()).await;
    }

    /// Path and query of the page that is shown.
    pub async fn address(&self) -> String {
        let url = self.page.current_url().await.unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// Waits for the address to hold this text and for all of its page: a click does not wait for where it leads.
    pub async fn arrives_at(&self, part: &str) {
        const WHOLE: &str = "return document.readyState === 'complete';";
        until(&format!("an address with `{part}`"), async || {
            let whole =
                self.address().await.contains(part) && self.page.execute(WHOLE, vec![]).await.ok()? == true;
            whole.then_some(())
        })
        .await;
    }

    /// The value of an expression on the page. The driver may run it where the page may not run scripts.
    pub async fn value(&self, expression: &str) -> Value {
        self.page.execute(&format!("return {expression};"), vec![]).await.unwrap()
    }

    /// What the browser complained about, or was told, since it was last asked; also breaches of the CSP.
    pub async fn console(&self) -> Vec<String> {
        self.log("browser").await.iter().map(|entry| entry["message"].as_str().unwrap().to_owned()).collect()
    }

    /// Addresses that the page asked for since it was last asked, each once.
    pub async fn requested(&self) -> Vec<String> {
        let mut found = Vec::new();
        for entry in self.log("performance").await {
            let event: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            if event["message"]["method"] == "Network.requestWillBeSent" {
                found.push(event["message"]["params"]["request"]["url"].as_str().unwrap().to_owned());
            }
        }
        found.sort();
        found.dedup();
        found
    }

    async fn log(&self, kind: &str) -> Vec<Value> {
        let answer = self.page.issue_cmd(Extension("se/log", json!({ "type": kind }))).await.unwrap();
        answer.as_array().unwrap().clone()
    }

    /// A command of the DevTools protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.page.issue_cmd(Extension("goog/cdp/execute", body)).await.unwrap()
    }

    /// Sets what `prefers-color-scheme` says.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// The next pages are laid out for a picture of this size.
    pub async fn pose(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        self.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
    }

    /// What is seen, as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        let shot = self.devtools("Page.captureScreenshot", json!({ "format": "png" })).await;
        STANDARD.decode(shot["data"].as_str().unwrap()).unwrap()
    }
}

fn capabilities(reader: Reader) -> Capabilities {
    let mut arguments =
        vec!["--headless=new", SANDBOXED_MACHINE, "--disable-dev-shm-usage", "--window-size=1280,900"];
    if matches!(reader, Reader::DeskWithoutScripts | Reader::PhoneWithoutScripts) {
        arguments.push("--blink-settings=scriptEnabled=false");
    }
    let mut options = json!({ "args": arguments });
    if matches!(reader, Reader::Phone | Reader::PhoneWithoutScripts) {
        // A tap is waited for by a script of the driver's, so without scripts it is a click.
        let touch = reader == Reader::Phone;
        let metrics = json!({ "width": 390, "height": 844, "pixelRatio": 2, "touch": touch });
        options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
    }
    let page_load = u64::try_from(PAGE_LOAD.as_millis()).unwrap();
    let wanted = json!({
        "browserName": "chrome",
        "unhandledPromptBehavior": "ignore",
        "timeouts": { "pageLoad": page_load, "script": page_load },
        "goog:chromeOptions": options,
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    });
    wanted.as_object().unwrap().clone()
}

impl Driver {
    /// In a process group of its own, which the browser stays in: what ends the group ends both.
    async fn start(profile: &TempDir) -> Self {
        let port = ports::free();
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdin(Stdio::null()).process_group(0);
        let log = File::create(profile.path().join("driver.log")).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log);
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).env("HOME", profile.path()).env("TMPDIR", profile.path());
        let child = command.spawn().unwrap_or_else(|error| match error.kind() {
            ErrorKind::NotFound => panic!("chromedriver is missing: apt install chromium chromium-driver"),
            _ => panic!("chromedriver: {error}"),
        });
        let driver = Self { child, url: format!("http://127.0.0.1:{port}") };
        let client = web::client();
        let status = format!("{}/status", driver.url);
        until("chromedriver", async || client.get(&status).send().await.ok()).await;
        driver
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let script = "kill -s KILL -- \"-$1\"";
        let _ = Command::new("sh").args(["-c", script, "sh", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// A command that only chromedriver knows: its path below the session, and its body.
#[derive(Debug)]
struct Extension(&'static str, Value);

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.0))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.1.to_string()))
    }
}
