// One site: what it says of itself, its groups, directories and snapshots, and what Rollcall is told about it.
import Button from '@atlaskit/button/new';
import Lozenge from '@atlaskit/lozenge';
import { Stack } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { Navigate, Route, Routes, useParams } from 'react-router';
import { api, taggedAnswerOf } from '@/api/client';
import { asProblem } from '@/api/problems';
import { useMay } from '@/frame/session';
import { PageHead } from '@/parts/page-head';
import { Failed, Loading } from '@/parts/page-states';
import { SubPages } from '@/parts/sub-pages';
import { Connection } from './connection';
import { Directories } from './directories';
import { Groups } from './groups';
import { ReadingShown, useReadSite } from './read-site';
import { SiteSettings } from './site-settings';
import { Snapshots } from './snapshots';
import { productOf } from './words';

const TRAIL = [{ text: 'Sites', to: '/sites' }];

export function SitePage() {
  const { site: name = '' } = useParams();
  const { data, error, refetch } = useQuery({ queryKey: ['site', name], queryFn: ({ signal }) => taggedAnswerOf(api.GET('/api/v1/sites/{site}', { params: { path: { site: name } }, signal })) });
  const reading = useReadSite(name, data !== undefined);
  const mayRead = useMay('operator');
  const mayChange = useMay('admin');
  if (!data) {
    return (
      <>
        <PageHead title={name} trail={TRAIL} />
        {error ? <Failed problem={asProblem(error)} what={`The site ${name}`} retry={() => void refetch()} /> : <Loading what="the site" />}
      </>
    );
  }
  const site = data.value;
  const base = `/sites/${encodeURIComponent(name)}`;
  const places = [
    { to: `${base}/.`, text: 'Connection' },
    { to: `${base}/groups`, text: 'Groups' },
    { to: `${base}/directories`, text: 'Directories' },
    { to: `${base}/snapshots`, text: 'Snapshots' },
    ...(mayChange ? [{ to: `${base}/settings`, text: 'Settings' }] : []),
  ];
  return (
    <>
      <PageHead
        title={site.name}
        windowTitle={`${site.name} – Sites`}
        trail={TRAIL}
        beside={<Lozenge>{productOf(site.kind)}</Lozenge>}
        actions={
          mayRead && (
            <Button appearance="primary" onClick={reading.begin} isLoading={reading.isAsking} isDisabled={reading.isBusy && !reading.isAsking}>
              Read now
            </Button>
          )
        }
      />
      <Stack space="space.100">
        <ReadingShown site={name} reading={reading} />
        <div>
          <SubPages label={`Parts of ${name}`} places={places} />
          <Routes>
            <Route index element={<Connection site={site} tag={data.tag} />} />
            <Route path="groups" element={<Groups site={name} />} />
            <Route path="directories" element={<Directories site={name} />} />
            <Route path="snapshots" element={<Snapshots site={name} />} />
            <Route path="settings" element={<SiteSettings site={name} />} />
            <Route path="*" element={<Navigate to={base} replace />} />
          </Routes>
        </div>
      </Stack>
    </>
  );
}
