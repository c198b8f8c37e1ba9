//! A real browser, driven by WebDriver: Chromium with its own ChromeDriver for each test.

use super::server::wait_for_end;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::common::print::{PrintPage, PrintParameters};
use thirtyfour::error::{WebDriverErrorInner, WebDriverResult};
use thirtyfour::prelude::*;

/// How long a page may take to show something, including on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often to look at a page until then.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How many times to start ChromeDriver until it finds a port.
const TRIES: u32 = 10;

/// The host name that phones use for the server.
pub const NAME: &str = "harbour.test";

/// The kind of browser.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// As narrow as a phone, and used by touch.
    pub phone: bool,
    /// Whether pages may run scripts.
    pub scripts: bool,
}

/// A browser. Dropping it ends it.
pub struct Browser {
    driver: WebDriver,
    process: Child,
    url: String,
    kind: Kind,
}

impl Browser {
    /// Starts a browser for a site.
    pub async fn start(url: &str, kind: Kind) -> Self {
        Self::start_with(url, kind, &[]).await
    }

    /// Starts one with further arguments for Chromium.
    pub async fn start_with(url: &str, kind: Kind, further: &[&str]) -> Self {
        let (process, port) = chromedriver();
        let mut options = DesiredCapabilities::chrome();
        let mut arguments = vec![
            "--headless=new",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-quic",
            "--no-first-run",
            "--lang=en-US",
            "--window-size=1280,900",
        ];
        if is_root() {
            // Chromium's sandbox does not start as root.
            arguments.push("--no-sandbox");
        }
        for argument in arguments.iter().chain(further) {
            options.add_arg(argument).expect("an argument");
        }
        for log in ["browser", "performance"] {
            options
                .set_logging_prefs(log, LoggingPrefsLogLevel::All)
                .expect("a log");
        }
        if kind.phone {
            // A phone reaches the server by a name. Browsers send fewer headers to a plain
            // connection by name.
            options
                .add_arg(&format!("--host-resolver-rules=MAP {NAME} 127.0.0.1"))
                .expect("an argument");
            // With scripts disabled, ChromeDriver would wait forever for a touch.
            let phone = json!({ "deviceMetrics": { "width": 390, "height": 844, "pixelRatio": 2.0, "touch": kind.scripts } });
            options
                .add_experimental_option("mobileEmulation", phone)
                .expect("an option");
        }
        if !kind.scripts {
            let forbidden = json!({ "profile.managed_default_content_settings.javascript": 2 });
            options
                .add_experimental_option("prefs", forbidden)
                .expect("an option");
        }
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), options)
            .await
            .expect("the browser starts; scripts/test installs it");
        Self {
            driver,
            process,
            url: if kind.phone {
                url.replacen("127.0.0.1", NAME, 1)
            } else {
                url.to_owned()
            },
            kind,
        }
    }

    /// Opens a page, and asserts that it fits the screen.
    pub async fn open(&self, path: &str) {
        let address = format!("{}{path}", self.url);
        self.driver.goto(address).await.expect("a page");
        self.must_fit().await;
    }

    /// Opens a whole address, as one that was copied from a page.
    pub async fn open_address(&self, address: &str) {
        assert!(address.starts_with(&self.url), "{address} is elsewhere");
        self.driver.goto(address).await.expect("a page");
        self.must_fit().await;
    }

    /// Opens a page without checking that it fits.
    pub async fn go(&self, path: &str) {
        let address = format!("{}{path}", self.url);
        self.driver.goto(address).await.expect("a page");
    }

    /// Sets the width of the page, in CSS pixels.
    pub async fn resize(&self, width: u32) {
        let metrics =
            json!({ "width": width, "height": 1600, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// Switches to the dark or the light colour scheme.
    pub async fn darken(&self, is_dark: bool) {
        let value = if is_dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
        let media = json!({ "media": "", "features": features });
        self.tell("Emulation.setEmulatedMedia", media).await;
    }

    /// Switches to the print or the screen layout.
    pub async fn print_like(&self, prints: bool) {
        let media = if prints { "print" } else { "" };
        self.tell("Emulation.setEmulatedMedia", json!({ "media": media }))
            .await;
    }

    /// The page as a PDF, on A4.
    pub async fn print(&self) -> Vec<u8> {
        let page = PrintPage {
            width: 21.0,
            height: 29.7,
        };
        let how = PrintParameters {
            page,
            ..PrintParameters::default()
        };
        self.driver.print_page(how).await.expect("a PDF")
    }

    /// Repeats an attempt until it works, because an element may appear later or be replaced before
    /// it is used.
    async fn until<T>(
        &self,
        what: &str,
        mut attempt: impl AsyncFnMut() -> WebDriverResult<Option<T>>,
    ) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            let reason = match attempt().await {
                Ok(Some(seen)) => return seen,
                Ok(None) => "it is not so".to_owned(),
                Err(error) if is_too_early(&error) => error.to_string(),
                Err(error) => panic!("{what}: {error}"),
            };
            if Instant::now() > until {
                panic!("waited in vain for {what}: {reason}\n{}", self.text().await);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Runs a script in the page, and again if another page replaces it.
    pub async fn ask<T: serde::de::DeserializeOwned>(&self, what: &str, script: &str) -> T {
        self.until(what, async || {
            let answer = self.driver.execute(script, Vec::new()).await?;
            answer.convert().map(Some)
        })
        .await
    }

    /// Runs a script that answers later, by calling its last argument.
    pub async fn ask_later<T: serde::de::DeserializeOwned>(&self, what: &str, script: &str) -> T {
        self.until(what, async || {
            let answer = self.driver.execute_async(script, Vec::new()).await?;
            answer.convert().map(Some)
        })
        .await
    }

    /// Waits until a script returns true in the page.
    pub async fn must_hold(&self, what: &str, script: &str) {
        self.until(what, async || {
            let answer = self.driver.execute(script, Vec::new()).await?;
            let holds: bool = answer.convert()?;
            Ok(holds.then_some(()))
        })
        .await;
    }

    /// Asserts that the page is not wider than the screen.
    pub async fn must_fit(&self) {
        if !self.kind.scripts {
            return;
        }
        let widths =
            "return [document.documentElement.scrollWidth, window.innerWidth, location.pathname]";
        let found: (f64, f64, String) = self.ask("the width of the page", widths).await;
        assert!(
            found.0 <= found.1 + 1.0,
            "{} is too wide: {found:?}",
            found.2
        );
    }

    /// The path of the open page, with its query.
    pub async fn path(&self) -> String {
        let url = self.driver.current_url().await.expect("an address");
        url.as_str().replacen(&self.url, "", 1)
    }

    /// Finds an element and acts on it, again if it is replaced in between.
    async fn with<T>(
        &self,
        what: &str,
        by: By,
        mut act: impl AsyncFnMut(WebElement) -> WebDriverResult<T>,
    ) -> T {
        self.until(what, async || {
            let found = self.driver.find(by.clone()).await?;
            act(found).await.map(Some)
        })
        .await
    }

    /// Enters a text into the field of this name.
    pub async fn enter(&self, name: &str, text: &str) {
        let what = format!("a field {name} that takes {text}");
        self.with(&what, named(name), async |field| {
            field.clear().await?;
            field.send_keys(text).await
        })
        .await;
    }

    /// Enters a time as a person does, part by part.
    pub async fn enter_time(&self, name: &str, month_day_year: &str) {
        let what = format!("a field {name} that takes {month_day_year}, 6 o'clock");
        self.until(&what, async || {
            let field = self.driver.find(named(name)).await?;
            field.send_keys(month_day_year).await?;
            field.send_keys(Key::Tab + "0600AM").await?;
            let value = field.value().await?.unwrap_or_default();
            Ok(value.ends_with("T06:00").then_some(()))
        })
        .await;
    }

    /// Presses keys, wherever the focus is.
    pub async fn press_keys(&self, keys: &str) {
        let chain = self.driver.action_chain().send_keys(keys);
        chain.perform().await.expect("keys can be pressed");
    }

    /// Chooses an option by its value.
    pub async fn choose(&self, name: &str, text: &str) {
        let path = format!("//select[@name='{name}']/option[contains(., '{text}')]");
        let what = format!("a choice {text} of {name}");
        self.with(&what, By::XPath(path), async |option| option.click().await)
            .await;
    }

    /// Presses the button, or follows the link, with this label.
    pub async fn press(&self, text: &str) {
        let path = format!(
            "//main//*[(self::button or self::a or self::summary) and normalize-space(.)='{text}' and not(@aria-hidden)]"
        );
        self.press_at(text, By::XPath(path)).await;
        self.must_fit().await;
    }

    /// Follows the link whose text begins so.
    pub async fn follow(&self, beginning: &str) {
        let path = format!("//main//a[starts-with(normalize-space(.), '{beginning}')]");
        self.press_at(beginning, By::XPath(path)).await;
        self.must_fit().await;
    }

    /// Follows the link with this label at the top of the page.
    pub async fn press_menu(&self, text: &str) {
        let path = format!("//header//nav//a[normalize-space(.)='{text}']");
        self.press_at(text, By::XPath(path)).await;
        self.must_fit().await;
    }

    /// Presses what a screen reader calls this.
    pub async fn press_called(&self, label: &str) {
        let css = format!("main [aria-label='{label}']");
        self.press_at(label, By::Css(css)).await;
        self.must_fit().await;
    }

    async fn press_at(&self, what: &str, by: By) {
        let what = format!("something to press: {what}");
        self.with(&what, by, async |found| {
            found.scroll_into_view().await.ok();
            found.click().await
        })
        .await;
    }

    /// Shows pending updates that would have moved what is in view, if there are any.
    pub async fn press_news(&self) {
        let script = "const news = document.querySelector('.news'); news.click(); return true";
        self.must_hold("a button for what is new", script).await;
    }

    /// Opens another window, to which all later calls apply.
    pub async fn open_window(&self) -> WindowHandle {
        let window = self.driver.new_window().await.expect("a window");
        self.show_window(&window).await;
        window
    }

    /// Applies all later calls to this window.
    pub async fn show_window(&self, window: &WindowHandle) {
        let shown = self.driver.switch_to_window(window.clone()).await;
        shown.expect("the window is open");
    }

    /// Hides the page, as when another window is in front.
    pub async fn hide(&self) {
        self.driver.minimize_window().await.expect("it can be");
        self.must_hold("a hidden page", "return document.hidden")
            .await;
    }

    /// Runs a script in each page before the page's own scripts.
    pub async fn prepare(&self, script: &str) {
        let command = "Page.addScriptToEvaluateOnNewDocument";
        self.tell(command, json!({ "source": script })).await;
    }

    /// Sends the browser a command of its developer tools.
    async fn tell(&self, command: &str, what: Value) -> Value {
        let told = self.driver.cdp().send_raw(command, what).await;
        told.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Puts the finger or the mouse down on the element that a script returns.
    pub async fn put_down(&self, script: &str) {
        self.until("something to put a finger on", async || {
            let found = self.driver.execute(script, Vec::new()).await?.element()?;
            let chain = self.driver.action_chain();
            chain.click_and_hold_element(&found).perform().await?;
            Ok(Some(()))
        })
        .await;
    }

    /// Lifts the finger or releases the mouse.
    pub async fn lift(&self) {
        let chain = self.driver.action_chain().release();
        chain.perform().await.expect("it can be lifted");
    }

    /// Signs out.
    pub async fn sign_out(&self) {
        let css = "header .who button";
        self.press_at("Sign out", By::Css(css)).await;
    }

    /// The visible text of the page.
    pub async fn text(&self) -> String {
        // Between two pages there is no text.
        let Ok(body) = self.driver.find(By::Css("body")).await else {
            return String::new();
        };
        body.text().await.unwrap_or_default()
    }

    /// Waits until the page contains this text.
    pub async fn must_say(&self, expected: &str) {
        let what = format!("a page that says {expected}");
        self.until(&what, async || {
            Ok(self.text().await.contains(expected).then_some(()))
        })
        .await;
    }

    /// Enters a text into the field of this name. If it offers choices, takes the one with this
    /// value, or else the first.
    pub async fn fill(&self, name: &str, text: &str) {
        let what = format!("a field {name} that takes {text}");
        self.with(&what, named(name), async |field| {
            if field.tag_name().await? != "select" {
                field.clear().await?;
                return field.send_keys(text).await;
            }
            let own = By::Css(format!("option[value='{text}']"));
            let option = match field.find(own).await {
                Ok(own) => own,
                Err(_) => field.find(By::Css("option:not([value=''])")).await?,
            };
            option.click().await
        })
        .await;
    }

    /// Presses the button that sends the form of an operation.
    pub async fn press_submit(&self) {
        let css = "form.operation .buttons button:not([name])";
        self.press_at("the form's button", By::Css(css)).await;
    }

    /// Waits until the page has an element like this.
    pub async fn must_have(&self, css: &str) {
        self.with(css, By::Css(css), async |_| Ok(())).await;
    }

    /// Ends the session only in the browser, as when its time expires.
    pub async fn forget_session(&self) {
        let forgotten = self.driver.delete_cookie("plimsoll_session").await;
        forgotten.expect("a cookie can be deleted");
    }

    /// Waits until the page no longer contains this text.
    pub async fn must_not_say(&self, gone: &str) {
        let what = format!("a page that no longer says {gone}");
        self.until(&what, async || {
            let text = self.text().await;
            Ok((!text.is_empty() && !text.contains(gone)).then_some(()))
        })
        .await;
    }

    /// The value of the field of this name.
    pub async fn value(&self, name: &str) -> String {
        let what = format!("a field {name}");
        let value = self.with(&what, named(name), async |field| field.value().await);
        value.await.unwrap_or_default()
    }

    /// Asserts that nothing has gone wrong: no error in the console, no request to another host.
    pub async fn must_be_clean(&self) {
        let console = self.driver.get_log("browser").await.expect("the console");
        let errors: Vec<_> = console
            .iter()
            .filter(|entry| matches!(entry.level.as_str(), "SEVERE" | "WARNING"))
            .filter(|entry| {
                // Browsers clear site data only over HTTPS, which the tests do not use.
                let expected = ["the server responded with a status of 4", "Clear-Site-Data"];
                !expected.iter().any(|part| entry.message.contains(part))
            })
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
        let network = self
            .driver
            .get_log("performance")
            .await
            .expect("the network");
        let mut asked = 0;
        for entry in network {
            let message: Value = serde_json::from_str(&entry.message).expect("JSON");
            let message = &message["message"];
            if message["method"] == "Network.requestWillBeSent" {
                let url = message["params"]["request"]["url"]
                    .as_str()
                    .unwrap_or_default();
                let is_own = url.starts_with(&self.url) || url.starts_with("data:");
                assert!(is_own, "another host was asked: {url}");
                asked += 1;
            }
        }
        assert!(asked > 0, "the network was not watched");
    }

    /// Ends the browser cleanly.
    pub async fn quit(self) {
        drop(self.driver.clone().quit().await);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver and the browser it started are one process group.
        let group = format!("-{}", self.process.id());
        drop(Command::new("kill").args(["-9", "--", &group]).status());
        drop(self.process.wait());
    }
}

/// The field of this name.
fn named(name: &str) -> By {
    By::Css(format!("[name='{name}']"))
}

/// Whether the attempt had no effect yet and a later one may find the element.
fn is_too_early(error: &WebDriverError) -> bool {
    use WebDriverErrorInner as E;
    match error.as_inner() {
        E::NoSuchElement(_)
        | E::StaleElementReference(_)
        | E::ElementClickIntercepted(_)
        | E::ElementNotInteractable(_)
        | E::InvalidElementState(_)
        | E::MoveTargetOutOfBounds(_)
        | E::JavascriptError(_) => true,
        // ChromeDriver's own message while one page replaces another.
        E::UnknownError(why) => [
            "Node with given id",
            "execution context",
            "Cannot find context",
        ]
        .iter()
        .any(|words| why.to_string().contains(words)),
        _ => false,
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id is there");
    id.stdout.starts_with(b"0")
}

/// Starts ChromeDriver on a free port, which it prints. It looks for a port that is free for IPv6.
/// If that port is taken for IPv4, it ends, and another attempt may succeed.
fn chromedriver() -> (Child, u16) {
    for _ in 0..TRIES {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .process_group(0)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is there; scripts/test installs it");
        let stdout = BufReader::new(process.stdout.take().expect("piped"));
        let mut lines = stdout.lines().map_while(Result::ok);
        let port = lines.find_map(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        });
        if let Some(port) = port {
            std::thread::spawn(move || lines.for_each(drop));
            return (process, port);
        }
        wait_for_end("a chromedriver without a port", &mut process);
    }
    panic!("chromedriver found no port in {TRIES} tries");
}
