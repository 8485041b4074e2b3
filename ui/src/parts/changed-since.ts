// Which runs changed accounts of a site after it was read: what is shown of it is from before.
import type { Schemas } from '@/api/client';

type Run = Schemas['Run'];

/** Those whose changes the reading cannot have seen, in the order they came in. */
export function changedSince(runs: readonly Run[], readAt: string): readonly Run[] {
  const read = Date.parse(readAt);
  return runs.filter(({ mode, counts, finishedAt }) => mode === 'live' && (counts['done'] ?? 0) > 0 && (finishedAt == null || Date.parse(finishedAt) > read));
}
