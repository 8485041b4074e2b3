//! criteria
