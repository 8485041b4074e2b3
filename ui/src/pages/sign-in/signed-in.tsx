// Where single sign-on leads when it was begun from a page that waits for it in another tab.
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useEffect } from 'react';
import { Link, Navigate } from 'react-router';
import { asProblem } from '@/api/problems';
import { useSessionQuery } from '@/frame/session';
import { announceSignIn } from '@/frame/sign-in-news';
import { FrontPage } from '@/parts/front-page';
import { HostileText } from '@/parts/hostile-text';
import { Failed, Loading } from '@/parts/page-states';

export default function SignedIn() {
  const { data: session, error, refetch } = useSessionQuery();
  const isThere = session !== undefined;
  useEffect(() => {
    if (isThere) announceSignIn();
  }, [isThere]);
  const problem = error && !session ? asProblem(error) : undefined;
  if (problem?.status === 401) return <Navigate to="/sign-in" replace />;
  return (
    <FrontPage title={session ? 'You are signed in' : 'Sign in'}>
      {problem ? <Failed problem={problem} what="Rollcall" retry={() => void refetch()} /> : null}
      {!session && !problem && <Loading rows={1} what="who is signed in" />}
      {session && (
        <Stack space="space.200">
          <Text>
            As <HostileText text={session.operator.displayName} />. The page that asked for it goes on in its own tab; this tab can be closed.
          </Text>
          <Link to="/">Work here instead</Link>
        </Stack>
      )}
    </FrontPage>
  );
}
