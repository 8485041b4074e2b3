// The session ended while somebody was at work: they sign in again over the page, and what they typed is still there.
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, Suspense, lazy, useEffect, useRef, useState } from 'react';
import { whenSessionEnds } from '@/api/session-fetch';
import { SESSION_KEY, type Session } from './session';

const SessionDialog = lazy(() => import('./session-dialog'));

type Answer = 'same' | 'another' | 'nobody';

export function SessionEnds({ session, children }: { session: Session; children: ReactNode }) {
  const client = useQueryClient();
  const [answer, setAnswer] = useState<(answer: Answer) => void>();
  const name = useRef(session.operator.name);

  useEffect(() => {
    whenSessionEnds(() => new Promise((resolve) => setAnswer(() => resolve)));
    return () => whenSessionEnds(undefined);
  }, []);

  function signedIn(now: Session) {
    const isSame = now.operator.name === name.current;
    name.current = now.operator.name;
    client.setQueryData(SESSION_KEY, now);
    answer?.(isSame ? 'same' : 'another');
    setAnswer(undefined);
    // What another may see may be something else.
    if (!isSame) void client.resetQueries({ predicate: (query) => query.queryKey[0] !== SESSION_KEY[0] });
  }

  return (
    <>
      {children}
      {answer && (
        <Suspense>
          <SessionDialog
            name={name.current}
            onSignedIn={signedIn}
            onLeave={() => {
              answer('nobody');
              setAnswer(undefined);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
