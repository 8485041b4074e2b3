//! The text format that came before `OpenMetrics`, version 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>): samples are the same, their families are described otherwise.

use std::collections::BTreeMap;

/// The same metrics in the older form: a family has the name that its samples have, a counter `…_total`, an info `…_info`, which is a gauge there;
/// there are neither units nor an end.
pub(crate) fn older(open_metrics: &str) -> String {
    let types: BTreeMap<&str, &str> =
        open_metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' ')).collect();
    let mut text = String::with_capacity(open_metrics.len());
    for line in open_metrics.lines() {
        if let Some(line) = described(line, &types) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

/// A line in the older form; `None` where there is none for it.
fn described(line: &str, types: &BTreeMap<&str, &str>) -> Option<String> {
    let Some(comment) = line.strip_prefix("# ") else { return Some(line.to_owned()) };
    let (keyword, rest) = comment.split_once(' ')?;
    let (name, what) = rest.split_once(' ').unwrap_or((rest, ""));
    let kind = types.get(name).copied().unwrap_or("untyped");
    let ending = match kind {
        "counter" => "_total",
        "info" => "_info",
        _ => "",
    };
    match keyword {
        "HELP" => Some(format!("# HELP {name}{ending} {what}")),
        "TYPE" => {
            let kind = match kind {
                "info" => "gauge",
                "unknown" => "untyped",
                kind => kind,
            };
            Some(format!("# TYPE {name}{ending} {kind}"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::older;
    use crate::metrics::HttpMetrics;
    use crate::metrics::render::{render, tests::figures};
    use std::collections::BTreeMap;

    /// By the rules of the format: every sample belongs to a family that was described before it, once, by the sample's own name; only a histogram's
    /// samples have further endings.
    #[test]
    fn every_sample_stands_under_its_own_name_and_a_type_of_that_format() {
        let http = HttpMetrics::default();
        http.seen("GET", "/api/v1/sites", 200, 0.02);
        let text = older(&render(&figures(), &http).unwrap());
        let mut types = BTreeMap::new();
        let mut current = "";
        for line in text.lines() {
            if let Some(described) = line.strip_prefix("# TYPE ") {
                let (name, kind) = described.split_once(' ').unwrap();
                assert!(matches!(kind, "counter" | "gauge" | "histogram"), "{line}");
                assert!(types.insert(name, kind).is_none(), "described twice: {line}");
                current = name;
            } else if let Some(comment) = line.strip_prefix('#') {
                assert!(comment.starts_with(" HELP "), "{line}");
            } else {
                let name = line.split(['{', ' ']).next().unwrap();
                let ending =
                    name.strip_prefix(current).unwrap_or_else(|| panic!("{line} stands under {current}"));
                let endings: &[&str] =
                    if types[current] == "histogram" { &["_bucket", "_sum", "_count"] } else { &[""] };
                assert!(endings.contains(&ending), "{line} stands under {current}");
            }
        }
        assert_eq!(types["rollcall_build_info"], "gauge");
        assert_eq!(types["rollcall_site_requests_total"], "counter");
        assert_eq!(types["rollcall_audit_entries_total"], "counter");
        assert_eq!(types["rollcall_http_request_duration_seconds"], "histogram");
        assert!(text.contains("\n# HELP rollcall_site_requests_total Requests to a site"), "{text}");
        assert!(text.ends_with('\n'), "{text}");
    }
}
