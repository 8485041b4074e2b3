//! A simulated site asked over HTTP.

mod rules;
mod visitor;
