//! For tests only: both databases under one macro, a clock that stands still, a disk that fills up.
//!
//! Here: what tests of several rooms need and no product code may have.
//! Not here: anything a room's own tests can keep to themselves; anything that knows a room (rooms depend on this one in their
//! tests, so it depends on none).
//! To add to it: a module, if two rooms need it.

mod clock;
mod database;
mod disk;
mod oidc;
mod postgres;

pub use clock::MockClock;
pub use database::{TestDatabase, run};
pub use disk::SmallDisk;
pub use oidc::OidcProvider;

/// Writes tests that run on SQLite and on PostgreSQL, each on a database of its own.
///
/// ```
/// rollcall_testkit::both_databases! {
///     /// Becomes `a_database_has_an_address::on_sqlite` and `…::on_postgresql`.
///     async fn a_database_has_an_address(database: TestDatabase) {
///         assert!(!database.location().is_empty());
///     }
/// }
/// ```
///
/// The PostgreSQL leg uses the server named by `ROLLCALL_TEST_POSTGRES` (`scripts/with-postgres` sets it), else starts a private
/// one. Where PostgreSQL is not installed it says so and passes, unless `ROLLCALL_REQUIRE_POSTGRES=1`.
#[macro_export]
macro_rules! both_databases {
    ($($(#[$about:meta])* async fn $name:ident($database:ident: TestDatabase) $body:block)*) => {$(
        $(#[$about])*
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, reason = "a test may need nothing from around it")]
            use super::*;

            async fn test($database: $crate::TestDatabase) $body

            #[test]
            fn on_sqlite() {
                $crate::run($crate::TestDatabase::sqlite(), test);
            }

            #[test]
            fn on_postgresql() {
                if let Some(database) = $crate::TestDatabase::postgres() {
                    $crate::run(database, test);
                }
            }
        }
    )*};
}
