// Asks for the plan of what is chosen.
import { answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import type { Chosen } from '../chosen';
import { type Choice, actionsOf, limitsOf } from './choice';

interface Who {
  site: string;
  /** Whom it is about: a criterion, or … */
  criterion: string;
  /** … rows that were chosen one by one. */
  chosen: readonly Chosen[];
}

type Wanted = { site: string; criterion?: string; accounts?: string[]; actions: unknown[]; mode: string; limits?: Record<string, unknown> };

/** `onAsked` gets the job that makes the plan. */
export function useAskedPlan({ site, criterion, chosen }: Who, onAsked: (job: string) => void) {
  const asked = useIntention(
    (wanted: Wanted, key) =>
      // The document cannot say that an action is a word or an object.
      answerOf(api.POST('/api/v1/plans', { params: { header: { 'idempotency-key': key } }, body: { kind: 'selection', ...wanted } as never })),
    { onSuccess: ({ job }) => onAsked(job.id) },
  );
  return {
    isPending: asked.isPending,
    problem: asked.error ?? undefined,
    reset: asked.reset,
    ask: (choice: Choice, onRefused?: () => void) => {
      const limits = limitsOf(choice);
      const who = criterion === '' ? { accounts: chosen.map(({ key }) => key) } : { criterion };
      asked.mutate({ site, ...who, actions: actionsOf(choice), mode: choice.mode, ...(limits ? { limits } : {}) }, { onError: () => onRefused?.() });
    },
  };
}

export type AskedPlan = ReturnType<typeof useAskedPlan>;
