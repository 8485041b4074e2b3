import Button from '@atlaskit/button/new';
import { Text } from '@atlaskit/primitives/compiled';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { answerOf, api } from '@/api/client';
import { type Problem, asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { type Policy, policyKey } from './policy-answers';

/** Only a policy that is off can be removed. */
export function PolicyRemove({ policy, tag }: { policy: Policy; tag: string }) {
  const may = useMay('operator');
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, setIsOpen] = useState(false);
  const remove = useMutation<unknown, Problem>({
    mutationFn: () => answerOf(api.DELETE('/api/v1/policies/{name}', { params: { path: { name: policy.name }, header: { 'If-Match': tag } } })).catch((thrown: unknown) => Promise.reject(asProblem(thrown))),
    onSuccess: () => {
      raiseFlag({ kind: 'done', title: `Policy ${policy.name} removed` });
      navigate('/policies');
      client.removeQueries({ queryKey: policyKey(policy.name) });
      void client.invalidateQueries({ queryKey: ['policies'] });
    },
  });
  if (!may || policy.state !== 'off') return null;
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>Remove…</Button>
      <ConfirmDialog isOpen={isOpen} title={`Remove ${policy.name}`} action="Remove" appearance="danger" typed={policy.name} isBusy={remove.isPending} problem={remove.error ?? undefined} onClose={() => setIsOpen(false)} onConfirm={() => remove.mutate()}>
        <Text>The policy and its schedule are gone. Its plans and runs stay, and so does what the audit log tells.</Text>
      </ConfirmDialog>
    </>
  );
}
