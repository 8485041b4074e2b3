import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test } from 'vitest';
import { newQueryClient } from '@/api/queries';
import { usePages } from '@/api/use-pages';
import { DataTable } from './data-table';
import { Empty } from './page-states';
import { useSelection } from './use-selection';

const PEOPLE = Array.from({ length: 5 }, (_, at) => ({ key: `k${at}`, name: `Person ${at}` }));

function List({ people = PEOPLE }: { people?: typeof PEOPLE }) {
  const [sort, setSort] = useState('name');
  const pages = usePages(['people', sort, people.length], async (cursor) => {
    const from = Number(cursor ?? 0);
    const sorted = sort.startsWith('-') ? [...people].reverse() : people;
    return { items: sorted.slice(from, from + 2), next: from + 2 < people.length ? String(from + 2) : null, total: people.length };
  });
  const selection = useSelection(sort);
  return (
    <>
      <DataTable
        label="People"
        pages={pages}
        columns={[
          { id: 'name', head: 'Name', sort: 'name', isFixed: true, cell: (row) => row.name },
          { id: 'key', head: 'Key', cell: (row) => row.key },
        ]}
        columnsAs="test"
        keyOf={(row) => row.key}
        nameOf={(row) => row.name}
        sort={sort}
        onSort={setSort}
        selection={selection}
        empty={<Empty title="Nobody">Add somebody.</Empty>}
      />
      <output>{selection.isEverything ? 'everything' : [...selection.keys].join(' ')}</output>
    </>
  );
}

const shown = () => screen.getAllByRole('row').slice(1).map((row) => row.textContent);

function show(people?: typeof PEOPLE) {
  localStorage.clear();
  render(
    <QueryClientProvider client={newQueryClient()}>
      <List {...(people ? { people } : {})} />
    </QueryClientProvider>,
  );
  return userEvent.setup();
}

test('page after page, and back', async () => {
  const user = show();
  await screen.findByText('1–2 of 5');
  await user.click(screen.getByRole('button', { name: 'Next' }));
  await screen.findByText('3–4 of 5');
  await user.click(screen.getByRole('button', { name: 'Next' }));
  await screen.findByText('5–5 of 5');
  expect((screen.getByRole('button', { name: 'Next' }) as HTMLButtonElement).disabled).toBe(true);
  await user.click(screen.getByRole('button', { name: 'Previous' }));
  await screen.findByText('3–4 of 5');
});

test('another order begins at its first page, and nothing of the order before is chosen', async () => {
  const user = show();
  await screen.findByText('1–2 of 5');
  await user.click(screen.getByRole('checkbox', { name: 'Person 0' }));
  expect(screen.getByText('1 selected.')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Next' }));
  await user.click(screen.getByRole('button', { name: 'Name' }));
  await waitFor(() => expect(shown()[0]).toContain('Person 4'));
  expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('descending');
  expect(screen.queryByText('1 selected.')).toBeNull();
});

test('a page, then everything that the filter selects', async () => {
  const user = show();
  await screen.findByText('1–2 of 5');
  await user.click(screen.getByRole('checkbox', { name: 'All on this page' }));
  expect(document.querySelector('output')?.textContent).toBe('k0 k1');
  await user.click(screen.getByRole('button', { name: 'Select all 5' }));
  expect(document.querySelector('output')?.textContent).toBe('everything');
  expect(screen.getByText('All 5 are selected.')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Clear selection' }));
  expect(document.querySelector('output')?.textContent).toBe('');
});

test('columns that were hidden stay hidden', async () => {
  const user = show();
  await screen.findByText('1–2 of 5');
  await user.click(screen.getByRole('button', { name: 'Columns' }));
  await user.click(await screen.findByRole('checkbox', { name: 'Key' }));
  expect(screen.queryByRole('columnheader', { name: 'Key' })).toBeNull();
  expect(JSON.parse(localStorage.getItem('rollcall.columns.test') ?? '')).toEqual(['name']);
});

test('without rows it says what to do', async () => {
  show([]);
  await screen.findByText('Add somebody.');
  expect(screen.queryByRole('table')).toBeNull();
});
