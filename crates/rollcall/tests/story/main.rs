//! The program as an administrator uses it: the real binary, a data folder, a simulated site.

mod crash;
mod stage;
