// Values of a criterion in the words of the form, and what somebody types there as it must be written.
import type { Kind } from './fields';

const UNITS: Record<string, string> = { h: 'hour', d: 'day', w: 'week', M: 'month', y: 'year' };

/** "90 days (90d)", "30 days ago (-30d)", else the value itself. */
export function inWords(kind: Kind, value: string): string {
  const match = /^(-?)(\d+)([hdwMy])$/.exec(value);
  const unit = UNITS[match?.[3] ?? ''];
  if (match && unit && (kind === 'period' || kind === 'instant' || kind === 'event')) {
    const length = `${match[2]} ${unit}${match[2] === '1' ? '' : 's'}`;
    return `${length}${match[1] ? ' ago' : ''} (${value})`;
  }
  if (kind === 'flag') return value === 'true' ? 'yes' : value === 'false' ? 'no' : value;
  return value;
}

/** What was typed, as it is written; `undefined` where it cannot be such a value. */
export function asValue(kind: Kind, typed: string): string | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  switch (kind) {
    case 'number':
      return /^\d+$/.test(text) ? text : undefined;
    case 'period':
      return /^\d+$/.test(text) ? `${text}d` : /^\d+[hdwMy]$/.test(text) ? text : undefined;
    case 'instant':
    case 'event':
      if (/^\d+$/.test(text) && text.length < 5) return `-${text}d`;
      if (/^\d+[hdwMy]$/.test(text)) return `-${text}`;
      return /^-\d+[hdwMy]$|^\d{4}-\d\d-\d\d([T ].+)?$/.test(text) ? text : undefined;
    case 'choice':
    case 'flag':
      return undefined;
    default:
      return text;
  }
}

export const HINTS: Partial<Record<Kind, string>> = {
  period: 'a number of days, or 12w, 6M, 1y',
  number: 'a number',
  instant: 'days ago, or 2026-11-22',
  event: 'days ago, or 2026-11-22',
};
