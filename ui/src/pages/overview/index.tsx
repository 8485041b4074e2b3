import Button from '@atlaskit/button/new';
import { Stack } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { Suspense, lazy } from 'react';
import { useNavigate } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { useMay } from '@/frame/session';
import { useAddress } from '@/frame/use-address';
import { Figure, Figures } from '@/parts/figure';
import { Instant } from '@/parts/instant';
import { counted, number } from '@/parts/numbers';
import { PageHead } from '@/parts/page-head';
import { Empty, Failed, Loading } from '@/parts/page-states';
import { Section } from '@/parts/section';
import { Awaiting } from './awaiting';
import { IdleTable } from './idle-table';
import styles from './overview.module.css';
import { LastRuns, NextRuns } from './runs';
import { SiteFigures, Which } from './site-figures';
import { Stale } from './stale';
import { Warnings } from './warnings';

const IdleHistogram = lazy(() => import('./idle-histogram'));

export default function Overview() {
  const { data, error, refetch } = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/overview', { signal })),
    refetchInterval: 60_000,
  });
  return (
    <>
      <PageHead title="Overview">
        {data && data.sites.length > 0 && (
          <>
            As of <Instant at={data.at} as="time" />, by the newest snapshots.
          </>
        )}
      </PageHead>
      {!data && error && <Failed problem={asProblem(error)} what="The overview" retry={() => void refetch()} />}
      {!data && !error && <Loading rows={10} what="the overview" />}
      {data && (data.sites.length === 0 ? <NoSite /> : <Shown overview={data} />)}
    </>
  );
}

function NoSite() {
  const navigate = useNavigate();
  const mayConnect = useMay('admin');
  return (
    <Empty
      title="No site is connected yet"
      action={
        mayConnect && (
          <Button appearance="primary" onClick={() => navigate('/sites?connect=yes')}>
            Connect a site
          </Button>
        )
      }
    >
      {mayConnect
        ? 'Connect a Confluence site and read it; then its seats and how long people have been idle stand here. Connecting changes nothing at the site.'
        : 'An admin connects a Confluence site; then its seats and how long people have been idle stand here.'}
    </Empty>
  );
}

/** Used and free of how many. */
function seatNote({ used, max, isUnlimited }: Schemas['SeatFigures']): string | undefined {
  if (isUnlimited) return 'a licence has no upper bound';
  if (used == null || max == null || max === 0) return undefined;
  return `${Math.round((used / max) * 100)} % of ${number(max)}`;
}

function Shown({ overview }: { overview: Schemas['Overview'] }) {
  const [chosen, choose] = useAddress('site');
  const site = overview.sites.find((one) => one.site === chosen);
  const figures = site ?? overview.sum;
  const { idle } = figures;
  const long = idle.bands.filter((band) => band.from >= 90).reduce((sum, band) => sum + band.accounts, 0) + idle.never;
  return (
    <Stack space="space.400">
      {overview.warnings.length > 0 && <Warnings warnings={overview.warnings} />}
      {overview.awaitingCount > 0 && <Awaiting plans={overview.awaiting} count={overview.awaitingCount} />}
      <Stack space="space.200">
        {overview.sites.length > 1 && <Which sites={overview.sites} chosen={site?.site} onChoose={choose} />}
        <Figures>
          <Figure name="Accounts" value={number(figures.accounts)} note={`${number(figures.enabled)} enabled`} />
          <Figure name="Seats used" value={figures.used == null ? 'not told' : number(figures.used)} note={seatNote(figures)} />
          <Figure name="Seats free" value={figures.isUnlimited ? 'no bound' : figures.free == null ? 'not told' : number(figures.free)} />
          <Figure name="Idle for 90 days or more" value={number(long)} note={idle.total > 0 ? `${Math.round((long / idle.total) * 100)} % of those with a seat` : undefined} />
        </Figures>
        <Stale sites={site ? [site] : overview.sites} />
      </Stack>
      <Section title="How long people with a seat have been idle">
        {idle.total === 0 ? (
          <Empty title="Nobody has a seat">{site && !site.snapshotTakenAt ? 'This site was not read yet.' : 'Enabled accounts with a seat are counted here.'}</Empty>
        ) : (
          <div className={styles.idle}>
            <Suspense fallback={<div className={styles.chart} />}>
              <div className={styles.chart} aria-hidden>
                <IdleHistogram idle={idle} />
              </div>
            </Suspense>
            <IdleTable idle={idle} site={site?.site ?? (overview.sites.length === 1 ? overview.sites[0]?.site : undefined)} />
          </div>
        )}
      </Section>
      {overview.sites.length > 1 && (
        <Section title={counted(overview.sites.length, 'site')}>
          <SiteFigures sites={overview.sites} />
        </Section>
      )}
      <Section title="Next runs">
        <NextRuns runs={overview.nextRuns.filter((run) => !site || run.sites.includes(site.site))} />
      </Section>
      <Section title="Last runs">
        <LastRuns runs={site ? site.lastRuns : overview.lastRuns} />
      </Section>
    </Stack>
  );
}
