// Everything of Rollcall itself that is set here; each part has an address of its own.
import { type ComponentType, Suspense, lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { type Role, useMay } from '@/frame/session';
import { PageHead } from '@/parts/page-head';
import { Forbidden, Loading } from '@/parts/page-states';
import { SubPages } from '@/parts/sub-pages';

interface Part {
  path: string;
  text: string;
  /** The role without which there is nothing to see. */
  needs?: Role;
  Shown: ComponentType;
}

const PARTS: readonly Part[] = [
  { path: 'mail', text: 'Mail', Shown: lazy(() => import('./mail')) },
  { path: 'templates', text: 'Templates', Shown: lazy(() => import('./templates')) },
  { path: 'webhooks', text: 'Webhooks', Shown: lazy(() => import('./webhooks')) },
  { path: 'operators', text: 'Operators', needs: 'admin', Shown: lazy(() => import('./operators')) },
  { path: 'exemptions', text: 'Exemptions', Shown: lazy(() => import('./exemptions')) },
  { path: 'lists', text: 'Lists', Shown: lazy(() => import('./lists')) },
  { path: 'freezes', text: 'Freezes', Shown: lazy(() => import('./freezes')) },
  { path: 'periods', text: 'Sessions and retention', Shown: lazy(() => import('./periods')) },
  { path: 'doctor', text: 'Doctor', needs: 'admin', Shown: lazy(() => import('./doctor')) },
];

function Allowed({ needs, Shown }: Part) {
  const may = useMay(needs ?? 'viewer');
  return may ? <Shown /> : <Forbidden {...(needs ? { needs } : {})} />;
}

export default function Settings() {
  const isAdmin = useMay('admin');
  const places = PARTS.filter((part) => isAdmin || part.needs !== 'admin').map(({ path, text }) => ({ to: `/settings/${path}`, text }));
  return (
    <>
      <PageHead title="Settings" />
      <SubPages label="Settings" places={places} />
      <Suspense fallback={<Loading />}>
        <Routes>
          {PARTS.map((part) => (
            <Route key={part.path} path={`${part.path}/*`} element={<Allowed {...part} />} />
          ))}
          <Route path="*" element={<Navigate to="/settings/mail" replace />} />
        </Routes>
      </Suspense>
    </>
  );
}
