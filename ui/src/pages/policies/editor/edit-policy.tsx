import { useQueryClient } from '@tanstack/react-query';
import SectionMessage from '@atlaskit/section-message';
import { Text } from '@atlaskit/primitives/compiled';
import { useEffect, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { newKey } from '@/api/idempotency';
import type { Tagged } from '@/api/client';
import { useEdit } from '@/api/use-edit';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { EditConflict } from '@/parts/edit-conflict';
import { PageHead } from '@/parts/page-head';
import { Failed, Forbidden, Loading } from '@/parts/page-states';
import { type PolicyDocument, toYaml } from '../document';
import { type Policy, documentOf, loadPolicy, policyKey, savePolicy } from '../policy-answers';
import { PolicyEditor } from './policy-editor';
import { useDraft } from './use-draft';

export function EditPolicy() {
  const { name = '' } = useParams();
  const may = useMay('operator');
  const trail = [
    { text: 'Policies', to: '/policies' },
    { text: name, to: `/policies/${encodeURIComponent(name)}` },
  ];
  return (
    <>
      <PageHead title="Edit policy" windowTitle={`Edit ${name}`} trail={trail} />
      {may ? <Loaded key={name} name={name} /> : <Forbidden needs="operator" />}
    </>
  );
}

function Loaded({ name }: { name: string }) {
  // What somebody edits is what was loaded for it; an older answer must not be taken for it.
  const [mine] = useState(newKey);
  const client = useQueryClient();
  const edit = useEdit<Policy, PolicyDocument>(['policy-edit', name, mine], {
    load: (signal) => loadPolicy(name, signal),
    save: (document, tag) => savePolicy(name, document, tag),
    onSaved: (saved) => {
      client.setQueryData(policyKey(name), saved);
      void client.invalidateQueries({ queryKey: ['policies'] });
      void client.invalidateQueries({ queryKey: ['policy', name] });
    },
  });
  if (!edit.current) return edit.loadProblem ? <Failed problem={edit.loadProblem} what={`The policy ${name}`} retry={edit.reload} /> : <Loading what="the policy" />;
  return <Editing name={name} edit={edit} current={edit.current} />;
}

function Editing({ name, edit, current }: { name: string; edit: ReturnType<typeof useEdit<Policy, PolicyDocument>>; current: Tagged<Policy> }) {
  const navigate = useNavigate();
  const draft = useDraft(documentOf(current.value));
  const page = `/policies/${encodeURIComponent(name)}`;
  const [isOverwritten, setIsOverwritten] = useState(false);

  function saved() {
    raiseFlag({ kind: 'done', title: `Policy ${name} saved` });
    navigate(page);
  }

  // Once the editor knows that nothing is unsaved; before, it would ask.
  useEffect(() => {
    if (isOverwritten && !draft.isChanged) saved();
  }, [isOverwritten, draft.isChanged]);

  return (
    <>
      <PolicyEditor
        draft={draft}
        isNew={false}
        isSaving={edit.isSaving}
        problem={edit.problem}
        onCancel={() => navigate(page)}
        onSave={async (document) => {
          const isSaved = await edit.save(document);
          if (isSaved) saved();
          return isSaved;
        }}
      >
        {current.value.state !== 'off' && (
          <SectionMessage appearance="information" title={current.value.state === 'live' ? 'This policy is live' : 'This policy is switched on in test mode'}>
            <Text>Saved with another content it is switched off, and goes live again only after a test run of the new version.</Text>
          </SectionMessage>
        )}
      </PolicyEditor>
      <EditConflict
        edit={edit}
        what={`The policy ${name}`}
        shown={(theirs, mine) => [toYaml(documentOf(theirs)), toYaml(mine)]}
        onOverwritten={(mine) => {
          // Begins anew so that nothing counts as unsaved.
          draft.begin(mine);
          setIsOverwritten(true);
        }}
        onYield={(theirs) => draft.begin(documentOf(theirs))}
      />
    </>
  );
}
