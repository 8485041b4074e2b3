import { ModalTransition } from '@atlaskit/modal-dialog';
import { fireEvent, render, screen } from '@testing-library/react';
import { StrictMode, useState } from 'react';
import { expect, test, vi } from 'vitest';
import { FormDialog } from './form-dialog';

function Page({ onSubmit }: { onSubmit: () => void }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setIsOpen(true)}>
        Set a freeze
      </button>
      <ModalTransition>
        {isOpen && (
          <FormDialog title="A freeze" action="Set" isBusy={false} onSubmit={onSubmit} onClose={() => setIsOpen(false)}>
            <input aria-label="Name" />
          </FormDialog>
        )}
      </ModalTransition>
    </>
  );
}

test('a dialog that is opened stays open where effects run twice, as they do while the pages are written', async () => {
  const onSubmit = vi.fn();
  render(
    <StrictMode>
      <Page onSubmit={onSubmit} />
    </StrictMode>,
  );
  fireEvent.click(screen.getByText('Set a freeze'));
  fireEvent.submit(await screen.findByLabelText('Name'));
  expect(onSubmit).toHaveBeenCalledTimes(1);
  expect(screen.getByLabelText('Name').isConnected).toBe(true);
});
