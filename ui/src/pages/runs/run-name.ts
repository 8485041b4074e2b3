import type { Schemas } from '@/api/client';

/** What a run is called in lists: its policy, or how else it came about. */
export const runName = (run: Pick<Schemas['Run'], 'policy' | 'undoOf'>): string => run.policy ?? (run.undoOf ? 'Undo of a run' : 'By hand');
