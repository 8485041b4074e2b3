//! The program as an administrator uses it: the real binary, a data folder, a simulated site.

mod approvals;
mod bad_input;
mod crash;
mod drift;
mod limits;
mod main_job;
mod protections;
mod refusals;
mod stage;
mod stopping;
mod test_mode;
mod two_processes;
mod unclear_answers;
mod witness;
