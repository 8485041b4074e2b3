// A policy in words: who, what, how much, who agrees, who is told.
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { ChangeWords } from '@/parts/change-words';
import { Facts } from '@/parts/facts';
import { HostileText } from '@/parts/hostile-text';
import { sentence } from '@/parts/page-states';
import { Section } from '@/parts/section';
import { actionText } from './action-list';
import { type PolicyDocument, textAt, textsAt, valueAt } from './document-reading';
import styles from './policies.module.css';

export function PolicySummary({ document }: { document: PolicyDocument }) {
  const criterion = textAt(document, '/select');
  const described = useQuery({
    queryKey: ['criterion-in-words', criterion],
    queryFn: ({ signal }) => answerOf(api.POST('/api/v1/criteria/describe', { body: { criterion }, signal })),
    enabled: criterion !== '',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const actions = valueAt(document, '/actions');
  const groups = textsAt(document, '/protected-groups');
  return (
    <Stack space="space.400">
      <Section title="Who">
        <Stack space="space.150">
          {described.data && <Text weight="medium">{sentence(capital(described.data.description))}</Text>}
          <code className={styles.criterion}>
            <HostileText text={criterion} />
          </code>
          <Facts
            facts={[
              ['At', textsAt(document, '/sites').join(', ')],
              ['Left alone', `accounts younger, or enabled again more recently, than ${textAt(document, '/grace') || '7d'}`],
              ...(groups.length > 0 ? ([['and members of', <HostileText key="g" text={groups.join(', ')} />]] as [string, React.ReactNode][]) : []),
            ]}
          />
        </Stack>
      </Section>
      <Section title="What, in this order">
        <ol className={styles.list}>
          {(Array.isArray(actions) ? actions : []).map((action) => (
            <li key={JSON.stringify(action)}>
              <ChangeWords action={actionText(action)} />
            </li>
          ))}
        </ol>
      </Section>
      <Section title="How much">
        <Facts facts={limitsOf(document)} />
      </Section>
      <Section title="Who is told">
        <Text>{reportOf(document)}</Text>
      </Section>
    </Stack>
  );
}

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

function limitsOf(document: PolicyDocument): [string, string][] {
  const at = (name: string) => textAt(document, `/limits/${name}`);
  const above = valueAt(document, '/approval/above');
  const second = valueAt(document, '/approval/second-person') === true ? ' by a second person' : '';
  return [
    ...(at('accounts') ? ([['At most', `${at('accounts')} accounts`]] as [string, string][]) : []),
    ['At most', `${at('percent') || '5'} % of the accounts of the site`].map((text, index) => (index === 0 && at('accounts') ? 'and' : text)) as [string, string],
    ['Growth', `${at('growth') || '3x'} the last run at most`],
    ['Idle at least', at('minimum-idle') === '0d' ? 'not asked' : at('minimum-idle') || '30d'],
    ...(at('canary') ? ([['Worked first', `${at('canary')} accounts, alone`]] as [string, string][]) : []),
    ['Stops after', `${at('failures') || '5'} failures`],
    ['Approval', above === undefined ? 'not needed' : above === 0 ? `always${second}` : `above ${String(above)} accounts${second}`],
  ];
}

const WHEN: Record<string, string> = {
  always: 'after every run',
  changes: 'when something was changed, or would have been',
  problems: 'when something was refused, failed, was stopped or waits for approval',
};

function reportOf(document: PolicyDocument): string {
  const to = textsAt(document, '/report/to');
  const when = textAt(document, '/report/when') || 'always';
  if (to.length === 0 || when === 'never') return 'Nobody by mail. Every report is kept with its run.';
  const attach = textAt(document, '/report/attach') || 'csv';
  return `${to.join(', ')}, ${WHEN[when] ?? when}${attach === 'none' ? '' : `, with ${attach.toUpperCase()}`}.`;
}
