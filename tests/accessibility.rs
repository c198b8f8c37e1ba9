//! Every page is accessible, as far as axe-core sees: in light, in dark and on a phone.

use crate::browser::TURN;
use crate::looks::Gallery;
use std::path::Path;

/// What the pages are looked at like: a name, the width in CSS pixels, whether it is dark.
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

/// Borders of fields that stand out less than 3 to 1 from what is within and around them.
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

/// The text of axe-core, of the version that the lock file names.
fn axe() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let file = root.join("target/accessibility/node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; scripts/test fetches it", file.display()))
}

async fn faults(gallery: &Gallery, pages: &[String], found: &mut Vec<String>) {
    for (look, width, is_dark) in LOOKS {
        gallery.browser.resize(width).await;
        gallery.browser.darken(is_dark).await;
        for page in pages {
            gallery.browser.go(page).await;
            let mut faults: Vec<String> = gallery.browser.ask_later("what axe finds", RUN).await;
            let faint = gallery.browser.ask("the borders of fields", FAINT_BORDERS);
            faults.extend::<Vec<String>>(faint.await);
            found.extend(
                faults
                    .into_iter()
                    .map(|fault| format!("{page} {look}: {fault}")),
            );
        }
    }
    gallery.browser.darken(false).await;
    gallery.browser.resize(1280).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_accessible() {
    let _turn = TURN.lock().await;
    let gallery = Gallery::open().await;
    gallery.browser.prepare(&axe()).await;
    let mut found = Vec::new();
    faults(&gallery, &gallery.pages, &mut found).await;
    gallery.leave().await;
    faults(&gallery, &gallery.public, &mut found).await;
    assert!(found.is_empty(), "{} faults: {found:#?}", found.len());
    gallery.browser.quit().await;
}
