// Behind the sign-in: asks who is there, and only then shows the shell and the page.
import { type ComponentType, Suspense, lazy } from 'react';
import { Navigate, Route, Routes, matchPath, useLocation } from 'react-router';
import { asProblem } from '@/api/problems';
import { Failed, Loading } from '@/parts/page-states';
import { ErrorBoundary } from './error-boundary';
import { PAGES } from './pages';
import { SessionEnds } from './session-ends';
import { SessionProvider, useSessionQuery } from './session';
import { Shell } from './shell';
import { NotFound } from './not-found';

const routes = PAGES.map(({ path, load }) => ({ path, Shown: lazy(load) as ComponentType }));

// The page that was asked for is loaded while it is asked who is there.
const first = PAGES.find(({ path }) => matchPath(path, window.location.pathname));
first?.load().catch(() => undefined);

export function SignedIn() {
  const { data: session, error, refetch } = useSessionQuery();
  const { pathname, search } = useLocation();
  if (!session) {
    if (!error) return null;
    const problem = asProblem(error);
    const from = pathname + search;
    if (problem.status === 401) return <Navigate to={`/sign-in${from === '/' ? '' : `?return=${encodeURIComponent(from)}`}`} replace />;
    return (
      <main>
        <Failed problem={problem} what="Rollcall" retry={() => void refetch()} />
      </main>
    );
  }
  return (
    <SessionProvider session={session}>
      <SessionEnds session={session}>
        <Shell>
          <ErrorBoundary place={pathname}>
            <Suspense fallback={<Loading />}>
              <Routes>
                {routes.map(({ path, Shown }) => (
                  <Route key={path} path={path} element={<Shown />} />
                ))}
                <Route path="*" element={<NotFound />} />
              </Routes>
            </Suspense>
          </ErrorBoundary>
        </Shell>
      </SessionEnds>
    </SessionProvider>
  );
}
