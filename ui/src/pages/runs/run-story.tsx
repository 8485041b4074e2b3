// What happened to a run as a whole, from the audit log: begun, taken over, stopped, resumed, ended, mailed.
import { Stack } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Failed, Loading } from '@/parts/page-states';
import styles from './runs.module.css';

const WORDS: Record<string, string> = {
  'run.created': 'Made from the plan',
  'run.taken': 'Work on it began',
  'run.stopped': 'Stopped',
  'run.resumed': 'Goes on',
  'run.finished': 'Ended',
  'run.failed': 'Failed',
  'mail.sent': 'Mail sent',
  'mail.failed': 'Mail given up',
  'mail.bounced': 'Mail refused',
  'mail.retried': 'Mail to be tried again',
  'mail.discarded': 'Mail discarded',
};

type Entry = Schemas['AuditEntry'];

/** Newest first; so many pages at most are looked through for entries that are not about single items. */
const PAGES = 3;

async function entriesOf(id: string, signal: AbortSignal): Promise<Entry[]> {
  // Entries of the run by kind: those of items would bury the others.
  const kinds = ['run.created', 'run.taken', 'run.stopped', 'run.resumed', 'run.finished', 'run.failed', 'mail'];
  const found = new Map<number, Entry>();
  await Promise.all(
    kinds.map(async (kind) => {
      let cursor: string | undefined;
      for (let page = 0; page < PAGES; page += 1) {
        const answer = await answerOf(api.GET('/api/v1/audit', { params: { query: { run: id, kind, limit: 100, ...(cursor ? { cursor } : {}) } }, signal }));
        for (const entry of answer.items) found.set(entry.seq, entry);
        cursor = answer.next ?? undefined;
        if (cursor === undefined) break;
      }
    }),
  );
  return [...found.values()].sort((a, b) => a.seq - b.seq);
}

export function RunStory({ id, isOver }: { id: string; isOver: boolean }) {
  const { data, error, refetch } = useQuery({ queryKey: ['audit', { run: id }, 'story', isOver], queryFn: ({ signal }) => entriesOf(id, signal) });
  if (!data) return error ? <Failed problem={asProblem(error)} what="The audit log of the run" retry={() => void refetch()} /> : <Loading rows={4} what="the audit log of the run" />;
  return (
    <Stack space="space.200">
      <ol className={styles.story}>
        {data.map((entry) => (
          <li key={entry.seq}>
            <Instant at={entry.at} as="time" />
            <div>
              {WORDS[entry.kind] ?? entry.kind} <span className={styles.quiet}>by <HostileText text={entry.actor} /></span>
              {entry.why && (
                <div className={styles.quiet}>
                  <HostileText text={entry.why} />
                </div>
              )}
            </div>
          </li>
        ))}
      </ol>
      <Link to={`/audit?run=${encodeURIComponent(id)}`}>Every entry about this run in the audit log</Link>
    </Stack>
  );
}
