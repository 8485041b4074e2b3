// Pauses the schedule of a policy, with a reason, or lets it go on.
import Button from '@atlaskit/button/new';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '@/api/client';
import { type Problem, asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { ReasonDialog } from '@/parts/reason-dialog';
import { textsAt } from './document-reading';
import { type Policy, documentOf, policyKey } from './policy-answers';

export function PolicyPause({ policy }: { policy: Policy }) {
  const may = useMay('operator');
  const client = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const path = { name: policy.name };
  const isPaused = policy.schedule.isPaused;
  const change = useMutation<unknown, Problem, string | undefined>({
    mutationFn: (why) =>
      (why === undefined ? answerOf(api.DELETE('/api/v1/policies/{name}/pause', { params: { path } })) : answerOf(api.PUT('/api/v1/policies/{name}/pause', { params: { path }, body: { reason: why } }))).catch((thrown: unknown) =>
        Promise.reject(asProblem(thrown)),
      ),
    onSuccess: (_, why) => {
      setIsOpen(false);
      raiseFlag({ kind: 'done', title: why === undefined ? 'The schedule goes on' : 'The schedule is paused' });
      void client.invalidateQueries({ queryKey: policyKey(policy.name) });
      void client.invalidateQueries({ queryKey: ['policies'] });
      void client.invalidateQueries({ queryKey: ['audit', { policy: policy.name }] });
    },
    onError: (problem, why) => why === undefined && raiseFlag({ kind: 'failed', title: 'The schedule stays paused', description: problem.detail }),
  });
  const hasTimes = policy.schedule.words != null || textsAt(documentOf(policy), '/on').length > 0;
  if (!may || (!hasTimes && !isPaused)) return null;
  if (isPaused) {
    return (
      <Button isLoading={change.isPending} onClick={() => change.mutate(undefined)}>
        Let the schedule go on
      </Button>
    );
  }
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Pause…</Button>
      <ReasonDialog isOpen={isOpen} title="Pause the schedule" action="Pause" help="Stands in the audit log and on this page." isBusy={change.isPending} problem={change.error ?? undefined} onConfirm={(reason) => change.mutate(reason)} onClose={() => setIsOpen(false)}>
        Its times are passed over until somebody lets it go on, and are not made up for; its events wait until then. It can still be run by hand.
      </ReasonDialog>
    </>
  );
}
