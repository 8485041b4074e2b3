// Whom a policy would have hit: today, and had it run on older snapshots; how many of those came back.
import { Text } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { useDebounced } from '@/criterion/use-debounced';
import { Instant } from '@/parts/instant';
import { counted, number } from '@/parts/numbers';
import { Failed, Loading } from '@/parts/page-states';
import { chosenSnapshots } from './chosen-snapshots';
import styles from './policies.module.css';

type Snapshot = Schemas['Snapshot'];

interface HitsProps {
  site: string;
  /** Of a policy that is kept. */
  policy?: string;
  /** Of one that is being written. */
  criterion?: string;
  /** Only the newest snapshot, in a line. */
  isShort?: boolean;
}

type Ask = Pick<HitsProps, 'site' | 'policy' | 'criterion'>;

type Hit = Schemas['Previewed'];

function hit({ site, policy, criterion }: Ask, snapshot: Snapshot, isNewest: boolean, signal: AbortSignal): Promise<Hit> {
  const on = isNewest ? {} : { snapshot: snapshot.id };
  if (policy !== undefined) return answerOf(api.GET('/api/v1/policies/{name}/preview', { params: { path: { name: policy }, query: { site, sample: 0, ...on } }, signal }));
  return answerOf(api.POST('/api/v1/criteria/preview', { body: { site, criterion: criterion ?? '', sample: 0, ...on }, signal }));
}

export function Hits({ site, policy, criterion, isShort = false }: HitsProps) {
  const snapshots = useQuery({
    queryKey: ['snapshots', site, 'for-hits'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/sites/{site}/snapshots', { params: { path: { site }, query: { limit: 500 } }, signal })),
    staleTime: 60_000,
  });
  const asked = useDebounced(criterion, 600);
  if (!snapshots.data) return snapshots.error ? <Failed problem={asProblem(snapshots.error)} what="The snapshots of the site" retry={() => void snapshots.refetch()} /> : <Loading rows={2} what="the snapshots of the site" />;
  const chosen = chosenSnapshots(snapshots.data.items);
  if (chosen.length === 0) return <Text>The site {site} was never read. Read it under Sites; then it can be told whom this selects.</Text>;
  const ask = { site, ...(policy === undefined ? { criterion: asked ?? '' } : { policy }) };
  const [newest] = chosen;
  if (isShort && newest) return <ShortHit ask={ask} snapshot={newest} />;
  return (
    <>
      <table className={styles.hits} aria-label={`Whom it selects at ${site}`}>
        <thead>
          <tr>
            <th scope="col">On the site as of</th>
            <th scope="col" className={styles.end}>
              Selected
            </th>
            <th scope="col" className={styles.end}>
              Cannot be told
            </th>
            <th scope="col">Active again since</th>
          </tr>
        </thead>
        <tbody>
          {chosen.map((snapshot, at) => (
            <HitRow key={snapshot.id} ask={ask} snapshot={snapshot} isNewest={at === 0} />
          ))}
        </tbody>
      </table>
      {chosen.length === 1 && <p className={styles.quiet}>The site was read only once so far. As snapshots gather, this tells whom it would have hit a week, a month, a quarter ago, and who came back.</p>}
    </>
  );
}

function ShortHit({ ask, snapshot }: { ask: Ask; snapshot: Snapshot }) {
  const { data, error } = useQuery({ queryKey: ['hits', ask, snapshot.id, true], queryFn: ({ signal }) => hit(ask, snapshot, true, signal), retry: false, staleTime: 60_000 });
  if (error) return <Text>{`${ask.site}: ${asProblem(error).detail}`}</Text>;
  return <Text weight="medium">{data ? `${ask.site}: ${counted(data.selected, 'account')} of ${number(data.of)}` : `${ask.site}: …`}</Text>;
}

function HitRow({ ask, snapshot, isNewest }: { ask: Ask; snapshot: Snapshot; isNewest: boolean }) {
  const { data, error } = useQuery({
    queryKey: ['hits', ask, snapshot.id, isNewest],
    queryFn: ({ signal }) => hit(ask, snapshot, isNewest, signal),
    retry: false,
    staleTime: 60_000,
  });
  const to = ask.criterion === undefined ? undefined : `/users?${new URLSearchParams({ site: ask.site, criterion: ask.criterion }).toString()}`;
  return (
    <tr>
      <td>
        {isNewest && 'Newest: '}
        <Instant at={snapshot.takenAt} />
      </td>
      {error ? (
        <td colSpan={3} className={styles.quiet}>
          {asProblem(error).code === 'bad-criterion' ? 'once the criterion can be read' : asProblem(error).detail}
        </td>
      ) : (
        <>
          <td className={styles.end}>{data ? isNewest && to ? <Link to={to}>{number(data.selected)}</Link> : number(data.selected) : '…'}{data && <span className={styles.quiet}> of {number(data.of)}</span>}</td>
          <td className={styles.end}>{data ? number(data.unknown) : '…'}</td>
          <td>{cameBack(data, isNewest)}</td>
        </>
      )}
    </tr>
  );
}

function cameBack(hit: Hit | undefined, isNewest: boolean): string {
  if (isNewest) return '–';
  if (!hit) return '…';
  const back = hit.cameBack ?? 0;
  return back === 0 ? 'nobody' : `${counted(back, 'person', 'people')} of them`;
}
