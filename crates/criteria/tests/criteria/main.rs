//! What criteria promise.

mod activity;
mod documents;
mod idleness;
mod language;
mod laws;
mod mistakes;
mod naive;
mod random;
mod world;
