//! A listing on a terminal: fits its width, cuts politely, obeys nobody's escape sequences.

use crate::table::{Cell, Column, ColumnKind, Table};
use crate::words::{instant, number};
use comfy_table::{CellAlignment, ContentArrangement, Table as Grid};
use rollcall_model::plain;
use std::borrow::Cow;
use std::fmt::Write as _;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How narrow a column of words may become before columns are left out.
const NARROWEST: usize = 14;
/// How narrow a column of sentences may become.
const NARROWEST_PROSE: usize = 30;
/// Blanks between columns.
const GAP: usize = 2;

/// What the terminal is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalStyle {
    /// Its width in columns; `None` = not a terminal, or one of unknown width: nothing is cut.
    pub width: Option<usize>,
    /// Whether colours are wanted.
    pub colours: bool,
}

impl TerminalStyle {
    /// No width, no colours: for a file or a pipe.
    pub const PLAIN: Self = Self { width: None, colours: false };
}

impl Table {
    /// The listing for a terminal. Columns that do not fit are left out from the right, and named below.
    pub fn to_terminal(&self, style: &TerminalStyle) -> String {
        if self.columns.is_empty() {
            return String::new();
        }
        let texts: Vec<Vec<Cow<'_, str>>> = self
            .rows
            .iter()
            .map(|row| (0..self.columns.len()).map(|n| row.get(n).map_or(Cow::Borrowed(""), words)).collect())
            .collect();
        let natural: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(n, column)| {
                let widest = texts.iter().map(|row| row[n].width()).max().unwrap_or(0);
                widest.max(plain(&column.heading).width())
            })
            .collect();
        let widths = fit(&self.columns, &natural, style.width);
        let mut out = grid(&self.columns, &texts, &widths, style.colours);
        let left_out: Vec<&str> = self.columns[widths.len()..].iter().map(|c| c.heading.as_str()).collect();
        if !left_out.is_empty() {
            let words = format!(
                "Not shown for want of width: {}. A wider terminal, `--format json` or `--format csv` has everything.",
                plain(&left_out.join(", "))
            );
            let _ = writeln!(out, "{}", wrapped(&words, style.width.unwrap_or(usize::MAX)));
        }
        out
    }
}

/// The width of each column that is shown.
fn fit(columns: &[Column], natural: &[usize], available: Option<usize>) -> Vec<usize> {
    let Some(available) = available else { return natural.to_vec() };
    let narrowest: Vec<usize> = columns
        .iter()
        .zip(natural)
        .map(|(column, natural)| match column.kind {
            ColumnKind::Text => NARROWEST.min(*natural),
            ColumnKind::Prose => NARROWEST_PROSE.min(*natural),
            ColumnKind::Code | ColumnKind::Number | ColumnKind::Instant | ColumnKind::Bool => *natural,
        })
        .collect();
    let gaps = |shown: usize| GAP * shown.saturating_sub(1);
    let mut shown = columns.len();
    while shown > 1 && narrowest[..shown].iter().sum::<usize>() + gaps(shown) > available {
        shown -= 1;
    }
    let mut widths = natural[..shown].to_vec();
    // The widest give first, one column each time, until all fit.
    let mut excess = (widths.iter().sum::<usize>() + gaps(shown)).saturating_sub(available);
    while excess > 0 {
        let widest = (0..shown).filter(|n| widths[*n] > narrowest[*n]).max_by_key(|n| widths[*n]);
        let Some(widest) = widest else { break };
        widths[widest] -= 1;
        excess -= 1;
    }
    if shown == 1 {
        widths[0] = widths[0].min(available.max(1));
    }
    widths
}

fn grid(columns: &[Column], texts: &[Vec<Cow<'_, str>>], widths: &[usize], colours: bool) -> String {
    let mut grid = Grid::new();
    grid.load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled)
        .force_no_tty();
    grid.set_header(
        columns.iter().zip(widths).map(|(column, width)| cut_to_width(&plain(&column.heading), *width)),
    );
    for row in texts {
        let cells = row.iter().zip(columns).zip(widths).map(|((text, column), width)| {
            if column.kind == ColumnKind::Prose { wrapped(text, *width) } else { cut_to_width(text, *width) }
        });
        grid.add_row(cells);
    }
    for (position, column) in columns.iter().take(widths.len()).enumerate() {
        if let Some(target) = grid.column_mut(position) {
            target.set_padding((0, if position + 1 == widths.len() { 0 } else { GAP as u16 }));
            if column.kind == ColumnKind::Number {
                target.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    let mut out = String::new();
    for (position, line) in grid.lines().enumerate() {
        let line = line.trim_end();
        let _ =
            if position == 0 && colours { writeln!(out, "{}", bold(line)) } else { writeln!(out, "{line}") };
    }
    out
}

pub(crate) fn bold(text: &str) -> String {
    format!("\u{1b}[1m{text}\u{1b}[0m")
}

/// A cell in words, harmless.
fn words(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) | Cell::Data { text, .. } => plain(text),
        Cell::Number(n) => Cow::Owned(number(*n)),
        Cell::Bool(value) => Cow::Borrowed(if *value { "yes" } else { "no" }),
        Cell::Instant(at) => Cow::Owned(instant(*at)),
        Cell::Never => Cow::Borrowed("never"),
        Cell::Unknown => Cow::Borrowed("unknown"),
        Cell::List(words) => Cow::Owned(plain(&words.join(", ")).into_owned()),
    }
}

/// The text in lines of at most `width` terminal columns, broken at blanks; a word that is wider than that stands alone and is broken.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let wide = word.width();
        if used > 0 && used + 1 + wide > width {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        if wide <= width {
            out.push_str(word);
            used += wide;
            continue;
        }
        for c in word.chars() {
            let wide = c.width().unwrap_or(0);
            if used > 0 && used + wide > width {
                out.push('\n');
                used = 0;
            }
            out.push(c);
            used += wide;
        }
    }
    out
}

/// The text in at most `width` terminal columns, the end replaced by `…`. Wide characters count two, marks none.
pub(crate) fn cut_to_width(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used + 1 > width {
            break;
        }
        cut.push(c);
    }
    // A sequence of characters can be wider than its parts alone (emoji), so the whole is measured again.
    while cut.width() + 1 > width && cut.pop().is_some() {}
    if width > 0 {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::wrapped;
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    proptest! {
        #[test]
        fn wrapping_loses_no_word_and_keeps_to_the_width(text in "[a-zäш漢 ]{0,60}", width in 2usize..30) {
            let lines = wrapped(&text, width);
            prop_assert!(lines.lines().all(|line| line.width() <= width), "{lines:?}");
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines), letters(&text));
        }
    }

    #[test]
    fn sentences_break_at_blanks() {
        assert_eq!(wrapped("connect its database for that", 12), "connect its\ndatabase for\nthat");
        assert_eq!(wrapped("--format", 5), "--for\nmat");
        assert_eq!(wrapped("", 5), "");
    }
}
