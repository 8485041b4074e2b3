//! What differs between two short texts, line by line.

/// Whether a line was there before, is there now, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineMark {
    /// In both.
    Same,
    /// Only before.
    Removed,
    /// Only now.
    Added,
}

/// A line of either text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferentLine {
    /// Where it is.
    pub mark: LineMark,
    /// The line, without its break.
    pub text: String,
}

/// Both texts as one, each line once where it stayed. Texts of some hundred lines; for longer ones everything old comes before
/// everything new.
pub(crate) fn lines(before: &str, after: &str) -> Vec<DifferentLine> {
    const MOST: usize = 2_000;
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let line = |mark, text: &str| DifferentLine { mark, text: text.to_owned() };
    if old.len() > MOST || new.len() > MOST {
        let removed = old.into_iter().map(|text| line(LineMark::Removed, text));
        return removed.chain(new.into_iter().map(|text| line(LineMark::Added, text))).collect();
    }
    // The longest sequence of lines that both have in the same order: common[i][j] of what follows line i and line j.
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push(line(LineMark::Same, old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len()
            || (i < old.len() && common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            lines.push(line(LineMark::Removed, old[i]));
            i += 1;
        } else {
            lines.push(line(LineMark::Added, new[j]));
            j += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(before: &str, after: &str) -> Vec<String> {
        let mark = |mark| match mark {
            LineMark::Same => ' ',
            LineMark::Removed => '-',
            LineMark::Added => '+',
        };
        lines(before, after).iter().map(|line| format!("{}{}", mark(line.mark), line.text)).collect()
    }

    #[test]
    fn a_line_that_stayed_is_shown_once() {
        assert_eq!(written("a\nb\nc", "a\nx\nc\nd"), [" a", "-b", "+x", " c", "+d"]);
        assert_eq!(written("", "a"), ["+a"]);
        assert_eq!(written("a", ""), ["-a"]);
        assert_eq!(written("same\ntext", "same\ntext"), [" same", " text"]);
    }

    #[test]
    fn what_is_not_removed_is_the_new_text_and_what_is_not_added_the_old() {
        let texts = ["", "a", "a\nb\nb\nc", "b\na\nc\nb", "c\nc\nc", "x\na\ny\nb\nz\nc"];
        for (before, after) in texts.iter().flat_map(|a| texts.iter().map(move |b| (*a, *b))) {
            let lines = lines(before, after);
            let without = |mark| {
                let kept = lines.iter().filter(|line| line.mark != mark).map(|line| line.text.as_str());
                kept.collect::<Vec<_>>().join("\n")
            };
            assert_eq!(
                (without(LineMark::Added).as_str(), without(LineMark::Removed).as_str()),
                (before, after)
            );
        }
    }
}
