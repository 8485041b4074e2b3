// The bands of idleness in words, and the criterion that finds who is in one.
import type { Schemas } from '@/api/client';

export interface Band {
  key: string;
  /** Short, below a bar. */
  short: string;
  words: string;
  accounts: number;
  criterion: string;
  kind: 'active' | 'idle' | 'long' | 'never' | 'unknown';
}

/** Below this nobody calls it idle; from `LONG` on policies begin to. */
const IDLE = 30;
const LONG = 90;

const SEAT = 'status = enabled AND seat = true';

export function bandsOf({ bands, never, unknown }: Schemas['IdleHistogram']): Band[] {
  const known = bands.map(({ from, to, accounts }): Band => {
    const upper = to == null ? '' : ` AND idle < ${to}d`;
    return {
      key: String(from),
      short: to == null ? `${from}+` : `${from}–${to}`,
      words: to == null ? `${from} days and more` : from === 0 ? `less than ${to} days` : `${from} to ${to} days`,
      accounts,
      // Whoever was never active is a band of their own.
      criterion: `${SEAT} AND NOT lastActive = never AND idle >= ${from}d${upper}`,
      kind: from < IDLE ? 'active' : from < LONG ? 'idle' : 'long',
    };
  });
  return [
    ...known,
    { key: 'never', short: 'never', words: 'never active', accounts: never, criterion: `${SEAT} AND lastActive = never`, kind: 'never' },
    { key: 'unknown', short: 'unknown', words: 'not known: left alone', accounts: unknown, criterion: `${SEAT} AND lastActive IS UNKNOWN`, kind: 'unknown' },
  ];
}
