// Yes or no to a plan, by somebody who may say it, to the very plan that they looked at.
import Button from '@atlaskit/button/new';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import TextArea from '@atlaskit/textarea';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import type { PlanDetail } from '@/api/use-plan';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { Field } from '@/parts/field';
import { counted } from '@/parts/numbers';
import { sentence } from '@/parts/page-states';
import { lasting } from './lasting';

type Decision = 'approve' | 'reject';

export function PlanDecision({ plan, onChanged }: { plan: PlanDetail; onChanged: () => void }) {
  const mayApprove = useMay('approver');
  const client = useQueryClient();
  const [asked, ask] = useState<Decision>();
  const [comment, setComment] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const decide = useIntention(
    (body: { decision: Decision; comment?: string; fingerprint: string }, key) =>
      answerOf(api.POST('/api/v1/plans/{id}/approvals', { params: { path: { id: plan.id }, header: { 'idempotency-key': key } }, body })),
    {
      onSuccess: (now, body) => {
        ask(undefined);
        setComment('');
        raiseFlag({ kind: 'done', title: body.decision === 'approve' ? (now.state === 'awaiting' ? 'Your approval is noted' : 'Approved') : 'Rejected' });
        void client.invalidateQueries({ queryKey: ['plans'] });
        void client.invalidateQueries({ queryKey: ['overview'] });
        onChanged();
      },
    },
  );
  if (plan.state !== 'awaiting' || !mayApprove) return null;
  const { isAllowed } = plan.mayApprove;
  const cannot = lasting(plan);

  function confirm() {
    if (asked === undefined) return;
    if (asked === 'reject' && comment.trim() === '') {
      setIsMissing(true);
      return;
    }
    decide.mutate({ decision: asked, fingerprint: plan.fingerprint, ...(comment.trim() ? { comment: comment.trim() } : {}) });
  }

  const open = (decision: Decision) => {
    decide.reset();
    setIsMissing(false);
    ask(decision);
  };

  return (
    <>
      {isAllowed && (
        <Button appearance="primary" onClick={() => open('approve')}>
          Approve
        </Button>
      )}
      <Button onClick={() => open('reject')}>Reject</Button>
      <ConfirmDialog
        isOpen={asked !== undefined}
        title={asked === 'reject' ? 'Reject the plan' : 'Approve the plan'}
        action={asked === 'reject' ? 'Reject' : 'Approve'}
        appearance={asked === 'reject' ? 'warning' : 'primary'}
        isBusy={decide.isPending}
        problem={decide.error?.at('/comment') ? undefined : (decide.error ?? undefined)}
        onClose={() => ask(undefined)}
        onConfirm={confirm}
      >
        <Stack space="space.200">
          {asked === 'approve' ? (
            <Text>
              {counted(plan.accounts, 'account')} at {plan.site} may then be changed, exactly as this plan says.
              {cannot && ` ${sentence(cannot)}`} Approving changes nothing by itself; it is run afterwards.
            </Text>
          ) : (
            <Text>The plan cannot be run any more. Whoever made it sees who rejected it, and why.</Text>
          )}
          <Field
            label={asked === 'reject' ? 'Why' : 'Comment'}
            isRequired={asked === 'reject'}
            help="Stands in the audit log."
            problem={isMissing && comment.trim() === '' ? 'Say why.' : decide.error?.at('/comment')}
          >
            {(control) => <TextArea {...control} minimumRows={3} maxLength={1000} value={comment} onChange={(event) => setComment(event.currentTarget.value)} />}
          </Field>
        </Stack>
      </ConfirmDialog>
    </>
  );
}
