import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { raiseFlag } from './flag-list';
import Flags from './flags';

test('a message is shown, and a failure stays until it is closed', async () => {
  const user = userEvent.setup();
  render(<Flags />);
  act(() => raiseFlag({ kind: 'failed', title: 'Not saved', description: 'the site is busy' }));
  expect(await screen.findByText('Not saved')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: /dismiss/i }));
  await act(() => new Promise((resolve) => setTimeout(resolve, 700)));
  expect(screen.queryByText('Not saved')).toBeNull();
});
