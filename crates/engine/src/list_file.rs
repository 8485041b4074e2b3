//! Lists come as CSV files, as whatever program wrote them.

/// Names or addresses of a CSV file: the column headed `username`, `email`, … if there is one, else the first column.
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
    Ok(rows
        .iter()
        .skip(skip)
        .filter_map(|row| row.get(column))
        .filter(|c| !c.is_empty())
        .map(str::to_owned)
        .collect())
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
}
