// What plans and runs are called in lists: by their policy, or how else they came about.
import type { Schemas } from '@/api/client';

const UNDO = 'Undo of a run';
const BY_HAND = 'By hand';

export const planName = (origin: Schemas['PlanOrigin']): string => (origin.kind === 'policy' ? origin.name : origin.kind === 'undo' ? UNDO : BY_HAND);

export const runName = (run: Pick<Schemas['Run'], 'policy' | 'undoOf'>): string => run.policy ?? (run.undoOf ? UNDO : BY_HAND);
