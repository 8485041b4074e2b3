// The same figures as the histogram, in words; each leads to the people.
import { Link } from 'react-router';
import type { Schemas } from '@/api/client';
import { type Column, DataTable } from '@/parts/data-table';
import { number } from '@/parts/numbers';
import { onePage } from '@/parts/one-page';
import { type Band, bandsOf } from './idle-bands';

export const usersPath = (site: string, criterion: string): string => `/users?${new URLSearchParams({ site, criterion })}`;

/** `site`: where the people are looked up; absent with several sites together. */
export function IdleTable({ idle, site }: { idle: Schemas['IdleHistogram']; site: string | undefined }) {
  const columns: readonly Column<Band>[] = [
    { id: 'band', head: 'Idle for', cell: (band) => band.words },
    { id: 'accounts', head: 'People', align: 'end', cell: (band) => (site && band.accounts > 0 ? <Link to={usersPath(site, band.criterion)}>{number(band.accounts)}</Link> : number(band.accounts)) },
    { id: 'share', head: 'Share', align: 'end', cell: (band) => `${idle.total === 0 ? 0 : Math.round((band.accounts / idle.total) * 100)} %` },
  ];
  return <DataTable label="How long people with a seat have been idle" pages={onePage(bandsOf(idle))} columns={columns} keyOf={(band) => band.key} empty={null} isWithoutPages />;
}
