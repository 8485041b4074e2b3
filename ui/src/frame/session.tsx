// Who is signed in, and what they may do.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, createContext, useContext } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';

export type Session = Schemas['Session'];
export type Role = Schemas['Role'];

/** Each includes those before it. */
const ROLES: readonly Role[] = ['viewer', 'operator', 'approver', 'admin'];

export const SESSION_KEY = ['session'] as const;

export function useSessionQuery() {
  return useQuery({
    queryKey: SESSION_KEY,
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/session', { signal })),
    staleTime: 5 * 60_000,
    retry: (failures, problem) => (problem as { status?: number }).status !== 401 && failures < 2,
  });
}

const Context = createContext<Session | undefined>(undefined);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <Context.Provider value={session}>{children}</Context.Provider>;
}

/** Only behind the sign-in guard. */
export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error('This part of the page needs somebody who is signed in.');
  return session;
}

export const includes = (role: Role, needed: Role): boolean => ROLES.indexOf(role) >= ROLES.indexOf(needed);

/** Whether the role is enough; the server asks again in any case. */
export function useMay(needed: Role): boolean {
  return includes(useSession().role, needed);
}

/** Shows what needs a role, or `otherwise`. */
export function Gate({ needs, otherwise = null, children }: { needs: Role; otherwise?: ReactNode; children: ReactNode }) {
  return <>{useMay(needs) ? children : otherwise}</>;
}

/** Ends the session here and at the server. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await answerOf(api.DELETE('/api/v1/session'));
    client.clear();
    window.location.assign('/sign-in');
  };
}
