// Of all snapshots those that answer "and a week, a month, a quarter, half a year, a year ago?": the newest, and for each the nearest.
const DAY = 24 * 3600 * 1000;
const AGES = [7, 30, 91, 182, 365];

/** `snapshots` newest first. None stands twice; one that is not at least half as old as asked for does not stand for it. */
export function chosenSnapshots<S extends { id: string; takenAt: string }>(snapshots: readonly S[]): S[] {
  const [newest] = snapshots;
  if (!newest) return [];
  const now = Date.parse(newest.takenAt);
  const chosen: S[] = [newest];
  for (const age of AGES) {
    const wanted = now - age * DAY;
    const nearest = snapshots.reduce((best, one) => (Math.abs(Date.parse(one.takenAt) - wanted) < Math.abs(Date.parse(best.takenAt) - wanted) ? one : best), newest);
    const isOldEnough = now - Date.parse(nearest.takenAt) >= (age * DAY) / 2;
    if (isOldEnough && !chosen.includes(nearest)) chosen.push(nearest);
  }
  // Where the site is known for less than that, the oldest is the best there is.
  const oldest = snapshots.at(-1);
  if (chosen.length === 1 && oldest && oldest !== newest) chosen.push(oldest);
  return chosen;
}
