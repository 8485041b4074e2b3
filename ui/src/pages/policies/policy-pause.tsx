// Pauses the schedule of a policy, with a reason, or lets it go on.
import Button from '@atlaskit/button/new';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '@/api/client';
import { type Problem, asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { Field } from '@/parts/field';
import { textsAt } from './document-reading';
import { type Policy, documentOf, policyKey } from './policy-answers';

export function PolicyPause({ policy }: { policy: Policy }) {
  const may = useMay('operator');
  const client = useQueryClient();
  const [isOpen, setIsOpen] = useState(false);
  const [reason, setReason] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const path = { name: policy.name };
  const isPaused = policy.schedule.isPaused;
  const change = useMutation<unknown, Problem, string | undefined>({
    mutationFn: (why) =>
      (why === undefined ? answerOf(api.DELETE('/api/v1/policies/{name}/pause', { params: { path } })) : answerOf(api.PUT('/api/v1/policies/{name}/pause', { params: { path }, body: { reason: why } }))).catch((thrown: unknown) =>
        Promise.reject(asProblem(thrown)),
      ),
    onSuccess: (_, why) => {
      setIsOpen(false);
      setReason('');
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
      <ConfirmDialog
        isOpen={isOpen}
        title="Pause the schedule"
        action="Pause"
        isBusy={change.isPending}
        problem={change.error?.at('/reason') ? undefined : (change.error ?? undefined)}
        onClose={() => setIsOpen(false)}
        onConfirm={() => {
          setIsMissing(reason.trim() === '');
          if (reason.trim()) change.mutate(reason.trim());
        }}
      >
        <Stack space="space.200">
          <Text>Its occurrences are passed over until somebody lets it go on; they are not made up for. It can still be run by hand.</Text>
          <Field label="Why" isRequired help="Stands in the audit log and on this page." problem={isMissing && !reason.trim() ? 'Say why.' : change.error?.at('/reason')}>
            {(control) => <Textfield {...control} autoFocus maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />}
          </Field>
        </Stack>
      </ConfirmDialog>
    </>
  );
}
