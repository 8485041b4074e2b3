//! Seats in use: the index behind list/active and the licence counts.

use super::{AccountId, State};

impl State {
    pub(super) fn rebuild_seats(&mut self) {
        let mut seats: Vec<AccountId> = self.listed.iter().copied().filter(|id| self.has_seat(*id)).collect();
        seats.sort_unstable_by_key(|id| (self.account(*id).last_login, *id));
        self.seats = seats;
    }

    /// Runs a change of one account and keeps the index right.
    pub(super) fn changing<T>(&mut self, id: AccountId, change: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.has_seat(id).then(|| (self.account(id).last_login, id));
        let result = change(self);
        let after = self.has_seat(id).then(|| (self.account(id).last_login, id));
        if before != after {
            if let Some(key) = before
                && let Ok(place) = self.seat_place(key)
            {
                self.seats.remove(place);
            }
            if let Some(key) = after
                && let Err(place) = self.seat_place(key)
            {
                self.seats.insert(place, id);
            }
        }
        result
    }

    /// Place of a key in the index; `before` keys are looked up with the login they were filed under, which only
    /// differs from the account's own for the account being changed, hence the comparison by `(login, id)`.
    fn seat_place(&self, key: (i64, AccountId)) -> Result<usize, usize> {
        self.seats.binary_search_by(|other| {
            let login = if *other == key.1 { key.0 } else { self.account(*other).last_login };
            (login, *other).cmp(&key)
        })
    }

    /// Seats used.
    pub(crate) fn seats_used(&self) -> u32 {
        self.seats.len() as u32
    }
}
