// An instant in the zone of whoever looks, with the exact one on hover and for screen readers.
import VisuallyHidden from '@atlaskit/visually-hidden';
import { useSyncExternalStore } from 'react';
import styles from './instant.module.css';

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

// The pages speak English; how a day is written is a matter of the country.
const language = navigator.languages.find((tag) => /^en(-|$)/.test(tag)) ?? 'en';
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const dates = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
const both = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
const exact = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });

/** "3 days ago", "in 2 hours", "just now". */
export function inWords(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return 'just now';
}

let minute = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all instants of the page. */
function everyMinute(tell: () => void): () => void {
  listeners.add(tell);
  timer ??= setInterval(() => {
    minute = Date.now();
    for (const listener of listeners) listener();
  }, 30_000);
  return () => {
    listeners.delete(tell);
    if (listeners.size === 0 && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

interface InstantProps {
  /** RFC 3339; nothing = `never`. */
  at: string | null | undefined;
  /** `ago`: in words; `date`; `time`: date and time; default `ago`. */
  as?: 'ago' | 'date' | 'time';
  /** What stands where there is none. */
  none?: string;
}

export function Instant({ at, as = 'ago', none = '–' }: InstantProps) {
  const now = useSyncExternalStore(everyMinute, () => minute);
  if (!at) return <>{none}</>;
  const when = new Date(at);
  if (Number.isNaN(when.getTime())) return <>{at}</>;
  // What happened after the last stroke of the clock happened just now.
  const clock = new Date(Math.max(now, Date.now() - 30_000));
  const words = as === 'date' ? dates.format(when) : as === 'time' ? both.format(when) : inWords(when, clock);
  const whole = `${exact.format(when)} (${at})`;
  return (
    <time dateTime={at} title={whole} className={styles.instant}>
      {words}
      {as === 'ago' && <VisuallyHidden>, {exact.format(when)}</VisuallyHidden>}
    </time>
  );
}
