//! The first hours with the product in a real browser: wide and narrow, with and without scripts.

use crate::support::browser::{Browser, Kind};
use crate::support::server::Server;
use crate::support::traffic;
use crate::support::world::Database;

/// A server on an empty database where others are already at work, and its one-time link.
pub(crate) async fn empty_server(database: &Database) -> (Server, String) {
    let server = Server::start(&database.url(), &[]);
    let said = server.must_say("/first-run/");
    let link = said
        .split_whitespace()
        .find(|word| word.contains("/first-run/"))
        .expect("a link");
    let link = link.replacen(&server.url, "", 1);
    traffic::start(&database.url(), &server);
    (server, link)
}

/// An administrator's first minutes: signed in on an empty database, without others at work.
pub(crate) struct FirstDay {
    pub(crate) browser: Browser,
    _server: Server,
    _database: Database,
    _turn: tokio::sync::MutexGuard<'static, ()>,
}

/// What a person works at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
    Desk,
    Tablet,
    Phone,
}

impl FirstDay {
    pub(crate) async fn begin(scripts: bool) -> Self {
        Self::at(Screen::Desk, scripts).await
    }

    pub(crate) async fn at(screen: Screen, scripts: bool) -> Self {
        let turn = TURN.lock().await;
        let database = Database::sqlite();
        let (server, link) = empty_server(&database).await;
        let phone = screen == Screen::Phone;
        let browser = Browser::start(&server.url, Kind { phone, scripts }).await;
        if screen == Screen::Tablet {
            browser.resize(768).await;
        }
        choose_password(&browser, &link).await;
        Self {
            browser,
            _server: server,
            _database: database,
            _turn: turn,
        }
    }
}

const PASSWORD: &str = "correct horse battery";

pub(crate) async fn choose_password(browser: &Browser, link: &str) {
    browser.open(link).await;
    browser.must_say("Welcome aboard").await;
    browser.enter("password", PASSWORD).await;
    browser.enter("again", PASSWORD).await;
    browser.press("Set password and sign in").await;
    browser.must_say("Leaving soon").await;
}

pub(crate) async fn sign_in(browser: &Browser) {
    browser.enter("user", "admin").await;
    browser.enter("password", PASSWORD).await;
    browser.press("Sign in").await;
}

/// The administrator who is signed in gives a colleague a role, and the colleague signs in instead.
pub(crate) async fn hand_over(browser: &Browser, role: &str) {
    let password = "a colleague's own words";
    let user = [("/user", role)];
    for (operation, fields) in [
        ("register-user", vec![("/name", role)]),
        ("assign-role", [&user[..], &[("/role", role)]].concat()),
        (
            "set-password",
            [&user[..], &[("/password", password)]].concat(),
        ),
    ] {
        browser.open(&format!("/operations/{operation}")).await;
        for (name, text) in fields {
            browser.fill(name, text).await;
        }
        browser.press_submit().await;
        browser.must_say("Recorded as log entry").await;
    }
    browser.sign_out().await;
    browser.must_say("Track a cargo").await;
    browser.enter("user", role).await;
    browser.enter("password", password).await;
    browser.press("Sign in").await;
    browser.must_not_say("Track a cargo").await;
}

/// Schedules a ship with 2 TEU from Rotterdam to New York, with the generated form.
pub(crate) async fn schedule(browser: &Browser) {
    schedule_between(browser, "NLRTM", "New York").await;
    browser.must_say("Recorded as log entry").await;
    assert!(browser.path().await.starts_with("/voyages/V100"));
}

/// Schedules the same ship between any two ports.
pub(crate) async fn schedule_between(browser: &Browser, from: &str, to: &str) {
    browser.open("/operations/schedule-voyage").await;
    for (name, text) in [
        ("/number", "V100"),
        ("/vessel/imo", "9074729"),
        ("/vessel/name", "Aurora"),
        ("/capacity/teu", "2"),
        ("/capacity/tonnes", "40"),
        ("/overbooking_percent", "0"),
        ("/cut_off_hours", "24"),
        ("/calls/0/port", from),
        ("/calls/1/port", to),
    ] {
        browser.enter(name, text).await;
    }
    browser.enter_time("/calls/0/departure", "05012090").await;
    browser.enter_time("/calls/1/arrival", "05102090").await;
    browser.press("Schedule voyage").await;
}

