//! The document for administrators says what the program does.

use rollcall_criteria::{FIELDS, FieldType, parse};
use std::fmt::Write;
use std::path::Path;

fn document() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/criteria.md");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_table_of_fields_in_the_document_is_that_of_the_program() {
    let mut table = String::from("| field | type | meaning |\n| --- | --- | --- |\n");
    for info in FIELDS {
        let _ = writeln!(table, "| `{}` | {} | {} |", info.name, info.kind.noun(), info.meaning);
    }
    assert!(document().contains(&table), "docs/criteria.md must hold this table:\n{table}");
}

#[test]
fn the_table_of_operators_in_the_document_is_that_of_the_program() {
    let mut table = String::from("| type | operators |\n| --- | --- |\n");
    let mut seen = Vec::new();
    for info in FIELDS {
        let name = match info.kind {
            FieldType::Choice(_) => "one of some words".to_owned(),
            kind => kind.noun(),
        };
        if !seen.contains(&name) {
            let operators: Vec<String> = info.operators().iter().map(|op| format!("`{op}`")).collect();
            let _ = writeln!(table, "| {name} | {} |", operators.join(" "));
            seen.push(name);
        }
    }
    assert!(document().contains(&table), "docs/criteria.md must hold this table:\n{table}");
}

#[test]
fn every_example_in_the_document_is_a_criterion() {
    let document = document();
    let blocks: Vec<&str> = document.split("```").skip(1).step_by(2).collect();
    assert!(blocks.len() >= 4);
    for block in blocks {
        for example in block.trim_start_matches("text").trim().split("\n\n") {
            if let Err(error) = parse(example) {
                panic!("{}", error.render(example));
            }
        }
    }
}
