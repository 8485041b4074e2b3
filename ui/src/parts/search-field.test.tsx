import { act, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SearchField } from './search-field';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const field = () => screen.getByLabelText<HTMLInputElement>('Search');
const show = (value: string | undefined, onSearch: (text: string | undefined) => void) => <SearchField label="Search" placeholder="Name" value={value} onSearch={onSearch} />;

test('asks once, when somebody pauses', () => {
  const onSearch = vi.fn();
  render(show(undefined, onSearch));
  fireEvent.change(field(), { target: { value: 'm' } });
  fireEvent.change(field(), { target: { value: 'mi' } });
  expect(onSearch).not.toHaveBeenCalled();
  act(() => void vi.advanceTimersByTime(400));
  expect(onSearch.mock.calls).toEqual([['mi']]);
});

test('an answer that comes late does not take back what is typed meanwhile; clearing elsewhere does', () => {
  const onSearch = vi.fn();
  const { rerender } = render(show(undefined, onSearch));
  fireEvent.change(field(), { target: { value: 'mi' } });
  act(() => void vi.advanceTimersByTime(400));
  fireEvent.change(field(), { target: { value: 'mir' } });
  rerender(show('mi', onSearch));
  expect(field().value).toBe('mir');
  act(() => void vi.advanceTimersByTime(400));
  rerender(show('mir', onSearch));
  rerender(show(undefined, onSearch));
  expect(field().value).toBe('');
});
