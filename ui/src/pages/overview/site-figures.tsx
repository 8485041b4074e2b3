import Button from '@atlaskit/button/new';
import { Link } from 'react-router';
import type { Schemas } from '@/api/client';
import { type Column, DataTable } from '@/parts/data-table';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { onePage } from '@/parts/one-page';
import styles from './overview.module.css';

type Figures = Schemas['SiteFigures'];

/** All sites together, or one of them. */
export function Which({ sites, chosen, onChoose }: { sites: readonly Figures[]; chosen: string | undefined; onChoose: (site: string | undefined) => void }) {
  return (
    <div role="group" aria-label="Figures of" className={styles.which}>
      <Button spacing="compact" isSelected={chosen === undefined} onClick={() => onChoose(undefined)}>
        All sites
      </Button>
      {sites.map(({ site }) => (
        <Button key={site} spacing="compact" isSelected={site === chosen} onClick={() => onChoose(site)}>
          {site}
        </Button>
      ))}
    </div>
  );
}

function Seats({ used, max, isUnlimited }: Figures) {
  if (used == null) return <>not told</>;
  if (isUnlimited || max == null || max === 0) return <>{number(used)}</>;
  const share = Math.min(1, used / max);
  return (
    <span className={styles.share}>
      <span>
        {number(used)} of {number(max)}
      </span>
      <span aria-hidden className={styles.track}>
        <span className={styles.fill} data-full={share >= 0.95 || undefined} style={{ inlineSize: `${share * 100}%` }} />
      </span>
    </span>
  );
}

const longIdle = ({ idle }: Figures): number => idle.never + idle.bands.filter((band) => band.from >= 90).reduce((sum, band) => sum + band.accounts, 0);

const columns: readonly Column<Figures>[] = [
  { id: 'site', head: 'Site', cell: ({ site }) => <Link to={`/sites/${encodeURIComponent(site)}`}>{site}</Link> },
  { id: 'seats', head: 'Seats used', width: '32%', cell: (figures) => <Seats {...figures} /> },
  { id: 'free', head: 'Free', align: 'end', cell: ({ free, isUnlimited }) => (isUnlimited ? 'no bound' : free == null ? '–' : number(free)) },
  { id: 'idle', head: 'Idle 90 days or more', align: 'end', cell: (figures) => number(longIdle(figures)) },
  { id: 'enabled', head: 'Enabled', align: 'end', cell: ({ enabled }) => number(enabled) },
  { id: 'snapshot', head: 'Snapshot', cell: ({ snapshotTakenAt }) => <Instant at={snapshotTakenAt} none="not read yet" /> },
];

export function SiteFigures({ sites }: { sites: readonly Figures[] }) {
  return <DataTable label="Sites" pages={onePage(sites)} columns={columns} keyOf={({ site }) => site} empty={null} isWithoutPages />;
}