pub(crate) async fn new_customer(browser: &Browser, name: &str) {
    browser.open("/customers/new").await;
    browser.enter("/name", name).await;
    browser.enter("/email", "desk@example.com").await;
    browser.enter("/country", "nl").await;
    browser.press("Add customer").await;
    browser.must_say("Recorded as log entry").await;
    browser.must_say(name).await;
}

pub(crate) async fn new_cargo(browser: &Browser, containers: &str) {
    browser.open("/cargoes/new").await;
    for (name, text) in [
        ("/customer", "Blue Anchor Trading"),
        ("/origin", "NLRTM"),
        ("/destination", "New York"),
        ("/equipment/0/count", containers),
        ("/gross_weight_kg", "12000"),
        ("/commodity", "Machine parts"),
    ] {
        browser.enter(name, text).await;
    }
    browser.enter_time("/arrival_deadline", "05202090").await;
    browser.press("Create cargo").await;
    browser.must_say("arriving by 20 May 2090").await;
}

/// The administrator hands over the link, with which the colleague chooses a password.
async fn a_colleague_takes_the_link(browser: &Browser) {
    browser.must_say("Hand this link over to anna").await;
    let link = browser.text().await;
    let link = link
        .split_whitespace()
        .find(|word| word.contains("/password-link/anna/"))
        .expect("a link")
        .to_owned();
    browser.sign_out().await;
    browser.must_say("Sign in").await;
    browser.open_address(&link).await;
    browser.enter("password", "a colleague's own words").await;
    browser.enter("again", "a colleague's own words").await;
    browser.press("Set password and sign in").await;
    browser.must_not_say("Choose a password").await;
    browser.sign_out().await;
    browser.must_say("Sign in").await;
}

/// Browsers are heavy, so one test at a time uses them.
pub(crate) static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

