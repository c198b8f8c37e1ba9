//! Pages that update while people look at them, in a real browser.

use super::browser::{TURN, choose_password, empty_server, new_cargo, new_customer, schedule};
use crate::support::browser::{Browser, Kind};
use crate::support::traffic;
use crate::support::world::Database;

const DESK: Kind = Kind {
    phone: false,
    scripts: true,
};
const PHONE: Kind = Kind {
    phone: true,
    scripts: true,
};

/// Whether a page has shown three new numbers of entries.
const COUNT_CHANGES: &str = "
    const now = document.querySelector('#head').textContent;
    window.changes = (window.changes ?? -1) + (now !== window.before);
    window.before = now;
    return window.changes > 2 && document.querySelector('.live-mark:not([hidden], .lost)') !== null";

/// More windows than a browser opens connections to one server. All of them load and update.
async fn seven_windows(arguments: &[&str]) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let browser = Browser::start_with(&server.url, DESK, arguments).await;
    choose_password(&browser, &link).await;
    let mut windows = Vec::new();
    for _ in 0..7 {
        windows.push(browser.open_window().await);
        browser.open("/log").await;
        browser.must_say("entries in order").await;
    }
    let shares: bool = browser
        .ask("shared workers", "return 'SharedWorker' in globalThis")
        .await;
    assert_eq!(shares, arguments.is_empty());
    for window in &windows {
        browser.show_window(window).await;
        browser.must_hold("three changes", COUNT_CHANGES).await;
    }
    // The first window may have been reading for the others.
    browser.show_window(&windows[0]).await;
    browser.open("/account").await;
    for window in &windows[1..] {
        browser.show_window(window).await;
        let anew = "window.changes = 0; return true";
        browser.must_hold("a page that counts anew", anew).await;
        browser.must_hold("three changes", COUNT_CHANGES).await;
    }
    browser.must_be_clean().await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_windows_all_load() {
    seven_windows(&[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_windows_all_load_without_shared_workers() {
    seven_windows(&["--disable-shared-workers"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_page_closes_its_stream() {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let browser = Browser::start(&server.url, DESK).await;
    choose_password(&browser, &link).await;
    // Now each window has its own stream, and its page can be queried about it.
    browser
        .prepare(
            "delete globalThis.SharedWorker; delete globalThis.BroadcastChannel;
            globalThis.EventSource = class extends EventSource {
                constructor(url) { super(url); (globalThis.streams ??= []).push(this); }
            };",
        )
        .await;
    browser.open("/").await;
    let open = "return streams.filter((stream) => stream.readyState === EventSource.OPEN).length";
    let one = format!("{open} === 1");
    browser.must_hold("one open stream", &one).await;
    browser.hide().await;
    let none = format!("{open} === 0 && streams.every((stream) => stream.readyState === 2)");
    browser.must_hold("no open stream", &none).await;
    browser.quit().await;
}

/// The positions of everything that can be pressed, and whether they are unchanged.
const REMEMBER: &str = "
    const marks = [...document.querySelectorAll('main a, main button:not(.news), main summary')];
    window.stands = marks.map((mark) => {
        const { top, left } = mark.getBoundingClientRect();
        return { mark, top, left };
    }).filter(({ top }) => top < innerHeight);
    return stands.length > 8";
const STANDS: &str = "
    const moved = stands.filter(({ mark, top, left }) => {
        const now = mark.getBoundingClientRect();
        return !mark.isConnected || Math.abs(now.top - top) > 1 || Math.abs(now.left - left) > 8;
    });
    return moved.map(({ mark, top }) => `${mark.outerHTML} from ${top} to ${mark.getBoundingClientRect().top}`)";
const NEWS: &str = "
    const news = document.querySelector('.news');
    return !news.hidden && Number(news.textContent.split(' ')[0]) > 3";

/// Cargoes enter a list at the top and leave it at the end, twenty changes a second. Nothing in
/// view moves until the user asks for it.
async fn what_is_in_view_stays(kind: Kind) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let browser = Browser::start(&server.url, kind).await;
    choose_password(&browser, &link).await;
    browser.open("/").await;
    browser.must_have("#waiting li:nth-of-type(5)").await;
    let shown = "document.querySelector('#waiting').scrollIntoView(); return true";
    browser.must_hold("the list", shown).await;
    browser.must_hold("things to press", REMEMBER).await;
    browser.must_hold("news", NEWS).await;
    let moved: Vec<String> = browser.ask("what moved", STANDS).await;
    assert!(moved.is_empty(), "{moved:#?}");

    let first = "window.first = document.querySelector('#waiting li .id').textContent; return true";
    browser.must_hold("a first cargo", first).await;
    browser.press_news().await;
    let other = "return document.querySelector('#waiting li .id').textContent !== window.first";
    browser.must_hold("another first cargo", other).await;
    browser.must_be_clean().await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_view_stays_still_at_a_desk() {
    what_is_in_view_stays(DESK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_view_stays_still_on_a_phone() {
    what_is_in_view_stays(PHONE).await;
}

/// A pressed button stays under the finger, however much changes before it is released.
#[tokio::test(flavor = "multi_thread")]
async fn a_pressed_button_stays_where_it_is() {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let browser = Browser::start(&server.url, DESK).await;
    choose_password(&browser, &link).await;
    browser.open("/").await;
    browser.must_have("#waiting li:nth-of-type(5)").await;
    browser
        .put_down("return document.querySelector('#waiting li:nth-of-type(3) a.button')")
        .await;
    browser.must_hold("things to press", REMEMBER).await;
    browser.must_hold("news", NEWS).await;
    let moved: Vec<String> = browser.ask("what moved", STANDS).await;
    assert!(moved.is_empty(), "{moved:#?}");
    let target: String = browser
        .ask(
            "where it leads",
            "return document.querySelector('#waiting a.button:active').getAttribute('href')",
        )
        .await;
    browser.lift().await;
    browser.must_say("arriving by").await;
    assert_eq!(browser.path().await, target);
    browser.must_be_clean().await;
    browser.quit().await;
}

/// Counts how many times a page reloads itself.
const COUNT_REFRESHES: &str = "
    const ask = globalThis.fetch;
    globalThis.refreshes = 0;
    globalThis.fetch = async (url, ...more) => {
        const answer = await ask(url, ...more);
        if (url === location.href) globalThis.refreshes += 1;
        return answer;
    };";

/// The Left key, as a keyboard sends it.
const LEFT: &str = "\u{e012}";

/// Types a text into a field, key by key and once in the middle of existing text, while the page
/// reloads itself between any two keys. Text, focus and caret stay.
async fn types_on(browser: &Browser, field: &str) {
    let focus = format!(
        "const field = document.querySelector(`main {field}`); field.scrollIntoView(); field.focus();
        return document.activeElement === field"
    );
    browser.must_hold("a field with the focus", &focus).await;
    for (keys, text, caret) in [
        ("O", "O", 1),
        ("r", "Or", 2),
        ("e", "Ore", 3),
        ("r", "Orer", 4),
        (LEFT, "Orer", 3),
        (LEFT, "Orer", 2),
        ("d", "Order", 3),
    ] {
        let anew = "window.refreshes = 0; return true";
        browser.must_hold("a page that counts anew", anew).await;
        browser.press_keys(keys).await;
        browser
            .must_hold("a fresh page", "return window.refreshes > 1")
            .await;
        let stands = format!(
            "const field = document.querySelector(`main {field}`);
            return [field.value, String(field.selectionStart), String(document.activeElement === field)]"
        );
        let found: Vec<String> = browser.ask("what stands in the field", &stands).await;
        assert_eq!(found, [text, &caret.to_string(), "true"], "{field}");
    }
}

/// In the filter of a list, in a form below changing content, and in a form inside it.
async fn typed_text_stays(kind: Kind) {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let browser = Browser::start(&server.url, kind).await;
    choose_password(&browser, &link).await;
    browser.prepare(COUNT_REFRESHES).await;
    browser.open("/cargoes").await;
    types_on(&browser, "[name=voyage]").await;
    new_customer(&browser, "Blue Anchor Trading").await;
    schedule(&browser).await;
    new_cargo(&browser, "2").await;
    let path = browser.path().await;
    let cargo = path.split(['/', '?']).nth(2).expect("a cargo").to_owned();
    traffic::touch(&database.url(), &server, &cargo);
    types_on(&browser, "form.inline [name='/voyage']").await;
    browser.open(&format!("/cargoes/{cargo}")).await;
    browser.press("Cancel cargo").await;
    types_on(&browser, "[name='/reason']").await;
    browser.must_be_clean().await;
    browser.quit().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typed_text_stays_at_a_desk() {
    typed_text_stays(DESK).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typed_text_stays_on_a_phone() {
    typed_text_stays(PHONE).await;
}
