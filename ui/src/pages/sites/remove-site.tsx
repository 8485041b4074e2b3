// Forgets a site, after its name was typed.
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { ConfirmDialog } from '@/parts/confirm-dialog';

interface RemoveSiteProps {
  site: string;
  /** The version that was looked at. */
  tag: string;
  isOpen: boolean;
  onClose: () => void;
}

export function RemoveSite({ site, tag, isOpen, onClose }: RemoveSiteProps) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/v1/sites/{site}', { params: { path: { site }, header: { 'If-Match': tag } } })),
    onSuccess: async () => {
      navigate('/sites');
      raiseFlag({ kind: 'done', title: `${site} is forgotten`, description: 'Nothing was changed at the site itself.' });
      for (const key of ['sites', 'overview', 'site']) await client.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title={`Remove ${site}?`}
      action="Remove the site"
      appearance="danger"
      typed={site}
      isBusy={remove.isPending}
      problem={remove.error ? asProblem(remove.error) : undefined}
      onConfirm={() => remove.mutate()}
      onClose={() => {
        remove.reset();
        onClose();
      }}
    >
      <Stack space="space.100">
        <Text>Rollcall forgets its address, its credentials, its snapshots and its exemptions. Policies that name it no longer find it.</Text>
        <Text>Nothing changes at the site itself. What was done there stays in the audit log.</Text>
      </Stack>
    </ConfirmDialog>
  );
}