async fn first_hours(kind: Kind) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let browser = Browser::start(&server.url, kind).await;
    browser.open("/").await;
    browser.must_say("Nobody can sign in yet").await;
    choose_password(&browser, &link).await;

    // A name of the maximum length that also tries to be a script.
    let script = "<script>fail()</script>";
    let name = format!("{script}{}", "W".repeat(200 - script.len()));
    new_customer(&browser, &name).await;
    new_customer(&browser, "Blue Anchor Trading").await;
    schedule(&browser).await;

    new_cargo(&browser, "2").await;
    browser.must_say("By week of departure").await;
    let other = Browser::start(&server.url, kind).await;
    other.open("/sign-in?to=/voyages/V100").await;
    sign_in(&other).await;
    other.must_say("No cargoes are booked yet.").await;
    browser.press("Book").await;
    browser.must_say("Recorded as log entry").await;
    if kind.scripts {
        // Nobody has touched the other browser.
        other.must_say("TEU 100 %").await;
        other.press_news().await;
        other.must_say("Machine parts").await;
    }

    new_cargo(&browser, "1").await;
    browser
        .must_say("Not enough space: 1 TEU and 12 t needed, 0 TEU and 28 t left")
        .await;
    browser.press("Try anyway").await;
    browser
        .must_say("Only 0 TEU and 28 t are left on V100, Rotterdam (NLRTM) → New York (USNYC), but this cargo needs 1 TEU and 12 t.")
        .await;
    browser.must_say("Refused by LoadMayNotPassTheLine").await;

    browser.open("/log?actor=admin").await;
    for line in [
        "CargoBooked: V100 Rotterdam → New York",
        "LoadMayNotPassTheLine: Only 0 TEU and 28 t are left on V100, Rotterdam → New York, but this cargo needs 1 TEU and 12 t.",
        "CustomerAdded",
    ] {
        browser.must_say(line).await;
    }
    for page in [
        "/voyages",
        "/cargoes",
        "/customers",
        "/locations",
        "/operations",
        "/operations/issue-token",
        "/log/1",
        "/account",
        "/problems/",
    ] {
        browser.open(page).await;
    }
    browser.must_be_clean().await;
    other.must_be_clean().await;

    browser.sign_out().await;
    browser.must_say("Sign in").await;
    browser.open("/voyages").await;
    assert_eq!(browser.path().await, "/sign-in?to=%2Fvoyages");
    browser.quit().await;
    other.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_hours_at_a_desk() {
    first_hours(Kind {
        phone: false,
        scripts: true,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_hours_at_a_desk_without_scripts() {
    first_hours(Kind {
        phone: false,
        scripts: false,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_hours_on_a_phone() {
    first_hours(Kind {
        phone: true,
        scripts: true,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_hours_on_a_phone_without_scripts() {
    first_hours(Kind {
        phone: true,
        scripts: false,
    })
    .await;
}

/// Handling on the quay, reported with one hand, and what the consignee sees of it.
async fn a_day_at_the_quay(scripts: bool) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let phone = true;
    let browser = Browser::start(&server.url, Kind { phone, scripts }).await;
    choose_password(&browser, &link).await;
    new_customer(&browser, "Blue Anchor Trading").await;
    schedule(&browser).await;
    new_cargo(&browser, "2").await;
    browser.press("Book").await;
    browser.must_say("Recorded as log entry").await;
    let path = browser.path().await;
    let cargo = path.split(['/', '?']).nth(2).expect("a cargo").to_owned();

    browser.open(&format!("/handling?cargo={cargo}")).await;
    browser
        .must_say("Expected next: Receive in Rotterdam")
        .await;
    browser.press("Report").await;
    browser
        .must_say("Registered: Receive in Rotterdam (NLRTM).")
        .await;
    browser
        .must_say("Expected next: Load V100 in Rotterdam.")
        .await;
    let early = format!("/handling?cargo={cargo}&type=UNLOAD&location=USNYC&voyage=V100");
    browser.open(&early).await;
    browser.press("Report").await;
    browser.must_say("Registered: Unload V100").await;
    browser.press("Retract").await;
    browser.enter("/reason", "It was another one").await;
    browser.press("Retract report").await;
    browser.must_say("Retracted: Unload V100").await;
    browser.must_be_clean().await;

    let stranger = Browser::start(&server.url, Kind { phone, scripts }).await;
    stranger.open("/track").await;
    let typed = format!("{} {}", &cargo[..4], &cargo[4..]).to_lowercase();
    stranger.enter("tracking_id", &typed).await;
    stranger.press("Track").await;
    stranger.must_say("In Rotterdam").await;
    stranger.must_say("To be loaded aboard Aurora (V100)").await;
    stranger.must_be_clean().await;
    browser.quit().await;
    stranger.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_at_the_quay_with_a_phone() {
    a_day_at_the_quay(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_at_the_quay_with_a_phone_without_scripts() {
    a_day_at_the_quay(false).await;
}

/// Follows the README to the letter: the administrator opens the one-time link and registers a
/// colleague, who gets a role and a password and signs in.
async fn first_start(scripts: bool) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let phone = false;
    let browser = Browser::start(&server.url, Kind { phone, scripts }).await;
    choose_password(&browser, &link).await;
    browser.open("/operations").await;
    browser.press("Register user").await;
    browser.enter("/name", "anna").await;
    browser.press("Register user").await;
    browser.must_say("anna has been added").await;
    browser.press("Give anna a role").await;
    assert_eq!(browser.value("/user").await, "anna");
    browser.choose("/role", "clerk").await;
    browser.press("Assign role").await;
    browser.must_say("anna has the role clerk.").await;
    browser.press("Make a password link for anna").await;
    assert_eq!(browser.value("/user").await, "anna");
    browser.press_submit().await;
    a_colleague_takes_the_link(&browser).await;
    browser.open(&link).await;
    browser.must_say("This link has already been used").await;
    browser.press("Sign in").await;
    browser.must_say("Track a cargo").await;
    browser.enter("user", "anna").await;
    browser.enter("password", "a colleague's own words").await;
    browser.press("Sign in").await;
    browser.must_say("Leaving soon").await;
    browser.open("/account").await;
    browser.must_say("Roles: clerk.").await;
    browser.must_be_clean().await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_start_as_in_the_readme() {
    first_start(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn first_start_as_in_the_readme_without_scripts() {
    first_start(false).await;
}

/// Two planners open the same voyage. The second one sees what the first has changed, field by
/// field, keeps the typed values, and decides.
async fn two_planners(scripts: bool) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let phone = false;
    let one = Browser::start(&server.url, Kind { phone, scripts }).await;
    choose_password(&one, &link).await;
    schedule(&one).await;
    let form = "/operations/reschedule-voyage?voyage=V100";
    let other = Browser::start(&server.url, Kind { phone, scripts }).await;
    other.open("/sign-in").await;
    sign_in(&other).await;
    other.must_say("Leaving soon").await;
    one.open(form).await;
    other.open(form).await;
    one.enter_time("/movements/0/departs", "05022090").await;
    one.press("Reschedule voyage").await;
    one.must_say("V100 now leaves Rotterdam (NLRTM) on 2 May 2090, 06:00 UTC+2, 24 h later")
        .await;

    other.enter_time("/movements/0/arrives", "05112090").await;
    other.press("Reschedule voyage").await;
    other
        .must_say("Voyage V100 has changed since you opened this form")
        .await;
    for said in [
        "Departure from Rotterdam",
        "1 May 2090, 06:00 UTC+2",
        "2 May 2090, 06:00 UTC+2",
        "admin: reschedule voyage",
    ] {
        other.must_say(said).await;
    }
    let value = |field: &'static str| other.value(field);
    assert_eq!(value("/movements/0/arrives").await, "2090-05-11T06:00");
    assert_eq!(value("/movements/0/departs").await, "2090-05-01T06:00");
    other.press("Use the new values").await;
    other.must_not_say("has changed since").await;
    assert_eq!(value("/movements/0/arrives").await, "2090-05-11T06:00");
    assert_eq!(value("/movements/0/departs").await, "2090-05-02T06:00");
    other.press("Reschedule voyage").await;
    other
        .must_say("V100 now reaches New York (USNYC) on 11 May 2090, 06:00 UTC−4, 24 h later")
        .await;
    one.must_be_clean().await;
    other.must_be_clean().await;
    one.quit().await;
    other.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_planners_do_not_overwrite_each_other() {
    two_planners(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_planners_do_not_overwrite_each_other_without_scripts() {
    two_planners(false).await;
}

/// Typed values come back after signing in, and nothing is applied until the form is sent again.
async fn a_session_ends(scripts: bool) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let phone = false;
    let browser = Browser::start(&server.url, Kind { phone, scripts }).await;
    choose_password(&browser, &link).await;
    browser.open("/customers/new").await;
    browser.enter("/name", "Blue Anchor Trading").await;
    browser.enter("/email", "desk@example.com").await;
    browser.enter("/country", "nl").await;
    browser.forget_session().await;
    browser.press("Add customer").await;
    browser.must_say("Your session has ended").await;
    browser.must_say("the form comes back").await;
    browser.enter("password", "not the right one").await;
    browser.press("Sign in").await;
    browser.must_say("Wrong name or password").await;
    browser.enter("password", PASSWORD).await;
    browser.press("Sign in").await;
    if !scripts {
        browser.press("Back to the form").await;
    }
    browser.must_say("Nothing has been changed yet").await;
    assert_eq!(browser.value("/name").await, "Blue Anchor Trading");
    assert_eq!(browser.value("/email").await, "desk@example.com");
    browser.press("Add customer").await;
    browser
        .must_say("Blue Anchor Trading has been added.")
        .await;

    browser.open("/operations/set-password?user=admin").await;
    browser.enter("/password", "another horse battery").await;
    browser.forget_session().await;
    browser.press("Set password").await;
    browser.must_say("the form comes back").await;
    browser.enter("password", PASSWORD).await;
    browser.press("Sign in").await;
    if !scripts {
        browser.press("Back to the form").await;
    }
    browser.must_say("Nothing has been changed yet").await;
    assert_eq!(browser.value("/user").await, "admin");
    assert_eq!(browser.value("/password").await, "");
    browser.must_be_clean().await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_form_outlasts_its_session() {
    a_session_ends(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typed_form_outlasts_its_session_without_scripts() {
    a_session_ends(false).await;
}

/// Typed values stay in the form while the server is down.
#[tokio::test(flavor = "multi_thread")]
async fn a_typed_form_outlasts_its_server() {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let kind = Kind {
        phone: false,
        scripts: true,
    };
    let browser = Browser::start(&server.url, kind).await;
    choose_password(&browser, &link).await;
    browser.open("/customers/new").await;
    browser.enter("/name", "Blue Anchor Trading").await;
    browser.enter("/email", "desk@example.com").await;
    browser.enter("/country", "nl").await;
    drop(server);
    browser.press("Add customer").await;
    browser.must_say("The server cannot be reached").await;
    assert_eq!(browser.path().await, "/customers/new");
    assert_eq!(browser.value("/name").await, "Blue Anchor Trading");
    browser.quit().await;
}
