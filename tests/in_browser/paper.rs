//! Printouts: every page on A4, with nothing beyond the margins and nothing lost.

use super::browser::TURN;
use super::looks::Gallery;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

/// The margins in points: one centimetre, less rounding.
const MARGIN_PT: f64 = 28.35 - 1.5;

/// How much smaller the heading of a page may get: rounding only.
const SHRINKAGE_MAX: f64 = 0.02;

/// The words of a page that will be printed, in parts between which a line may break.
const EXPECTED: &str = r"
    const parts = document.body.innerText.match(/[\p{L}\p{N}]+/gu) ?? [];
    const words = parts.flatMap((part) => part.split(/(?<=\p{Ll})(?=\p{Lu})/u));
    return [...new Set(words.filter((word) => word.length <= 31))];";

/// A word on paper.
struct Word {
    left: f64,
    right: f64,
    height: f64,
    text: String,
}

/// A printed page: the width of the paper, and the words on all sheets.
struct Printed {
    width: f64,
    words: Vec<Word>,
}

/// The value of an attribute in a tag.
fn number(tag: &str, attribute: &str) -> f64 {
    let (_, rest) = tag
        .split_once(&format!("{attribute}=\""))
        .expect("it is there");
    let (value, _) = rest.split_once('"').expect("it is quoted");
    value.parse().expect("a number")
}

/// Reads a PDF with `pdftotext`, which gives the position of each word.
fn read(pdf: &[u8]) -> Printed {
    let mut reader = Command::new("pdftotext")
        .args(["-bbox", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext is there; scripts/test installs it");
    let mut stdin = reader.stdin.take().expect("piped");
    stdin.write_all(pdf).expect("it reads");
    drop(stdin);
    let output = reader.wait_with_output().expect("it ends");
    let told = String::from_utf8(output.stdout).expect("UTF-8");
    let sheet = told.lines().find(|line| line.contains("<page "));
    let words = told.lines().filter_map(|line| {
        let (tag, rest) = line.trim().strip_prefix("<word ")?.split_once('>')?;
        Some(Word {
            left: number(tag, "xMin"),
            right: number(tag, "xMax"),
            height: number(tag, "yMax") - number(tag, "yMin"),
            text: rest.strip_suffix("</word>")?.to_owned(),
        })
    });
    Printed {
        width: number(sheet.expect("a sheet"), "width"),
        words: words.collect(),
    }
}

impl Printed {
    /// The height of the largest letters, which are those of the heading.
    fn heading(&self) -> f64 {
        let heights = self.words.iter().map(|word| word.height);
        heights.fold(0.0, f64::max)
    }

    /// The faults of the printout, compared with a page without faults.
    fn faults(&self, expected: &[String], heading: f64) -> Vec<String> {
        let right = self.width - MARGIN_PT;
        let is_beyond = |word: &&Word| word.left < MARGIN_PT || word.right > right;
        let beyond = self.words.iter().filter(is_beyond);
        let mut faults: Vec<String> = beyond
            .map(|word| format!("beyond the margins: {}", word.text))
            .collect();
        let parts = self.words.iter().flat_map(|word| {
            let parts = word.text.split(|c: char| !c.is_alphanumeric());
            parts.map(str::to_lowercase)
        });
        let parts: BTreeSet<String> = parts.collect();
        let all: String = parts.iter().flat_map(|part| [part, " "]).collect();
        let lost = expected
            .iter()
            .filter(|part| !all.contains(&part.to_lowercase()));
        faults.extend(lost.map(|part| format!("not on paper: {part}")));
        if self.heading() < heading * (1.0 - SHRINKAGE_MAX) {
            faults.push(format!(
                "shrunk: {} pt in place of {heading}",
                self.heading()
            ));
        }
        faults
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn printed_pages_fit_the_paper() {
    let _turn = TURN.lock().await;
    let gallery = Gallery::open().await;
    let browser = &gallery.browser;
    browser.go("/customers/new").await;
    let heading = read(&browser.print().await).heading();
    let mut found = Vec::new();
    for is_in in [true, false] {
        if !is_in {
            gallery.leave().await;
        }
        for page in gallery.shown(is_in).0 {
            browser.go(page).await;
            browser.print_like(true).await;
            let expected: Vec<String> = browser.ask("the words of a page", EXPECTED).await;
            browser.print_like(false).await;
            let printed = read(&browser.print().await);
            let faults = printed.faults(&expected, heading);
            found.extend(faults.into_iter().map(|fault| format!("{page}: {fault}")));
        }
    }
    assert!(found.is_empty(), "{} faults: {found:#?}", found.len());
    gallery.browser.quit().await;
}
