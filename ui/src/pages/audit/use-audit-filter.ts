// What filters the audit log, as it stands in the address.
import { useSearchParams } from 'react-router';

export const FIELDS = ['kind', 'site', 'account', 'policy', 'plan', 'run', 'actor', 'since', 'until'] as const;
export type FilterField = (typeof FIELDS)[number];
export type AuditFilter = Partial<Record<FilterField, string>>;

/** The days of the address as instants: from the beginning of the one to the end of the other, where the reader is. */
export function asked(filter: AuditFilter): AuditFilter {
  const { since, until, ...rest } = filter;
  const from = since ? dayOf(since, 0) : undefined;
  const to = until ? dayOf(until, 1) : undefined;
  return { ...rest, ...(from ? { since: from } : {}), ...(to ? { until: to } : {}) };
}

function dayOf(day: string, later: number): string | undefined {
  const [year, month, date] = day.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined) return undefined;
  const at = new Date(year, month - 1, date + later);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

export function useAuditFilter(): { filter: AuditFilter; change: (change: AuditFilter) => void; clear: () => void } {
  const [params, setParams] = useSearchParams();
  const filter = Object.fromEntries(FIELDS.flatMap((field) => (params.get(field) ? [[field, params.get(field) as string]] : []))) as AuditFilter;
  return {
    filter,
    change: (change) =>
      setParams(
        (before) => {
          const now = new URLSearchParams(before);
          now.delete('entry');
          for (const [field, value] of Object.entries(change)) {
            if (value) now.set(field, value);
            else now.delete(field);
          }
          return now;
        },
        { replace: true },
      ),
    clear: () => setParams(new URLSearchParams(), { replace: true }),
  };
}
