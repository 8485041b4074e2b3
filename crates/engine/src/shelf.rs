//! A shelf of things that cost much to make and are asked for again: bounded in bytes, the least recently used goes first. What nobody has
//! asked for in a while may go earlier: much of it belongs to a minute that is over.
//!
//! Whoever asks for something that is just being made waits for that making, so that nothing is made twice at the same time; and a
//! making that was begun is finished even if whoever asked for it has gone away, because the next one is waiting for it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::Instant;

pub(crate) struct Shelf<K, V> {
    places: Mutex<Places<K, V>>,
    capacity: usize,
    kept: Option<Duration>,
}

struct Places<K, V> {
    by_key: HashMap<K, Place<V>>,
    /// Counts the times something was asked for: the hand of a clock that tells what was used last.
    asked: u64,
}

struct Place<V> {
    thing: Arc<OnceCell<V>>,
    /// `None` while it is being made.
    weight: Option<usize>,
    used: u64,
    used_at: Instant,
}

impl<V> Place<V> {
    /// Nobody knows yet how much it weighs.
    fn new(thing: Arc<OnceCell<V>>, used: u64) -> Self {
        Self { thing, weight: None, used, used_at: Instant::now() }
    }
}

impl<K, V> Shelf<K, V>
where
    K: Eq + Hash + Clone + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A shelf for so many bytes. One thing that is larger alone is kept all the same: it would be made again at once.
    pub(crate) fn of_bytes(capacity: usize) -> Arc<Self> {
        Self::new(capacity, None)
    }

    /// Such a shelf, from which whatever nobody asked for in so much time goes when something is put there.
    pub(crate) fn forgetting(capacity: usize, kept: Duration) -> Arc<Self> {
        Self::new(capacity, Some(kept))
    }

    fn new(capacity: usize, kept: Option<Duration>) -> Arc<Self> {
        Arc::new(Self { places: Mutex::new(Places { by_key: HashMap::new(), asked: 0 }), capacity, kept })
    }

    /// What stands at that place, if it has been made.
    pub(crate) fn peek(&self, key: &K) -> Option<V> {
        let mut places = self.places();
        places.asked += 1;
        let asked = places.asked;
        let place = places.by_key.get_mut(key)?;
        place.used = asked;
        place.used_at = Instant::now();
        place.thing.get().cloned()
    }

    /// What stands at that place; made now, if it has not been. `maker` gives the thing and how many bytes it holds.
    pub(crate) async fn get<E, F, M>(self: &Arc<Self>, key: K, maker: M) -> Result<V, E>
    where
        E: Send + 'static,
        F: Future<Output = Result<(V, usize), E>> + Send,
        M: FnOnce() -> F + Send + 'static,
    {
        if let Some(thing) = self.peek(&key) {
            return Ok(thing);
        }
        let owned = Arc::clone(self);
        let making = tokio::spawn(async move {
            let place = owned.place(&key);
            let mut weight = None;
            let filled = place.get_or_try_init(|| async {
                let (thing, bytes) = maker().await?;
                weight = Some(bytes);
                Ok(thing)
            });
            let filled = filled.await.cloned();
            match (&filled, weight) {
                (Ok(_), Some(weight)) => owned.settle(&key, &place, weight),
                (Ok(_), None) => {}
                (Err(_), _) => owned.clear(&key, &place),
            }
            filled
        });
        match making.await {
            Ok(done) => done,
            // The making panicked, or the runtime ends; whoever waits for it ends likewise.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    /// Puts something there that was made elsewhere.
    pub(crate) fn put(&self, key: &K, thing: V, weight: usize) {
        let cell = Arc::new(OnceCell::new_with(Some(thing)));
        {
            let mut places = self.places();
            places.asked += 1;
            let used = places.asked;
            places.by_key.insert(key.clone(), Place::new(Arc::clone(&cell), used));
        }
        self.settle(key, &cell, weight);
    }

    fn place(&self, key: &K) -> Arc<OnceCell<V>> {
        let mut places = self.places();
        let used = places.asked;
        let empty = || Place::new(Arc::new(OnceCell::new()), used);
        Arc::clone(&places.by_key.entry(key.clone()).or_insert_with(empty).thing)
    }

    fn settle(&self, key: &K, thing: &Arc<OnceCell<V>>, weight: usize) {
        let mut places = self.places();
        if let Some(place) = places.by_key.get_mut(key)
            && Arc::ptr_eq(&place.thing, thing)
        {
            place.weight = Some(weight);
        }
        if let Some(kept) = self.kept {
            places.by_key.retain(|other, place| {
                other == key || place.weight.is_none() || place.used_at.elapsed() <= kept
            });
        }
        let mut held: usize = places.by_key.values().filter_map(|place| place.weight).sum();
        while held > self.capacity {
            let others =
                places.by_key.iter().filter(|(other, place)| *other != key && place.weight.is_some());
            let Some(oldest) = others.min_by_key(|(_, place)| place.used).map(|(other, _)| other.clone())
            else {
                break;
            };
            let gone = places.by_key.remove(&oldest).and_then(|place| place.weight);
            held -= gone.unwrap_or_default();
        }
    }

    /// What could not be made leaves no trace: the next one tries again.
    fn clear(&self, key: &K, thing: &Arc<OnceCell<V>>) {
        let mut places = self.places();
        if places
            .by_key
            .get(key)
            .is_some_and(|place| Arc::ptr_eq(&place.thing, thing) && !thing.initialized())
        {
            places.by_key.remove(key);
        }
    }

    fn places(&self) -> MutexGuard<'_, Places<K, V>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::sync::Barrier;

    async fn made(shelf: &Arc<Shelf<u32, u32>>, key: u32, count: &Arc<AtomicU32>) -> u32 {
        let count = Arc::clone(count);
        let make = move || async move { Ok::<_, Infallible>((count.fetch_add(1, Ordering::SeqCst), 10)) };
        shelf.get(key, make).await.unwrap()
    }

    #[tokio::test]
    async fn what_many_ask_for_at_once_is_made_once() {
        let shelf = Shelf::of_bytes(100);
        let (count, barrier) = (Arc::new(AtomicU32::new(0)), Arc::new(Barrier::new(2)));
        let slow = {
            let (count, barrier) = (Arc::clone(&count), Arc::clone(&barrier));
            move || async move {
                barrier.wait().await;
                count.fetch_add(1, Ordering::SeqCst);
                Ok::<_, Infallible>((7_u32, 1))
            }
        };
        let asked: Vec<_> = (0..10).map(|_| shelf.get(1_u32, slow.clone())).collect();
        let (answers, _) = tokio::join!(futures::future::join_all(asked), barrier.wait());
        assert!(answers.iter().all(|answer| *answer == Ok(7)));
        assert_eq!(count.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_making_goes_on_when_whoever_asked_has_gone() {
        let shelf = Shelf::of_bytes(100);
        let (count, barrier) = (Arc::new(AtomicU32::new(0)), Arc::new(Barrier::new(2)));
        let make = {
            let (count, barrier) = (Arc::clone(&count), Arc::clone(&barrier));
            move || async move {
                barrier.wait().await;
                Ok::<_, Infallible>((count.fetch_add(1, Ordering::SeqCst), 1))
            }
        };
        let mut asking = Box::pin(shelf.get(1_u32, make));
        assert!(futures::poll!(&mut asking).is_pending());
        drop(asking);
        barrier.wait().await;
        assert_eq!(made(&shelf, 1, &count).await, 0, "the one that was begun");
    }

    #[tokio::test]
    async fn the_least_recently_used_makes_room() {
        let shelf = Shelf::of_bytes(25);
        let count = Arc::new(AtomicU32::new(0));
        assert_eq!((made(&shelf, 1, &count).await, made(&shelf, 2, &count).await), (0, 1));
        assert_eq!(shelf.peek(&1), Some(0));
        assert_eq!(made(&shelf, 3, &count).await, 2);
        assert_eq!((shelf.peek(&1), shelf.peek(&2), shelf.peek(&3)), (Some(0), None, Some(2)));
        shelf.put(&4, 9, 1_000);
        assert_eq!((shelf.peek(&1), shelf.peek(&4)), (None, Some(9)), "larger than the shelf, and kept");
    }

    #[tokio::test]
    async fn what_nobody_asks_for_any_more_makes_room_too() {
        tokio::time::pause();
        let shelf = Shelf::forgetting(1_000, Duration::from_mins(1));
        let count = Arc::new(AtomicU32::new(0));
        made(&shelf, 1, &count).await;
        made(&shelf, 2, &count).await;
        tokio::time::advance(Duration::from_secs(40)).await;
        assert_eq!(shelf.peek(&1), Some(0));
        tokio::time::advance(Duration::from_secs(40)).await;
        made(&shelf, 3, &count).await;
        assert_eq!((shelf.peek(&1), shelf.peek(&2), shelf.peek(&3)), (Some(0), None, Some(2)));
    }

    #[tokio::test]
    async fn what_could_not_be_made_is_tried_again() {
        let shelf = Shelf::of_bytes(25);
        assert_eq!(shelf.get(1, || async { Err::<(u32, usize), _>("no") }).await, Err("no"));
        assert_eq!(shelf.get(1, || async { Ok::<_, &str>((5, 1)) }).await, Ok(5));
    }
}
