// The actions a site can do, to choose from; those that it cannot, with the reason.
import Checkbox from '@atlaskit/checkbox';
import SectionMessage from '@atlaskit/section-message';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { GroupsField } from '@/parts/groups-field';
import { Choice as Select } from '@/parts/choice';
import { Field } from '@/parts/field';
import { plain } from '@/parts/hostile-text';
import { Loading, sentence } from '@/parts/page-states';
import { ServerWords } from '@/parts/server-words';
import styles from './bulk.module.css';
import { type Choice, OFFERED, type Offered, type missing, ruledOutBy } from './choice';
import { useCapabilities } from './use-capabilities';

interface ActionChoiceProps {
  site: string;
  choice: Choice;
  onChange: (choice: Choice) => void;
  wrong: ReturnType<typeof missing>;
}

export function ActionChoice({ site, choice, onChange, wrong }: ActionChoiceProps) {
  const can = useCapabilities(site);
  const cannot = OFFERED.filter(({ kind }) => ['no', 'not-permitted'].includes(can.of(kind)?.support ?? ''));
  const offered = OFFERED.filter((one) => !cannot.includes(one));
  const toggle = (one: Offered) => onChange({ ...choice, kinds: choice.kinds.includes(one.kind) ? choice.kinds.filter((kind) => kind !== one.kind) : [...choice.kinds, one.kind] });

  return (
    <Stack space="space.150">
      {can.problem && (
        <SectionMessage appearance="warning" title="What the site can do is not known now">
          <Text>
            <ServerWords text={sentence(can.problem.detail)} site={site} /> All actions are offered; what the site cannot do is refused in the plan, before anything is changed.
          </Text>
        </SectionMessage>
      )}
      {can.profile?.writes === 'refused' && (
        <SectionMessage appearance="warning" title={`${site} takes no changes now`}>
          <Text>It is in read-only mode. A test run works; a live run would change nothing.</Text>
        </SectionMessage>
      )}
      {can.isPending ? (
        <Loading rows={6} what={`what ${site} can do`} />
      ) : (
      <div role="group" aria-label="Actions" className={styles.actions}>
        {offered.map((one) => {
          const by = ruledOutBy(one.kind, choice.kinds);
          const isChosen = choice.kinds.includes(one.kind);
          const remark = can.of(one.kind)?.remark;
          return (
            <div key={one.kind} className={styles.action} data-chosen={isChosen || undefined}>
              <Checkbox label={one.words} isChecked={isChosen} isDisabled={by !== undefined && !isChosen} onChange={() => toggle(one)} />
              <p className={styles.meaning}>
                {one.meaning}
                {one.isFinal && ' Cannot be undone.'}
                {by && !isChosen && ` Not together with “${OFFERED.find((other) => other.kind === by)?.words ?? by}”.`}
                {remark && (
                  <>
                    {' '}
                    <ServerWords text={sentence(remark)} site={site} />
                  </>
                )}
              </p>
              {isChosen && one.kind === 'add-groups' && (
                <div className={styles.detail}>
                  <Field label="Groups to join" problem={wrong.joins}>
                    {(control) => <GroupsField control={control} site={site} value={choice.joins} onChange={(joins) => onChange({ ...choice, joins })} />}
                  </Field>
                </div>
              )}
              {isChosen && one.kind === 'remove-groups' && (
                <div className={styles.detail}>
                  <Field label="Groups to leave" problem={wrong.leaves}>
                    {(control) => <GroupsField control={control} site={site} value={choice.leaves} onChange={(leaves) => onChange({ ...choice, leaves })} />}
                  </Field>
                </div>
              )}
              {isChosen && one.kind === 'change-directory' && <Directory site={site} choice={choice} onChange={onChange} wrong={wrong.directory} />}
            </div>
          );
        })}
      </div>
      )}
      {wrong.kinds && (
        <p role="alert" className={styles.wrong}>
          {wrong.kinds}
        </p>
      )}
      {cannot.length > 0 && (
        <details className={styles.cannot}>
          <summary>What {site} cannot do ({cannot.length})</summary>
          <div role="group" aria-label="Actions that the site cannot do" className={styles.actions}>
            {cannot.map((one) => (
              <div key={one.kind} className={styles.action}>
                <Checkbox label={one.words} isDisabled isChecked={false} onChange={() => undefined} />
                <p className={styles.meaning}>
                  <ServerWords text={sentence(can.of(one.kind)?.remark ?? 'The site cannot do it')} site={site} />
                </p>
              </div>
            ))}
          </div>
        </details>
      )}
    </Stack>
  );
}

function Directory({ site, choice, onChange, wrong }: { site: string; choice: Choice; onChange: (choice: Choice) => void; wrong: string | undefined }) {
  const { data } = useQuery({
    queryKey: ['directories', site, 'all'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/sites/{site}/directories', { params: { path: { site }, query: { limit: 500 } }, signal })),
  });
  return (
    <div className={styles.detail}>
      <Select
        label="To the directory"
        value={choice.directory || undefined}
        all="Choose a directory"
        options={(data?.items ?? []).map((one) => [one.name, `${plain(one.name)}${one.isWritable === false ? ' (cannot be changed)' : ''}`])}
        onChoose={(directory) => onChange({ ...choice, directory: directory ?? '' })}
      />
      <Select label="Way" value={choice.move === 'copy' ? 'copy' : undefined} all="Move: leaves the old one" options={[['copy', 'Copy: lives in both']]} onChoose={(move) => onChange({ ...choice, move: move === 'copy' ? 'copy' : 'move' })} />
      {wrong && (
        <p role="alert" className={styles.wrong}>
          {wrong}
        </p>
      )}
    </div>
  );
}
