//! Lists come as CSV files, as whatever program wrote them.

/// No name and no address is longer, in characters.
const LONGEST: usize = 320;

/// Names or addresses of a CSV file: the column headed `username`, `email`, … if there is one, else the first column. Each of
/// at most 320 characters, none of them NUL.
pub fn list_entries_of_csv(text: &str) -> Result<Vec<String>, String> {
    const HEADINGS: [&str; 6] = ["username", "user name", "user", "email", "e-mail", "mail"];
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let delimiter =
        if text.lines().next().is_some_and(|l| l.contains(';') && !l.contains(',')) { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let rows = reader
        .records()
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("this is not CSV: {error}"))?;
    let heading = |row: &csv::StringRecord| {
        HEADINGS.iter().find_map(|h| row.iter().position(|cell| cell.eq_ignore_ascii_case(h)))
    };
    let (column, skip) = rows.first().and_then(heading).map_or((0, 0), |column| (column, 1));
    let mut entries = Vec::new();
    for row in rows.iter().skip(skip) {
        let Some(entry) = row.get(column).filter(|entry| !entry.is_empty()) else { continue };
        let wrong = if entry.contains('\0') {
            "holds a NUL character".to_owned()
        } else if entry.chars().count() > LONGEST {
            format!("is longer than {LONGEST} characters")
        } else {
            entries.push(entry.to_owned());
            continue;
        };
        let line = row.position().map(|at| format!("line {}: ", at.line())).unwrap_or_default();
        return Err(format!("{line}what stands there {wrong}, and is neither a name nor an address"));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::list_entries_of_csv as entries;

    #[test]
    fn the_column_is_found_by_its_heading_or_is_the_first() {
        assert_eq!(
            entries("name,Email\nMira,mira@x.org\nTheo,theo@x.org\n").unwrap(),
            ["mira@x.org", "theo@x.org"]
        );
        assert_eq!(entries("\u{FEFF}mira\ntheo\n\n").unwrap(), ["mira", "theo"]);
        assert_eq!(entries("user;left\r\n\"ko, val\";yes\r\n").unwrap(), ["ko, val"]);
    }

    #[test]
    fn what_can_be_no_name_is_refused_with_its_line() {
        let long = format!("username\nmira\n{}\n", "x".repeat(321));
        assert!(entries(&long).unwrap_err().starts_with("line 3: "), "{:?}", entries(&long));
        assert!(entries(&"x".repeat(320)).is_ok());
        assert!(entries("mira\nth\0eo\n").unwrap_err().starts_with("line 2: "));
    }
}
