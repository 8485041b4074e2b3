import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { useIntention } from '@/api/idempotency';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { useSite } from '@/frame/use-site';
import { PageHead } from '@/parts/page-head';
import { Forbidden } from '@/parts/page-states';
import { BLANK, type PolicyDocument } from '../document';
import { keepPolicy } from '../policy-answers';
import { PolicyEditor } from './policy-editor';
import { useDraft } from './use-draft';

const TRAIL = [{ text: 'Policies', to: '/policies' }];

export function NewPolicy() {
  const may = useMay('operator');
  const { sites } = useSite();
  return (
    <>
      <PageHead title="New policy" trail={TRAIL}>
        Saved, it is off until somebody switches it on, and it goes live only after a test run.
      </PageHead>
      {/* With one site there is nothing to choose. */}
      {may ? <Begun key={sites.length === 1 ? 'one' : 'any'} sites={sites.length === 1 ? sites.map((site) => site.name) : []} /> : <Forbidden needs="operator" />}
    </>
  );
}

function Begun({ sites }: { sites: string[] }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const draft = useDraft({ ...BLANK, sites });
  const keep = useIntention((document: PolicyDocument, key) => keepPolicy(document, key));
  return (
    <PolicyEditor
      draft={draft}
      isNew
      isSaving={keep.isPending}
      problem={keep.error ?? undefined}
      onCancel={() => navigate('/policies')}
      onSave={async (document) => {
        try {
          const kept = await keep.mutateAsync(document);
          void client.invalidateQueries({ queryKey: ['policies'] });
          raiseFlag({ kind: 'done', title: `Policy ${kept.name} saved`, description: 'It is off. Next: a test run.' });
          navigate(`/policies/${encodeURIComponent(kept.name)}`);
          return true;
        } catch {
          return false;
        }
      }}
    />
  );
}
