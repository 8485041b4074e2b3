import { CreatableSelect } from '@atlaskit/select';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { Choice } from '@/parts/choice';
import { Field } from '@/parts/field';
import { plain } from '@/parts/hostile-text';
import { textAt, textsAt } from '../document-reading';
import { useEditorForm } from './editor-form';
import styles from './editor.module.css';

const WHEN = [
  ['changes', 'When something was changed, or would have been'],
  ['problems', 'When something was refused, failed, stopped or waits for approval'],
  ['never', 'Never'],
] as const;

const ATTACHED = [
  ['xlsx', 'a spreadsheet (XLSX)'],
  ['none', 'nothing'],
] as const;

interface Address {
  label: string;
  value: string;
}

export function StepReport() {
  const { draft, problem } = useEditorForm();
  const to = textsAt(draft.document, '/report/to');
  const when = textAt(draft.document, '/report/when');
  const attach = textAt(draft.document, '/report/attach');
  return (
    <Stack space="space.300">
      <Text>After a run a report tells who was changed, who was not and why. It is always kept with the run; here it is mailed as well.</Text>
      <div className={styles.narrow}>
        <Field label="To these addresses" problem={problem('/report/to', 'below')} help="Type an address and press Enter. Without any, nobody is mailed.">
          {(control) => (
            <CreatableSelect<Address, true>
              inputId={control.id}
              aria-describedby={control['aria-describedby']}
              isInvalid={control.isInvalid ?? false}
              isMulti
              options={[]}
              value={to.map((address) => ({ label: plain(address), value: address }))}
              placeholder="it-ops@example.org"
              formatCreateLabel={(typed) => `Use ${plain(typed)}`}
              noOptionsMessage={() => 'Type an address'}
              onChange={(chosen) => draft.set('/report/to', chosen.map((one) => one.value))}
            />
          )}
        </Field>
      </div>
      <Choice label="When" value={when === 'always' ? undefined : when || undefined} all="After every run" options={WHEN} onChoose={(now) => draft.set('/report/when', now ?? 'always')} />
      {problem('/report/when') && <p className={styles.problem}>{problem('/report/when')?.message}</p>}
      <Choice label="Attached" value={attach === 'csv' ? undefined : attach || undefined} all="every item as CSV" options={ATTACHED} onChoose={(now) => draft.set('/report/attach', now ?? 'csv')} />
      {problem('/report/attach') && <p className={styles.problem}>{problem('/report/attach')?.message}</p>}
    </Stack>
  );
}
