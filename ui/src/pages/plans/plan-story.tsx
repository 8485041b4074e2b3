// Who made a plan and who said what to it, from the audit log.
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Failed, Loading, sentence } from '@/parts/page-states';
import { Section } from '@/parts/section';
import styles from './plans.module.css';

const WORDS: Record<string, string> = {
  'plan.made': 'made it',
  'plan.refused': 'was refused it',
  'plan.held': 'was told that it waits',
  'plan.approved': 'approved it',
  'plan.rejected': 'rejected it',
};

export function PlanStory({ id, state }: { id: string; state: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['audit', { plan: id }, state],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/audit', { params: { query: { plan: id, kind: 'plan', limit: 100 } }, signal })),
  });
  return (
    <Section title="Who decided">
      {!data && (error ? <Failed problem={asProblem(error)} what="The audit log of the plan" retry={() => void refetch()} /> : <Loading rows={2} what="the audit log of the plan" />)}
      {data && (
        <ol className={styles.story}>
          {[...data.items].reverse().map((entry) => (
            <li key={entry.seq}>
              <strong>
                <HostileText text={entry.actor} />
              </strong>{' '}
              {WORDS[entry.kind] ?? entry.kind} <Instant at={entry.at} />
              {entry.why && entry.kind !== 'plan.made' && (
                <div className={styles.quiet}>
                  <HostileText text={sentence(entry.why)} />
                </div>
              )}
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}
