// Examines the installation; each finding with its remedy.
import Button from '@atlaskit/button/new';
import Lozenge, { type ThemeAppearance } from '@atlaskit/lozenge';
import { Stack } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { counted } from '@/parts/numbers';
import { onePage } from '@/parts/one-page';
import { Failed, Loading, sentence } from '@/parts/page-states';
import { ServerWords } from '@/parts/server-words';
import { About } from './about';

const HEALTH: Record<string, ThemeAppearance> = { good: 'success', warning: 'moved', bad: 'removed' };
const WORST = ['bad', 'warning', 'good'];

const columns: readonly Column<Schemas['Finding']>[] = [
  { id: 'what', head: 'What', width: '22%', cell: ({ what }) => <HostileText text={what} /> },
  { id: 'health', head: 'Health', width: '7rem', cell: ({ health }) => <Lozenge appearance={HEALTH[health] ?? 'default'}>{health}</Lozenge> },
  { id: 'found', head: 'Found', cell: ({ found }) => <ServerWords text={sentence(found)} /> },
  { id: 'remedy', head: 'What to do', cell: ({ remedy }) => (remedy ? <ServerWords text={sentence(remedy)} /> : '–') },
];

export default function Doctor() {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['doctor'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/doctor', { signal })),
    staleTime: 5 * 60_000,
  });
  const wrong = data?.findings.filter(({ health }) => health !== 'good').length ?? 0;
  return (
    <Stack space="space.200">
      <About>Looks at the database, the keys, the audit log, the clock, mail and every site. It changes nothing, but asks each site.</About>
      <div>
        <Button onClick={() => void refetch()} isLoading={isFetching}>
          Examine again
        </Button>
      </div>
      {!data && (error ? <Failed problem={asProblem(error)} what="The examination" retry={() => void refetch()} /> : <Loading rows={10} what="the examination" />)}
      {data && (
        <>
          <div role="status">
            <SectionMessage appearance={data.isWell ? (wrong > 0 ? 'warning' : 'success') : 'error'} title={data.isWell ? (wrong > 0 ? `It works, with ${counted(wrong, 'thing')} to look at` : 'All is well') : `${counted(wrong, 'finding')} to mend`}>
              {counted(data.findings.length, 'finding')} in all.
            </SectionMessage>
          </div>
          <DataTable label="Findings" pages={onePage([...data.findings].sort((a, b) => WORST.indexOf(a.health) - WORST.indexOf(b.health)))} columns={columns} keyOf={({ what }) => what} empty={null} isWithoutPages />
        </>
      )}
    </Stack>
  );
}
