// The templates of mails: a list, and one of them with its preview beside it.
import { Stack } from '@atlaskit/primitives/compiled';
import Lozenge from '@atlaskit/lozenge';
import { Link, Route, Routes } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { Empty, sentence } from '@/parts/page-states';
import { About } from './about';
import { TemplateEditor } from './template-editor';

type Template = Schemas['Template'];

const isOwn = ({ own }: Template): boolean => own.subject != null || own.text != null || own.html != null;

const columns: readonly Column<Template>[] = [
  { id: 'name', head: 'Template', cell: ({ name }) => <Link to={`/settings/templates/${encodeURIComponent(name)}`}>{name}</Link> },
  { id: 'sent', head: 'Sent', cell: ({ sent }) => <HostileText text={sentence(sent)} /> },
  { id: 'own', head: 'Texts', cell: (template) => (isOwn(template) ? <Lozenge appearance="inprogress">your own</Lozenge> : <Lozenge>of Rollcall</Lozenge>) },
  {
    id: 'changed',
    head: 'Changed',
    cell: ({ changedAt, changedBy }) =>
      changedAt ? (
        <>
          <Instant at={changedAt} />
          {changedBy && (
            <>
              , by <HostileText text={changedBy} />
            </>
          )}
        </>
      ) : (
        'never'
      ),
  },
];

export default function Templates() {
  return (
    <Routes>
      <Route index element={<TemplateList />} />
      <Route path=":template" element={<TemplateEditor />} />
    </Routes>
  );
}

function TemplateList() {
  const pages = usePages(['templates'], (cursor, signal) => answerOf(api.GET('/api/v1/templates', { params: { query: cursor ? { cursor } : {} }, signal })));
  return (
    <Stack space="space.200">
      <About>What mails say. Whatever you leave as it is keeps to the texts that come with Rollcall, also when these change with a new version.</About>
      <DataTable label="Templates" pages={pages} columns={columns} keyOf={({ name }) => name} empty={<Empty title="No templates">They come with Rollcall; that there are none is a mistake. Examine the installation under Doctor.</Empty>} />
    </Stack>
  );
}
