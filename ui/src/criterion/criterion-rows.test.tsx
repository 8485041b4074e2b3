import { fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';
import { CriterionRows } from './criterion-rows';

beforeEach(() => void vi.stubGlobal('fetch', vi.fn(async () => new Response(JSON.stringify({ replaces: { start: 0, end: 0 }, proposals: [] }), { headers: { 'content-type': 'application/json' } }))));

let told: string[] = [];
function Held({ begin }: { begin: string }) {
  const [text, setText] = useState(begin);
  return (
    <>
      <input aria-label="Text" value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <CriterionRows
        site="wiki"
        value={text}
        onChange={(next) => {
          told.push(next);
          setText(next);
        }}
      />
    </>
  );
}

beforeEach(() => {
  told = [];
});

const text = () => screen.getByLabelText<HTMLInputElement>('Text').value;
const labels = () => screen.getAllByRole('group').map((group) => group.getAttribute('aria-label'));

test('the rows follow the text, and the text the rows', () => {
  render(<Held begin={'status = enabled AND idle >= 90d ORDER BY name'} />);
  expect(labels()).toEqual(['Conditions', 'Status, condition 1', 'Idle for, condition 2']);
  fireEvent.click(screen.getByRole('button', { name: 'Remove condition 1' }));
  expect(text()).toBe('idle >= 90d ORDER BY name');
  fireEvent.change(screen.getByLabelText('Text'), { target: { value: 'seat = true' } });
  expect(labels()).toEqual(['Conditions', 'Costs a seat, condition 1']);
  fireEvent.click(screen.getByRole('button', { name: 'Remove condition 1' }));
  expect(text()).toBe('all');
});

test('a row that is not finished changes nothing yet', () => {
  render(<Held begin={'status = enabled'} />);
  fireEvent.click(screen.getByRole('button', { name: 'Add a condition' }));
  expect(labels()).toEqual(['Conditions', 'Status, condition 1', 'condition 2']);
  expect(told).toEqual([]);
  const row = screen.getByRole('group', { name: 'condition 2' });
  fireEvent.click(within(row).getByRole('button', { name: 'Remove condition 2' }));
  expect(text()).toBe('status = enabled');
});

test('a text that is richer is left as it is, and says why there are no rows', () => {
  render(<Held begin={'status = enabled OR idle >= 90d'} />);
  expect(screen.getByText(/richer than form rows can show: it has an OR/)).toBeTruthy();
  fireEvent.change(screen.getByLabelText('Text'), { target: { value: 'status = ' } });
  expect(screen.getByText(/Form rows come back/)).toBeTruthy();
  expect(told).toEqual([]);
});
