import { fireEvent, render, screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { EditConflict, asLines } from './edit-conflict';

type Role = { role: string };

function shown(theirs: Role, mine: Role) {
  const edit = { conflict: { theirs: { value: theirs, tag: '"2"' }, mine }, isSaving: false, problem: undefined, overwrite: vi.fn(async () => true), yield: vi.fn() };
  const told = { onOverwritten: vi.fn(), onYield: vi.fn() };
  render(<EditConflict<Role, Role> edit={edit} what="The operator adam" shown={(now, change) => [asLines([['Role', now.role]]), asLines([['Role', change.role]])]} {...told} />);
  return { ...edit, ...told };
}

test('both versions are shown, and mine is saved over theirs only when that is chosen', async () => {
  const { overwrite, onOverwritten, yield: yielded } = shown({ role: 'viewer' }, { role: 'admin' });
  expect(await screen.findByText('Role: viewer')).toBeTruthy();
  expect(screen.getByText('Role: admin')).toBeTruthy();
  expect(overwrite).not.toHaveBeenCalled();
  fireEvent.click(screen.getByText('Save mine over theirs'));
  expect(overwrite).toHaveBeenCalledTimes(1);
  await vi.waitFor(() => expect(onOverwritten).toHaveBeenCalledWith({ role: 'admin' }));
  expect(yielded).not.toHaveBeenCalled();
});

test('theirs is kept', async () => {
  const { overwrite, onYield, yield: yielded } = shown({ role: 'viewer' }, { role: 'admin' });
  fireEvent.click(await screen.findByText('Keep theirs'));
  expect(onYield).toHaveBeenCalledWith({ role: 'viewer' });
  expect(yielded).toHaveBeenCalledTimes(1);
  expect(overwrite).not.toHaveBeenCalled();
});

test('who saved the same is told so', async () => {
  shown({ role: 'admin' }, { role: 'admin' });
  expect(await screen.findByText(/says what you were about to save/)).toBeTruthy();
});

test('facts as lines', () => {
  expect(
    asLines([
      ['Called', 'Ada'],
      ['Mail address', null],
      ['Sites', ['wiki', 'docs']],
      ['Groups', []],
      ['Days', 0],
    ]),
  ).toBe('Called: Ada\nMail address: –\nSites: wiki, docs\nGroups: none\nDays: 0');
});
