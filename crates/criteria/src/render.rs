//! An error as a picture: the line, a mark below the place, the remedy.

use crate::CriterionError;
use rollcall_model::plain;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Columns of the line that are shown before and after the place.
const AROUND: usize = 50;
/// Longest mark.
const MARKED: usize = 60;

/// Where an error stands, for people: counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

impl CriterionError {
    /// Where it stands in the text it is about.
    pub fn position(&self, text: &str) -> Position {
        let start = floor(text, self.span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        Position {
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
        }
    }

    /// The error with the line of the text, marks below the place, and what to do. Safe for a terminal whatever the text.
    pub fn render(&self, text: &str) -> String {
        let mut picture = format!("error: {}\n", self.message);
        let Position { line, column } = self.position(text);
        if !text.is_empty() {
            let start = floor(text, self.span.start);
            let end = floor(text, self.span.end.max(start));
            let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
            let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
            let before = last(&text[line_start..start], AROUND);
            let inside = first(&text[start..end.min(line_end)], MARKED);
            let after = first(&text[start + inside.len()..line_end], AROUND);
            let cut_before = if before.len() < start - line_start { "…" } else { "" };
            let cut_after = if start + inside.len() + after.len() < line_end { "…" } else { "" };
            let (before, inside, after) = (visible(before), visible(inside), visible(after));
            let gutter = " ".repeat(line.to_string().len());
            let indent = " ".repeat(cut_before.width() + before.width());
            let marks = "^".repeat(inside.width().max(1));
            // Writing to a String does not fail.
            let _ = writeln!(picture, "{gutter}--> line {line}, column {column}");
            let _ = writeln!(picture, "{gutter} |");
            let _ = writeln!(picture, "{line} | {cut_before}{before}{inside}{after}{cut_after}");
            let _ = writeln!(picture, "{gutter} | {indent}{marks}");
        }
        if let Some(help) = &self.help {
            let _ = writeln!(picture, "help: {help}");
        }
        picture
    }
}

/// The nearest boundary of a character at or before this byte.
fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte.min(text.len()))
}

fn visible(text: &str) -> String {
    plain(&text.replace('\t', " ")).into_owned()
}

fn first(text: &str, most: usize) -> &str {
    text.char_indices().nth(most).map_or(text, |(at, _)| &text[..at])
}

fn last(text: &str, most: usize) -> &str {
    text.char_indices().rev().nth(most).map_or(text, |(at, c)| &text[at + c.len_utf8()..])
}
