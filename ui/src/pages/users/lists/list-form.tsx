import Button from '@atlaskit/button/new';
import { ModalBody, ModalFooter, ModalHeader, ModalTitle } from '@atlaskit/modal-dialog';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import TextArea from '@atlaskit/textarea';
import Textfield from '@atlaskit/textfield';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ChangeEvent, type FormEvent, useRef, useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { type Problem, asProblem } from '@/api/problems';
import { Choice } from '@/parts/choice';
import { Field } from '@/parts/field';
import { plain } from '@/parts/hostile-text';
import { counted } from '@/parts/numbers';
import { ProblemMessage, sentence } from '@/parts/page-states';
import { entriesOf, hasHead } from './list-entries';
import styles from './lists.module.css';

/** As much as the server takes. */
const MOST_BYTES = 20 * 1024 * 1024;

function today(): string {
  const now = new Date();
  const two = (part: number) => String(part).padStart(2, '0');
  return `pasted-${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}-${two(now.getHours())}${two(now.getMinutes())}`;
}

interface Sent {
  name: string;
  text: string;
  isCsv: boolean;
  replace: boolean;
}

async function keep({ name, text, isCsv, replace }: Sent): Promise<Schemas['List']> {
  const params = { path: { list: name }, ...(replace ? { header: { 'If-Match': '*' } } : {}) };
  try {
    if (!isCsv) return await answerOf(api.PUT('/api/v1/lists/{list}', { params, body: { entries: entriesOf(text) } }));
    return await answerOf(api.PUT('/api/v1/lists/{list}', { params, body: text as never, bodySerializer: (body: unknown) => body as string, headers: { 'content-type': 'text/csv' } }));
  } catch (thrown) {
    throw asProblem(thrown);
  }
}

export function ListForm({ onKept, onClose }: { onKept: (list: Schemas['List']) => void; onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(today);
  const [text, setText] = useState('');
  const [file, setFile] = useState<{ name: string; text: string }>();
  const [wrong, setWrong] = useState<{ name?: string; text?: string }>({});
  const chooser = useRef<HTMLInputElement>(null);
  const lists = useQuery({ queryKey: ['lists'], queryFn: ({ signal }) => answerOf(api.GET('/api/v1/lists', { params: { query: { limit: 500 } }, signal })) });
  const keeping = useMutation<Schemas['List'], Problem, Sent>({
    mutationFn: keep,
    onSuccess: (list) => {
      void client.invalidateQueries({ queryKey: ['lists'] });
      onKept(list);
    },
  });
  const taken = keeping.error?.code === 'precondition-required' ? keeping.variables : undefined;

  async function choose(event: ChangeEvent<HTMLInputElement>) {
    const chosen = event.currentTarget.files?.[0];
    if (!chosen) return;
    if (chosen.size > MOST_BYTES) {
      setWrong({ text: `${plain(chosen.name)} has more than 20 MiB; split it into several lists.` });
      return;
    }
    setWrong({});
    const read = new TextDecoder().decode(await chosen.arrayBuffer());
    setFile({ name: chosen.name, text: read.replace(/^\ufeff/, '') });
  }

  function send(replace: boolean) {
    const of = file?.text ?? text;
    const found: typeof wrong = {};
    if (name.trim() === '') found.name = 'Give the list a name.';
    if (of.trim() === '') found.text = 'Paste names or addresses, or choose a file.';
    setWrong(found);
    if (Object.keys(found).length > 0) return;
    keeping.mutate({ name: name.trim(), text: of, isCsv: file !== undefined || hasHead(of), replace });
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    send(false);
  }

  const known = lists.data?.items ?? [];
  return (
    <form onSubmit={submit} noValidate>
      <ModalHeader hasCloseButton>
        <ModalTitle>Users from a list</ModalTitle>
      </ModalHeader>
      <ModalBody>
        <Stack space="space.250">
          <Field
            label="User names or e-mail addresses"
            problem={wrong.text ?? keeping.error?.at('/entries') ?? (keeping.error?.at('') ? keeping.error.at('') : undefined)}
            help={file ? undefined : 'One in each line, or separated by commas. From CSV the column headed username or email is read, else the first.'}
          >
            {({ isRequired: _, isInvalid = false, ...control }) =>
              file ? (
                <div className={styles.file} id={control.id}>
                  <span>{plain(file.name)}</span>
                  <Button spacing="compact" onClick={() => setFile(undefined)}>
                    Take another
                  </Button>
                </div>
              ) : (
                <TextArea {...control} isInvalid={isInvalid} minimumRows={6} maxHeight="40vh" isMonospaced value={text} onChange={(event) => setText(event.currentTarget.value)} />
              )
            }
          </Field>
          {!file && (
            <div>
              <input ref={chooser} type="file" accept=".csv,.txt,text/csv,text/plain" hidden aria-label="File of names or addresses" onChange={(event) => void choose(event)} />
              <Button onClick={() => chooser.current?.click()}>Choose a file…</Button>
            </div>
          )}
          <Field label="Name of the list" isRequired problem={wrong.name ?? keeping.error?.at('list')} help={<>It is kept at the server, for everybody, and used in a criterion: list = “{plain(name)}”.</>}>
            {(control) => <Textfield {...control} maxLength={100} value={name} onChange={(event) => setName(event.currentTarget.value)} />}
          </Field>
          {known.length > 0 && (
            <Choice
              label="Or one that is kept already"
              value={undefined}
              all="Choose a list"
              options={known.map((list) => [list.name, `${plain(list.name)} (${counted(list.entries, 'entry', 'entries')})`])}
              onChoose={(chosen) => {
                const list = known.find((one) => one.name === chosen);
                if (list) onKept(list);
              }}
            />
          )}
          {taken && (
            <div role="alert">
              <Stack space="space.100">
                <Text>There is a list of that name. Give another name, or replace it: every policy whose criterion names it then means the new one.</Text>
                <div>
                  <Button appearance="warning" isLoading={keeping.isPending} onClick={() => send(true)}>
                    Replace the list
                  </Button>
                </div>
              </Stack>
            </div>
          )}
          {keeping.error && !taken && <ProblemMessage problem={keeping.error} title={sentence(keeping.error.title)} />}
        </Stack>
      </ModalBody>
      <ModalFooter>
        <Button appearance="subtle" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" appearance="primary" isLoading={keeping.isPending}>
          Find them
        </Button>
      </ModalFooter>
    </form>
  );
}
