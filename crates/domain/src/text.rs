//! [`Text`]: a line of text with a limit.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// One line of text: not empty, without control characters, without surrounding spaces, at most
/// `MAX` characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> FromStr for Text<MAX> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("must not be empty".to_owned());
        }
        if text.chars().count() > MAX {
            return Err(format!("must have at most {MAX} characters"));
        }
        if text.chars().any(is_unprintable) {
            return Err("must not contain control characters".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

/// Control characters, and the marks that change the direction of text (they can make one name look
/// like another).
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Folds a text for searching: lowercase, without diacritics, and with special letters replaced by
/// those that people without such a key type.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.to_lowercase().nfkd() {
        match character {
            'ø' => folded.push('o'),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ß' => folded.push_str("ss"),
            'þ' => folded.push_str("th"),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            '’' | '‘' | 'ʻ' | 'ʼ' => folded.push('\''),
            _ if character.general_category() == GeneralCategory::NonspacingMark => {}
            _ => folded.push(character),
        }
    }
    with_saints(folded)
}

/// Writes out saints in a folded text: `st. petersburg`, `st petersburg` and `saint-petersburg`
/// become `saint petersburg`. At the end of a text, `st` may be the beginning of any word.
fn with_saints(text: String) -> String {
    const WRITTEN: [&str; 3] = ["saint-", "st.", "st"];
    if !text.contains("st") && !text.contains("saint-") {
        return text;
    }
    let mut spelled = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(next) = rest.chars().next() {
        let is_within_word = spelled.ends_with(char::is_alphanumeric);
        let saint = WRITTEN.iter().find_map(|written| {
            let after = rest.strip_prefix(written)?;
            let gap = after.trim_start_matches([' ', '-']);
            let is_word = !written.ends_with('t') || gap.len() < after.len();
            (is_word && gap.starts_with(char::is_alphanumeric)).then_some(gap)
        });
        match saint.filter(|_| !is_within_word) {
            Some(after) => {
                spelled.push_str("saint ");
                rest = after;
            }
            None => {
                spelled.push(next);
                rest = &rest[next.len_utf8()..];
            }
        }
    }
    spelled
}

/// Removes duplicate names, ignoring case. The first of each stays.
#[must_use]
pub fn distinct<const MAX: usize>(names: &[Text<MAX>]) -> Vec<Text<MAX>> {
    let mut seen = BTreeSet::new();
    let names = names.iter();
    let first = names.filter(|name| seen.insert(name.as_str().to_lowercase()));
    first.cloned().collect()
}

/// Whether a text is visible. A text of blanks, joiners, fillers and marks without a letter looks
/// empty. Earlier releases stored such texts, so only new input is refused.
#[must_use]
pub fn is_visible(text: &str) -> bool {
    text.chars().any(has_ink)
}

fn has_ink(c: char) -> bool {
    let is_blank_letter = matches!(
        c,
        // Hangul fillers, the blank Braille pattern, the null notehead.
        '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' | '\u{2800}' | '\u{1d159}'
    );
    let group = c.general_category_group();
    let is_drawn = !matches!(
        group,
        GeneralCategoryGroup::Other | GeneralCategoryGroup::Separator | GeneralCategoryGroup::Mark
    );
    is_drawn && !is_blank_letter
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold() {
        for (text, well_formed) in [
            ("Löwe", true),
            (" Löwe ", true),
            ("", false),
            ("   ", false),
            ("Löwen", false),
            ("a\u{0}b", false),
            ("a\nb", false),
            ("a\u{202e}b", false),
        ] {
            assert_eq!(text.parse::<Text<4>>().is_ok(), well_formed, "{text:?}");
        }
    }

    #[test]
    fn searches_fold_case_and_diacritics() {
        for (text, expected) in [
            ("Göteborg", "goteborg"),
            ("Go\u{308}teborg", "goteborg"),
            ("GÖTEBORG", "goteborg"),
            ("København", "kobenhavn"),
            ("Århus", "arhus"),
            ("Gdańsk", "gdansk"),
            ("Łódź", "lodz"),
            ("İstanbul", "istanbul"),
            ("Großefehn", "grossefehn"),
            ("Reykjavík", "reykjavik"),
            ("Nuku’alofa", "nuku'alofa"),
            ("東京", "東京"),
            ("St. Petersburg", "saint petersburg"),
            ("St.Petersburg", "saint petersburg"),
            ("st petersburg", "saint petersburg"),
            ("St-Nazaire", "saint nazaire"),
            ("Saint-Nazaire", "saint nazaire"),
            ("Saint Nazaire", "saint nazaire"),
            ("Port St. Joe\nUSPSJ", "port saint joe\nuspsj"),
            ("St", "st"),
            ("St.", "st."),
            ("Stockholm", "stockholm"),
            ("West Point", "west point"),
            ("Brest 3", "brest 3"),
            ("High St\nXXABC", "high st\nxxabc"),
            ("", ""),
        ] {
            assert_eq!(folded(text), expected, "{text}");
            assert_eq!(folded(&folded(text)), expected, "{text}");
        }
    }

    #[test]
    fn duplicate_names_are_merged() {
        let name = |text: &str| text.parse::<Text<20>>().expect("a name");
        let names = ["Mumbai", "Bombay", "MUMBAI", "Bombay", "Bombaim"].map(name);
        let once = ["Mumbai", "Bombay", "Bombaim"].map(name);
        assert_eq!(distinct(&names), once);
        assert_eq!(distinct(&once), once);
    }

    #[test]
    fn invisible_texts_are_recognised() {
        for (text, visible) in [
            ("a", true),
            ("\u{200b}a", true),
            ("東京", true),
            ("🚢", true),
            ("-", true),
            ("", false),
            (" \u{a0}\u{2003}\u{3000}", false),
            ("\u{200b}\u{200c}\u{200d}\u{2060}", false),
            ("\u{202e}\u{2066}\u{200f}\u{61c}", false),
            ("\u{3164}\u{115f}\u{1160}\u{ffa0}", false),
            ("\u{2800}\u{ad}\u{180e}\u{feff}", false),
            ("\u{fe0f}\u{34f}\u{e0020}\u{301}", false),
        ] {
            assert_eq!(is_visible(text), visible, "{text:?}");
        }
    }
}
