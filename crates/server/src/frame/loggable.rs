//! A path as it may stand in a log or in an answer: the link in a notice is a right to whoever reads it.

use percent_encoding::percent_decode_str;
use rollcall_engine::hide_links;
use rollcall_model::plain;

/// What links in notices lead to.
const LINKS: &str = "keep";

/// The path without what makes a link of a notice work, however it is written.
pub(super) fn loggable(path: &str) -> String {
    let is_links =
        |part: &str| percent_decode_str(part).decode_utf8_lossy().trim().eq_ignore_ascii_case(LINKS);
    let parts: Vec<&str> = path.split(['/', '\\']).collect();
    let shown = match parts.iter().position(|part| is_links(part)) {
        Some(at) if at + 1 < parts.len() => format!("{}/…", parts[..=at].join("/")),
        _ => path.to_owned(),
    };
    plain(&hide_links(&shown)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_of_a_notice_is_shown_however_it_is_written() {
        for (path, shown) in [
            ("/keep/eyJzaXRlIjoi", "/keep/…"),
            ("//keep/eyJzaXRlIjoi", "//keep/…"),
            ("/Keep/eyJzaXRlIjoi", "/Keep/…"),
            ("/keep/eyJzaXRlIjoi/", "/keep/…"),
            ("/keep//eyJzaXRlIjoi", "/keep/…"),
            ("/%6Beep/eyJzaXRlIjoi", "/%6Beep/…"),
            ("/keep%20/eyJzaXRlIjoi", "/keep%20/…"),
            ("/api/v1/keep/eyJzaXRlIjoi", "/api/v1/keep/…"),
            ("/keep\\eyJzaXRlIjoi", "/keep/…"),
            ("/kept/WyJrZWVwLTEiLCJhIl0.c2VhbA", "/kept/…"),
            ("/WyJrZWVwLTEiLCJhIl0.c2VhbA", "/…"),
            ("/keepWyJrZWVwLTEiLCJhIl0.c2VhbA/x", "/keep…/x"),
        ] {
            assert_eq!(loggable(path), shown);
        }
    }

    #[test]
    fn other_paths_are_as_they_are() {
        for path in ["/api/v1/runs", "/keep", "/", "/api/v1/policies/keep-seats/versions"] {
            assert_eq!(loggable(path), path);
        }
    }
}
