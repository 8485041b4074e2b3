// Filters that somebody keeps, in this browser: the server has no place for them. And some that most administrators need.
import { useState } from 'react';

export interface Filter {
  name: string;
  criterion: string;
}

export const READY: readonly Filter[] = [
  { name: 'Seats idle for 90 days', criterion: 'status = enabled AND seat = true AND idle >= 90d' },
  { name: 'Never signed in', criterion: 'status = enabled AND lastLogin = never' },
  { name: 'Activity not known', criterion: 'status = enabled AND lastActive IS UNKNOWN' },
  { name: 'Disabled, but costing a seat', criterion: 'status = disabled AND seat = true' },
  { name: 'Without a group', criterion: 'status = enabled AND groups = 0' },
  { name: 'Exempt', criterion: 'exempt = true' },
];

const PLACE = 'rollcall.filters';

function kept(): readonly Filter[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(PLACE) ?? '[]');
    return Array.isArray(found) ? found.filter((one): one is Filter => typeof (one as Filter)?.name === 'string' && typeof (one as Filter)?.criterion === 'string') : [];
  } catch {
    return [];
  }
}

export interface Filters {
  list: readonly Filter[];
  /** Under a name that is taken it takes the place of that one. `false`: the browser refuses. */
  keep: (filter: Filter) => boolean;
  forget: (name: string) => void;
}

export function useFilters(): Filters {
  const [list, setList] = useState(kept);
  const write = (next: readonly Filter[]) => {
    setList(next);
    try {
      localStorage.setItem(PLACE, JSON.stringify(next));
      return true;
    } catch {
      return false;
    }
  };
  return {
    list,
    // Another window may have kept one since.
    keep: (filter) => write([...kept().filter((one) => one.name !== filter.name), filter].sort((a, b) => a.name.localeCompare(b.name))),
    forget: (name) => void write(kept().filter((one) => one.name !== name)),
  };
}
