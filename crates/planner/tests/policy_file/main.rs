//! The policy file: what is taken, what is refused with which words, and that it goes both ways.

mod faults;
mod laws;
mod taken;

use rollcall_planner::read_policies;

/// A policy of one line each, with one line put in the place of the line that begins like it.
fn file_with(line: &str) -> String {
    let lines = [
        "name: idle",
        "sites: [wiki]",
        "select: idle >= 90d",
        "actions: [disable]",
        "schedule: { cron: \"0 6 * * SAT\", timezone: Pacific/Auckland }",
        "limits: { accounts: 200 }",
    ];
    let key = line.split(':').next().unwrap_or_default();
    let mut file = String::from("policies:\n");
    let mut is_placed = false;
    for (position, standard) in lines.iter().enumerate() {
        let dash = if position == 0 { "  - " } else { "    " };
        let is_replaced = standard.starts_with(&format!("{key}:"));
        is_placed |= is_replaced;
        file.extend([dash, if is_replaced { line } else { standard }, "\n"]);
    }
    if !is_placed {
        file.extend(["    ", line, "\n"]);
    }
    file
}

fn refusal(yaml: &str) -> String {
    match read_policies(yaml) {
        Ok(policies) => panic!("was taken:\n{yaml}\n{policies:?}"),
        Err(error) => error.to_string(),
    }
}
