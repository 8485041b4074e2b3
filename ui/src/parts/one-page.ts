import type { Pages } from '@/api/use-pages';

/** A list that came whole, for a `DataTable`. */
export function onePage<T>(rows: readonly T[]): Pages<T> {
  return {
    rows,
    total: rows.length,
    first: 1,
    hasPrevious: false,
    hasNext: false,
    previous: () => undefined,
    next: () => undefined,
    isTurning: false,
    problem: undefined,
    retry: () => undefined,
  };
}
