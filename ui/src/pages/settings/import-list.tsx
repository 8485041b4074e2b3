// Imports a list from a CSV file, or from what is pasted. One of that name is replaced only when that is wanted.
import { Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import TextArea from '@atlaskit/textarea';
import Textfield from '@atlaskit/textfield';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Schemas, answerOf, api, taggedAnswerOf } from '@/api/client';
import { Problem, asProblem } from '@/api/problems';
import { raiseFlag } from '@/frame/flag-list';
import { Field } from '@/parts/field';
import { FormDialog } from '@/parts/form-dialog';
import { counted } from '@/parts/numbers';
import styles from './settings.module.css';

/** Whom it would replace: the version that was there when it was asked. */
interface Replaced {
  list: Schemas['List'];
  tag: string;
}

const put = (list: string, csv: string, tag: string | undefined) =>
  answerOf(
    api.PUT('/api/v1/lists/{list}', {
      params: { path: { list }, header: tag ? { 'If-Match': tag } : {} },
      headers: { 'content-type': 'text/csv' },
      body: csv as never,
      bodySerializer: (body: unknown) => body as string,
    }),
  );

/** Inside a `<ModalTransition>`. `name` is empty for a new one. */
export function ImportList({ name: given, onClose }: { name: string; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(given);
  const [csv, setCsv] = useState('');
  const [fileName, setFileName] = useState<string>();
  const [missing, setMissing] = useState<Record<string, string>>({});
  const [replaced, setReplaced] = useState<Replaced>();
  const keep = useMutation({
    mutationFn: async () => {
      const list = name.trim();
      try {
        return await put(list, csv, replaced?.list.name === list ? replaced.tag : undefined);
      } catch (thrown) {
        const isThere = thrown instanceof Problem && (thrown.code === 'precondition-required' || thrown.code === 'precondition-failed');
        if (!isThere) throw thrown;
        const there = await taggedAnswerOf(api.GET('/api/v1/lists/{list}', { params: { path: { list } } }));
        setReplaced({ list: there.value, tag: there.tag });
        return undefined;
      }
    },
    onSuccess: (list) => {
      if (!list) return;
      raiseFlag({ kind: 'done', title: `${list.name} has ${counted(list.entries, 'entry', 'entries')}` });
      void client.invalidateQueries({ queryKey: ['lists'] });
      onClose();
    },
  });
  const problem = keep.error ? asProblem(keep.error) : undefined;
  const isReplacing = replaced?.list.name === name.trim();

  async function take(file: File | undefined) {
    if (!file) return;
    setFileName(file.name);
    setCsv(await file.text());
    if (!name.trim()) setName(file.name.replace(/\.[^.]*$/, '').slice(0, 100));
  }
  function submit() {
    const lacks = { ...(name.trim() ? {} : { name: 'Give it a name.' }), ...(csv.trim() ? {} : { csv: 'Choose a file, or paste names.' }) };
    setMissing(lacks);
    if (Object.keys(lacks).length === 0) keep.mutate();
  }
  return (
    <FormDialog title={given ? `Replace ${given}` : 'Import a list'} action={isReplacing ? 'Replace the list' : given ? 'Import' : 'Import'} isBusy={keep.isPending} problem={problem} onSubmit={submit} onClose={onClose}>
      <Field label="Name" isRequired problem={missing.name} help="As criteria name it.">
        {(control) => <Textfield {...control} isReadOnly={given !== ''} autoComplete="off" value={name} onChange={(event) => setName(event.currentTarget.value)} />}
      </Field>
      <Field label="CSV file" help="The column headed username or email is read, else the first. 20 MB at most.">
        {({ isInvalid: _invalid, isRequired: _required, ...control }) => <input {...control} type="file" accept=".csv,.txt,text/csv,text/plain" className={styles.file} onChange={(event) => void take(event.currentTarget.files?.[0])} />}
      </Field>
      <Field label={fileName ? `What is in ${fileName}` : 'Or paste names or addresses, one a line'} isRequired problem={missing.csv}>
        {(control) => <TextArea {...control} isMonospaced minimumRows={6} maxHeight="30vh" value={csv} onChange={(event) => setCsv(event.currentTarget.value)} />}
      </Field>
      <div aria-live="polite">
        {isReplacing && replaced && (
          <SectionMessage appearance="warning" title="There is a list of that name">
            <Stack space="space.050">
              <Text>
                It has {counted(replaced.list.entries, 'entry', 'entries')}, kept by {replaced.list.changedBy}. It is replaced as a whole if you go on.
              </Text>
            </Stack>
          </SectionMessage>
        )}
      </div>
    </FormDialog>
  );
}
