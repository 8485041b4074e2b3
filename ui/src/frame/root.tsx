// Around every page: what went wrong, and short messages.
import { Suspense, lazy } from 'react';
import { Outlet, useLocation } from 'react-router';
import { ErrorBoundary } from './error-boundary';
import { useHasFlags } from './flag-list';

const Flags = lazy(() => import('./flags'));

export function Root() {
  const { pathname } = useLocation();
  return (
    <ErrorBoundary place={pathname}>
      <Outlet />
      {useHasFlags() && (
        <Suspense>
          <Flags />
        </Suspense>
      )}
    </ErrorBoundary>
  );
}
