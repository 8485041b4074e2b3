import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { newQueryClient } from '@/api/queries';
import SessionDialog from './session-dialog';
import { announceSignIn } from './sign-in-news';

afterEach(() => vi.unstubAllGlobals());

const SESSION = { operator: { name: 'mira' }, role: 'operator' };

function shown({ isSignedIn }: { isSignedIn: boolean }) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname } = new URL(request.url);
    asked.push(pathname);
    if (pathname === '/api/v1/setup') return Response.json({ isNeeded: false, signOn: { text: 'Sign in with Example ID', url: '/sign-on/start' } });
    return isSignedIn ? Response.json(SESSION) : Response.json({ code: 'not-signed-in', errors: [] }, { status: 401 });
  });
  const onSignedIn = vi.fn();
  render(
    <QueryClientProvider client={newQueryClient()}>
      <SessionDialog name="mira" onSignedIn={onSignedIn} onLeave={() => undefined} />
    </QueryClientProvider>,
  );
  return { asked, onSignedIn };
}

test('single sign-on is offered in a tab of its own, and the dialog goes on when another tab says that somebody signed in', async () => {
  const { onSignedIn } = shown({ isSignedIn: true });
  const link = (await screen.findByText('Sign in with Example ID')).closest('a');
  expect(link?.getAttribute('href')).toBe('/sign-on/start?return=%2Fsigned-in');
  expect(link?.target).toBe('_blank');
  expect(link?.rel).toContain('noopener');
  expect(onSignedIn).not.toHaveBeenCalled();
  announceSignIn();
  await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledWith(SESSION));
});

test('where nobody is signed in after all, it stays', async () => {
  const { asked, onSignedIn } = shown({ isSignedIn: false });
  await screen.findByText('Sign in with Example ID');
  announceSignIn();
  await vi.waitFor(() => expect(asked).toContain('/api/v1/session'));
  expect(onSignedIn).not.toHaveBeenCalled();
  expect(screen.getByText('Sign in again')).toBeTruthy();
});
