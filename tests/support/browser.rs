//! A real browser, driven by WebDriver: Chromium with its ChromeDriver, each test its own.

use super::server::wait_for_end;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities;
use thirtyfour::prelude::*;

/// How long a page may take to show what it should.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often ChromeDriver is started until it finds a port.
const TRIES: u32 = 10;

/// What phones call the server.
const NAME: &str = "harbour.test";

/// What kind of browser it is.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// As wide as a phone, and touched with a finger.
    pub phone: bool,
    /// Whether pages may run scripts.
    pub scripts: bool,
}

/// A browser; ended when dropped.
pub struct Browser {
    driver: WebDriver,
    process: Child,
    url: String,
    kind: Kind,
}

impl Browser {
    /// Starts a browser for a site.
    pub async fn start(url: &str, kind: Kind) -> Self {
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
            // Chromium's sandbox does not start for root.
            arguments.push("--no-sandbox");
        }
        for argument in arguments {
            options.add_arg(argument).expect("an argument");
        }
        for log in ["browser", "performance"] {
            options
                .set_logging_prefs(log, LoggingPrefsLogLevel::All)
                .expect("a log");
        }
        if kind.phone {
            // A phone reaches the server by a name, on which browsers say less about themselves.
            options
                .add_arg(&format!("--host-resolver-rules=MAP {NAME} 127.0.0.1"))
                .expect("an argument");
            // Where scripts are forbidden, ChromeDriver would wait for a touch for ever.
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

    /// No page is wider than the screen.
    pub async fn must_fit(&self) {
        if !self.kind.scripts {
            return;
        }
        let widths =
            "return [document.documentElement.scrollWidth, window.innerWidth, location.pathname]";
        let found = self
            .driver
            .execute(widths, Vec::new())
            .await
            .expect("widths");
        let found: (f64, f64, String) = found.convert().expect("two numbers");
        assert!(
            found.0 <= found.1 + 1.0,
            "{} is too wide: {found:?}",
            found.2
        );
    }

    /// The path of the page that is open, with its query.
    pub async fn path(&self) -> String {
        let url = self.driver.current_url().await.expect("an address");
        url.as_str().replacen(&self.url, "", 1)
    }

    async fn find(&self, css: &str) -> WebElement {
        let found = self.driver.query(By::Css(css));
        let found = found
            .wait(PATIENCE, Duration::from_millis(100))
            .first()
            .await;
        match found {
            Ok(found) => found,
            Err(error) => panic!("{css}: {error}\n{}", self.text().await),
        }
    }

    /// Enters a text into the field of this name.
    pub async fn enter(&self, name: &str, text: &str) {
        let field = self.find(&format!("[name='{name}']")).await;
        field.clear().await.expect("it can be cleared");
        field.send_keys(text).await.expect("it can be typed into");
    }

    /// Enters a time, as a person does: part by part.
    pub async fn enter_time(&self, name: &str, month_day_year: &str) {
        let field = self.find(&format!("[name='{name}']")).await;
        field.send_keys(month_day_year).await.expect("a day");
        field.send_keys(Key::Tab + "0600AM").await.expect("an hour");
        let value = field.value().await.expect("a value").unwrap_or_default();
        assert!(value.ends_with("T06:00"), "{value}");
    }

    /// Chooses an option by its value.
    pub async fn choose(&self, name: &str, text: &str) {
        let option = self.driver.query(By::XPath(format!(
            "//select[@name='{name}']/option[contains(., '{text}')]"
        )));
        let option = option.first().await.expect("such a choice");
        option.click().await.expect("it can be chosen");
    }

    /// Presses the button, or follows the link, that says this.
    pub async fn press(&self, text: &str) {
        let path = format!(
            "//main//*[(self::button or self::a or self::summary) and normalize-space(.)='{text}' and not(@aria-hidden)]"
        );
        let found = self.driver.query(By::XPath(path));
        let found = found
            .wait(PATIENCE, Duration::from_millis(100))
            .first()
            .await;
        let Ok(found) = found else {
            panic!("nothing says {text}:\n{}", self.text().await);
        };
        found.scroll_into_view().await.ok();
        found
            .click()
            .await
            .unwrap_or_else(|error| panic!("{text} cannot be pressed: {error}"));
        self.must_fit().await;
    }

    /// Signs out.
    pub async fn sign_out(&self) {
        let button = self.find("header .who button").await;
        button.click().await.expect("it can be pressed");
    }

    /// What the page says.
    pub async fn text(&self) -> String {
        // Between two pages there is none.
        let Ok(body) = self.driver.find(By::Css("body")).await else {
            return String::new();
        };
        body.text().await.unwrap_or_default()
    }

    /// Waits until the page says this.
    pub async fn must_say(&self, expected: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let text = self.text().await;
            if text.contains(expected) {
                return;
            }
            assert!(Instant::now() < until, "{expected} is not in\n{text}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Enters a text into the field of this name; where it offers choices, takes the one of this
    /// value, or else the first.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.find(&format!("[name='{name}']")).await;
        if field.tag_name().await.expect("a tag") != "select" {
            field.clear().await.expect("it can be cleared");
            field.send_keys(text).await.expect("it can be typed into");
            return;
        }
        let own = By::Css(format!("[name='{name}'] option[value='{text}']"));
        let first = By::Css(format!("[name='{name}'] option:not([value=''])"));
        let option = match self.driver.find(own).await {
            Ok(own) => own,
            Err(_) => self.driver.find(first).await.expect("a choice"),
        };
        option.click().await.expect("it can be chosen");
    }

    /// Presses the button that sends the form of an operation.
    pub async fn press_submit(&self) {
        let css = "form.operation .buttons button:not([name])";
        let button = self.find(css).await;
        button.scroll_into_view().await.ok();
        button.click().await.expect("it can be pressed");
    }

    /// Waits until the page has an element like this.
    pub async fn must_have(&self, css: &str) {
        self.find(css).await;
    }

    /// Ends the session in the browser alone, as its time does.
    pub async fn forget_session(&self) {
        let forgotten = self.driver.delete_cookie("plimsoll_session").await;
        forgotten.expect("a cookie can be deleted");
    }

    /// Waits until the page no longer says this.
    pub async fn must_not_say(&self, gone: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let text = self.text().await;
            if !text.is_empty() && !text.contains(gone) {
                return;
            }
            assert!(Instant::now() < until, "{gone} is still in\n{text}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What stands in the field of this name.
    pub async fn value(&self, name: &str) -> String {
        let field = self.find(&format!("[name='{name}']")).await;
        field.value().await.expect("a value").unwrap_or_default()
    }

    /// Says that nothing was wrong so far: no error in the console, no request to another host.
    pub async fn must_be_clean(&self) {
        let console = self.driver.get_log("browser").await.expect("the console");
        let errors: Vec<_> = console
            .iter()
            .filter(|entry| matches!(entry.level.as_str(), "SEVERE" | "WARNING"))
            .filter(|entry| {
                !entry
                    .message
                    .contains("the server responded with a status of 4")
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

    /// Ends it in good order.
    pub async fn quit(self) {
        drop(self.driver.clone().quit().await);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver and the browser it started are one group of processes.
        let group = format!("-{}", self.process.id());
        drop(Command::new("kill").args(["-9", "--", &group]).status());
        drop(self.process.wait());
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id is there");
    id.stdout.starts_with(b"0")
}

/// Starts ChromeDriver on a free port, which it tells. The port it looks for is free for IPv6;
/// where it turns out not to be free for IPv4 as well it ends, and another may have more luck.
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
