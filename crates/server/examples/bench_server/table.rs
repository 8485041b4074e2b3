//! Rows of the table of measurements, each with its goal and whether it was reached.

/// The head of the table.
pub(crate) fn titles() {
    println!("| what | measured | must reach | |\n| --- | --- | --- | --- |");
}

/// A figure with a goal.
pub(crate) fn row(what: &str, measured: &str, goal: &str, is_reached: bool) {
    println!("| {what} | {measured} | {goal} | {} |", if is_reached { "✓" } else { "SHORT" });
}

/// A figure for understanding the others.
pub(crate) fn note(what: &str, measured: &str) {
    println!("| {what} | {measured} | | |");
}
