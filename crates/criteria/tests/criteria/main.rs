//! What criteria promise.

mod activity;
mod completing;
mod documents;
mod idleness;
mod language;
mod laws;
mod mistakes;
mod naive;
mod random;
mod world;
