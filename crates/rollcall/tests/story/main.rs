//! The program as an administrator uses it: the real binary, a data folder, a simulated site.

mod approvals;
mod audit_log;
mod bad_input;
mod crash;
mod drift;
mod freezes;
mod inside;
mod limits;
mod main_job;
mod moving;
mod operators;
mod protections;
mod real_rows;
mod refusals;
mod secrets;
mod serving;
mod stage;
mod stopping;
mod telling;
mod test_mode;
mod two_processes;
mod unclear_answers;
mod undo;
mod upkeep;
mod witness;
