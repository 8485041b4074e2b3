//! A simulated site asked over HTTP.

mod access;
mod activity;
mod captures;
mod contract;
mod controls;
mod faults;
mod observations;
mod population;
mod rules;
mod visitor;
