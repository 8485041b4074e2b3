//! Schedules, jobs, freezes and duties, over months of a clock that is set by hand, on both databases.

mod approving;
mod freezing;
mod scheduling;
mod stage;
mod working;
