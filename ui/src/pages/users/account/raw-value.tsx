// A value as the audit log keeps it: names and values, on one line.
import { HostileText } from '@/parts/hostile-text';

export function rawWords(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(rawWords).join(', ');
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    return entries.length === 0 ? '–' : entries.map(([name, inside]) => `${name}: ${rawWords(inside)}`).join('; ');
  }
  return String(value);
}

export const RawValue = ({ value }: { value: unknown }) => <HostileText text={rawWords(value)} />;
