// A schedule in words and its next occurrences, as the server reads it, also before it is kept.
import { Text } from '@atlaskit/primitives/compiled';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from '@/api/client';
import { type Problem, asProblem } from '@/api/problems';
import { useDebounced } from '@/criterion/use-debounced';
import { Instant } from '@/parts/instant';
import { sentence } from '@/parts/page-states';
import styles from './policies.module.css';

type Described = Schemas['DescribedSchedule'];

const describe = (cron: string, timezone: string, signal: AbortSignal): Promise<Described> => answerOf(api.POST('/api/v1/schedules/describe', { body: { cron, ...(timezone ? { timezone } : {}) }, signal }));

export function useDescribed(cron: string, timezone: string): { described: Described | undefined; problem: Problem | undefined } {
  const asked = useDebounced(JSON.stringify([cron, timezone]), 300);
  const { data, error } = useQuery({
    queryKey: ['schedule-in-words', asked],
    queryFn: ({ signal }) => describe(cron, timezone, signal),
    enabled: cron.trim() !== '',
    placeholderData: keepPreviousData,
    retry: false,
  });
  return { described: error ? undefined : data, problem: error ? asProblem(error) : undefined };
}

export function Occurrences({ cron, timezone, shown = 5 }: { cron: string; timezone: string; shown?: number }) {
  const { described } = useDescribed(cron, timezone);
  if (!described) return null;
  return (
    <div role="status">
      <Text weight="medium">{sentence(described.words.charAt(0).toUpperCase() + described.words.slice(1))}</Text>
      <Upcoming at={described.upcoming.slice(0, shown)} />
    </div>
  );
}

export function Upcoming({ at }: { at: readonly string[] }) {
  return (
    <ol className={styles.upcoming} aria-label="Next occurrences">
      {at.map((instant) => (
        <li key={instant}>
          <Instant at={instant} as="time" /> <span className={styles.quiet}>(<Instant at={instant} />)</span>
        </li>
      ))}
    </ol>
  );
}
