//! Files that spreadsheets save: UTF-8 with or without a byte order mark, commas or semicolons,
//! rows that contain only separators.

/// A file to read as a table.
pub(crate) struct Sheet<'a> {
    text: &'a str,
    delimiter: u8,
}

impl<'a> Sheet<'a> {
    /// Reads the bytes of a file as text.
    ///
    /// # Errors
    ///
    /// Returns the number of a line that is not UTF-8.
    pub(crate) fn of(bytes: &'a [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = 1 + bytes[..error.valid_up_to()]
                .iter()
                .filter(|b| **b == b'\n')
                .count();
            format!("line {line} is not UTF-8; save the file as CSV in UTF-8")
        })?;
        let text = text.trim_start_matches('\u{feff}');
        let first = text.lines().next().unwrap_or_default();
        let delimiter = match first.contains(';') && !first.contains(',') {
            true => b';',
            false => b',',
        };
        Ok(Self { text, delimiter })
    }

    /// Whether the separator is a semicolon, as in locales with a decimal comma.
    pub(crate) fn has_semicolons(&self) -> bool {
        self.delimiter == b';'
    }

    /// The records, with surrounding blanks trimmed, of any length.
    pub(crate) fn reader(&self) -> csv::Reader<&'a [u8]> {
        csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(true)
            .delimiter(self.delimiter)
            .from_reader(self.text.as_bytes())
    }

    /// The positions of its records.
    pub(crate) fn lines(&self) -> Lines<'a> {
        Lines {
            text: self.text.as_bytes(),
            seen: (0, 1),
        }
    }
}

/// Whether a row contains only separators. Spreadsheets write such rows below a table.
pub(crate) fn is_blank(record: &csv::StringRecord) -> bool {
    record.iter().all(str::is_empty)
}

/// The line on which a record begins, as an editor counts it. The reader's own count is wrong
/// before the line feed of a `\r
/// ` and before empty lines.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    /// A position in the text, and its line.
    seen: (usize, u64),
}

impl Lines<'_> {
    pub(crate) fn at(&mut self, position: Option<&csv::Position>) -> u64 {
        let begin = position.map_or(0, csv::Position::byte);
        let begin = usize::try_from(begin).unwrap_or(0).min(self.text.len());
        let is_end = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let begin = begin + self.text[begin..].iter().take_while(is_end).count();
        if begin >= self.seen.0 {
            let passed = &self.text[self.seen.0..begin];
            let feeds = passed.iter().filter(|byte| **byte == b'\n').count();
            self.seen = (begin, self.seen.1 + feeds as u64);
        }
        self.seen.1
    }
}
