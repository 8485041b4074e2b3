import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import { ConfirmDialog, isTyped } from './confirm-dialog';

test.each([
  ['1204', true],
  ['1,204', true],
  [' 1 204 ', true],
  ['120', false],
  ['', false],
  ['1204x', false],
])('"%s" for 1204: %s', (text, is) => expect(isTyped(text, 1204)).toBe(is));

test('nothing is deleted before its number is typed', async () => {
  const user = userEvent.setup();
  const onConfirm = vi.fn();
  render(
    <ConfirmDialog isOpen title="Delete 1,204 accounts?" action="Delete 1,204 accounts" appearance="danger" typed={1204} onConfirm={onConfirm} onClose={() => undefined}>
      This cannot be undone.
    </ConfirmDialog>,
  );
  await user.click(screen.getByRole('button', { name: 'Delete 1,204 accounts' }));
  expect(onConfirm).not.toHaveBeenCalled();
  expect(screen.getByText('That is not 1,204.')).toBeTruthy();
  await user.type(screen.getByLabelText(/Type 1,204/), '1204{Enter}');
  expect(onConfirm).toHaveBeenCalledTimes(1);
});
