// Edits one template, with the mail that it makes beside it.
import Button from '@atlaskit/button/new';
import Heading from '@atlaskit/heading';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import TextArea from '@atlaskit/textarea';
import Textfield from '@atlaskit/textfield';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { type Schemas, type Tagged, answerOf, api, taggedAnswerOf } from '@/api/client';
import { type Problem, asProblem } from '@/api/problems';
import { type Edit, useEdit } from '@/api/use-edit';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { EditConflict } from '@/parts/edit-conflict';
import { Field } from '@/parts/field';
import { FormColumn } from '@/parts/form-column';
import { Failed, Loading, sentence } from '@/parts/page-states';
import { placeOf } from './place-of';
import styles from './settings.module.css';
import { TemplatePreview } from './template-preview';

type Template = Schemas['Template'];
type Texts = Schemas['TemplateTexts'];

const PARTS = ['subject', 'text', 'html'] as const;
type Part = (typeof PARTS)[number];
const LABELS: Record<Part, string> = { subject: 'Subject', text: 'Plain text', html: 'HTML' };

/** The texts as somebody sees them: their own, or those of Rollcall. */
const seen = ({ own, embedded }: Template): Record<Part, string> => ({ subject: own.subject ?? embedded.subject ?? '', text: own.text ?? embedded.text ?? '', html: own.html ?? embedded.html ?? '' });

/** What is sent: a part that reads as Rollcall's own is Rollcall's own, and keeps to it. */
const sent = (texts: Record<Part, string>, { embedded }: Template): Texts => Object.fromEntries(PARTS.map((part) => [part, texts[part].trim() === (embedded[part] ?? '').trim() ? null : texts[part]]));

const asText = (texts: Texts | Schemas['TemplateParts']): string => PARTS.map((part) => `# ${LABELS[part]}\n${texts[part] ?? '(of Rollcall)'}`).join('\n\n');

export function TemplateEditor() {
  const { template: name = '' } = useParams();
  const path = { template: name };
  const client = useQueryClient();
  const edit = useEdit<Template, Texts>(['template', name], {
    load: (signal) => taggedAnswerOf(api.GET('/api/v1/templates/{template}', { params: { path }, signal })),
    save: (body, tag) => taggedAnswerOf(api.PUT('/api/v1/templates/{template}', { params: { path, header: { 'If-Match': tag } }, body })),
    onSaved: () => {
      void client.invalidateQueries({ queryKey: ['templates'] });
      raiseFlag({ kind: 'done', title: `The template ${name} is saved`, description: 'The next mails are written by it.' });
    },
  });
  return (
    <Stack space="space.200">
      <div>
        <Link to="/settings/templates">All templates</Link>
      </div>
      <Heading size="small" as="h2">
        {name}
      </Heading>
      {edit.loadProblem && <Failed problem={edit.loadProblem} what={`The template ${name}`} retry={edit.reload} />}
      {!edit.current && !edit.loadProblem && <Loading what="the template" />}
      {edit.current && <Form key={edit.current.tag} name={name} edit={edit} loaded={edit.current} />}
    </Stack>
  );
}

function Form({ name, edit, loaded }: { name: string; edit: Edit<Template, Texts>; loaded: Tagged<Template> }) {
  const mayChange = useMay('admin');
  const template = loaded.value;
  const [texts, setTexts] = useState(() => seen(template));
  const [isResetting, setIsResetting] = useState(false);
  const [found, setFound] = useState<Problem>();
  const isOwn = PARTS.some((part) => template.own[part] != null);
  const body = sent(texts, template);
  const wrongAt = (part: Part) => (edit.problem ?? found)?.at(`/${part}`) ?? found?.at(`/texts/${part}`);
  const field = (part: Part, rows: number) => {
    const wrong = wrongAt(part);
    const place = wrong && placeOf(wrong.message);
    return (
      <Field
        label={LABELS[part]}
        problem={wrong && { message: sentence(wrong.message) }}
        help={
          <>
            {body[part] == null ? 'As it comes with Rollcall.' : 'Your own.'}
            {place && <LineShown text={texts[part]} {...place} />}
          </>
        }
      >
        {(control) =>
          part === 'subject' ? (
            <Textfield {...control} isReadOnly={!mayChange} isMonospaced value={texts.subject} onChange={(event) => setTexts({ ...texts, subject: event.currentTarget.value })} />
          ) : (
            <TextArea {...control} isReadOnly={!mayChange} isMonospaced minimumRows={rows} maxHeight="60vh" resize="vertical" value={texts[part]} onChange={(event) => setTexts({ ...texts, [part]: event.currentTarget.value })} />
          )
        }
      </Field>
    );
  };
  return (
    <>
      <Text>Sent: {sentence(template.sent)}</Text>
      <div className={`${styles.side} ${styles.code}`}>
        <FormColumn
          label={`Texts of ${name}`}
          isWide
          onSubmit={() => void edit.save(body)}
          problem={edit.problem}
          shown={PARTS.map((part) => `/${part}`)}
          buttons={
            mayChange && (
              <>
                <Button type="submit" appearance="primary" isLoading={edit.isSaving}>
                  Save
                </Button>
                {isOwn && (
                  <Button appearance="subtle" onClick={() => setIsResetting(true)}>
                    Back to the texts of Rollcall
                  </Button>
                )}
              </>
            )
          }
        >
          {field('subject', 1)}
          {field('text', 14)}
          {field('html', 14)}
        </FormColumn>
        <TemplatePreview name={name} texts={mayChange ? body : undefined} onProblem={setFound} />
      </div>
      <Reset name={name} tag={loaded.tag} isOpen={isResetting} onClose={() => setIsResetting(false)} onDone={edit.reload} />
      <EditConflict edit={edit} what={`The template ${name}`} shown={(theirs, mine) => [asText(theirs.own), asText(mine)]} />
    </>
  );
}

/** The line that is refused, with a mark below its place. */
function LineShown({ text, line, column }: { text: string; line: number; column: number }) {
  const words = text.split('\n')[line - 1];
  if (words === undefined) return null;
  return (
    <code className={styles.line}>
      {`${line}  ${words.replaceAll('\t', ' ')}\n${' '.repeat(String(line).length + 2 + Math.max(0, column - 1))}^`}
    </code>
  );
}

interface ResetProps {
  name: string;
  tag: string;
  isOpen: boolean;
  onClose: () => void;
  onDone: () => void;
}

function Reset({ name, tag, isOpen, onClose, onDone }: ResetProps) {
  const reset = useMutation({
    mutationFn: () => answerOf(api.DELETE('/api/v1/templates/{template}', { params: { path: { template: name }, header: { 'If-Match': tag } } })),
    onSuccess: () => {
      raiseFlag({ kind: 'done', title: `${name} has the texts of Rollcall again` });
      onClose();
      onDone();
    },
  });
  return (
    <ConfirmDialog
      isOpen={isOpen}
      title="Back to the texts of Rollcall?"
      action="Give up your own texts"
      appearance="warning"
      isBusy={reset.isPending}
      problem={reset.error ? asProblem(reset.error) : undefined}
      onConfirm={() => reset.mutate()}
      onClose={() => {
        reset.reset();
        onClose();
      }}
    >
      <Inline>
        <Text>Your own subject, text and HTML of {name} are given up. The audit log keeps them.</Text>
      </Inline>
    </ConfirmDialog>
  );
}
