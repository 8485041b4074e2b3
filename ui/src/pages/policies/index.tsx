import { Suspense, lazy } from 'react';
import { Route, Routes } from 'react-router';
import { NotFound } from '@/frame/not-found';
import { Loading } from '@/parts/page-states';
import { PolicyList } from './policy-list';
import { PolicyPage } from './policy-page';

// The editor brings a reader of YAML along.
const NewPolicy = lazy(() => import('./editor/new-policy').then(({ NewPolicy: Shown }) => ({ default: Shown })));
const EditPolicy = lazy(() => import('./editor/edit-policy').then(({ EditPolicy: Shown }) => ({ default: Shown })));

export default function Policies() {
  return (
    <Suspense fallback={<Loading what="the editor" />}>
      <Routes>
        <Route index element={<PolicyList />} />
        {/* No policy is called so: names begin with a letter or a digit. */}
        <Route path="-/new" element={<NewPolicy />} />
        <Route path=":name" element={<PolicyPage />} />
        <Route path=":name/edit" element={<EditPolicy />} />
        <Route path="*" element={<NotFound />} />
      </Routes>
    </Suspense>
  );
}
