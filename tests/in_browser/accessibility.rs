//! Every page passes axe-core's accessibility checks: light, dark and on a phone.

use super::browser::{TURN, choose_password, empty_server};
use super::looks::{DESK, Gallery};
use crate::support::browser::Browser;
use crate::support::world::Database;
use std::path::Path;

/// The views of each page: a name, the width in CSS pixels, and whether it is dark.
const LOOKS: [(&str, u32, bool); 3] = [
    ("in light", 1280, false),
    ("in dark", 1280, true),
    ("on a phone", 390, false),
];

const RUN: &str = "
    const done = arguments[0];
    axe.run({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }).then(
        ({ violations }) => done(violations.map(({ id, nodes }) =>
            `${id}, ${nodes.length} times: ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`)),
        (error) => done([String(error)]));";

/// Borders of fields with a contrast of less than 3 to 1 against what is inside and around them.
const FAINT_BORDERS: &str = r"
    const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
    const light = (colour) => {
        const [r, g, b] = channels(colour).slice(0, 3).map((value) => {
            const part = value / 255;
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        const colour = getComputedStyle(element).backgroundColor;
        return (channels(colour)[3] ?? 1) > 0 ? colour : behind(element.parentElement);
    };
    const contrast = (one, other) => {
        const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
        return (high + 0.05) / (low + 0.05);
    };
    return [...document.querySelectorAll('input, select, textarea')].flatMap((field) => {
        if (field.type === 'hidden' || field.matches('[type=checkbox], [type=radio]')) return [];
        const border = getComputedStyle(field).borderTopColor;
        const least = Math.min(contrast(border, behind(field)), contrast(border, behind(field.parentElement)));
        return least < 3 ? [`border of ${field.name}: ${least.toFixed(2)}`] : [];
    });";

/// The source of axe-core, in the version of the lock file.
fn axe() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let file = root.join("target/accessibility/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; scripts/test fetches it", file.display()))
}

/// The violations on the open page.
async fn faults(browser: &Browser, page: &str, look: &str) -> Vec<String> {
    let mut faults: Vec<String> = browser.ask_later("what axe finds", RUN).await;
    let faint = browser.ask("the borders of fields", FAINT_BORDERS);
    faults.extend::<Vec<String>>(faint.await);
    let faults = faults.into_iter();
    faults
        .map(|fault| format!("{page} {look}: {fault}"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_accessible() {
    let _turn = TURN.lock().await;
    let gallery = Gallery::open().await;
    let browser = &gallery.browser;
    browser.prepare(&axe()).await;
    let mut found = Vec::new();
    for is_in in [true, false] {
        if !is_in {
            gallery.leave().await;
        }
        let (pages, acts) = gallery.shown(is_in);
        for (look, width, is_dark) in LOOKS {
            browser.resize(width).await;
            browser.darken(is_dark).await;
            for page in pages {
                browser.go(page).await;
                found.extend(faults(browser, page, look).await);
            }
            for act in acts {
                gallery.act(act).await;
                found.extend(faults(browser, act.name, look).await);
            }
        }
        browser.darken(false).await;
        browser.resize(1280).await;
    }
    assert!(found.is_empty(), "{} faults: {found:#?}", found.len());
    gallery.browser.quit().await;
}

/// Two entries of a password that differ.
const DIFFERENT: &str = "
    const form = document.querySelector('main form');
    form.elements.password.value = 'correct horse battery';
    form.elements.again.value = 'another horse battery';
    form.requestSubmit();
    return true";

/// The pages of the one-time link: fresh, with an error, and used.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_is_accessible() {
    let _turn = TURN.lock().await;
    let database = Database::sqlite();
    let (server, link) = empty_server(&database).await;
    let browser = Browser::start(&server.url, DESK).await;
    browser.prepare(&axe()).await;
    let mut found = Vec::new();
    for is_used in [false, true] {
        if is_used {
            choose_password(&browser, &link).await;
            browser.sign_out().await;
            browser.must_say("Sign in").await;
        }
        for (look, width, is_dark) in LOOKS {
            browser.resize(width).await;
            browser.darken(is_dark).await;
            browser.go(&link).await;
            found.extend(faults(&browser, "the one-time link", look).await);
            if !is_used {
                let _: bool = browser.ask("two entries that differ", DIFFERENT).await;
                browser.must_have(".error").await;
                found.extend(faults(&browser, "two entries that differ", look).await);
            }
        }
        browser.darken(false).await;
        browser.resize(1280).await;
    }
    assert!(found.is_empty(), "{} faults: {found:#?}", found.len());
    browser.quit().await;
}
