import { fireEvent, render, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { ReasonDialog } from './reason-dialog';

test('nothing is done without a reason, and the reason is sent without the blanks around it', async () => {
  const onConfirm = vi.fn();
  render(
    <ReasonDialog isOpen title="Stop the run" action="Stop it" help="Stands in the audit log." isBusy={false} problem={undefined} onConfirm={onConfirm} onClose={() => undefined}>
      It ends before its next item.
    </ReasonDialog>,
  );
  const why = await screen.findByLabelText(/^Why/);
  fireEvent.change(why, { target: { value: '  ' } });
  fireEvent.submit(why);
  expect(screen.getByText('Say why.')).toBeTruthy();
  expect(onConfirm).not.toHaveBeenCalled();
  fireEvent.change(why, { target: { value: ' the upgrade ' } });
  fireEvent.submit(why);
  expect(onConfirm).toHaveBeenCalledWith('the upgrade');
});
