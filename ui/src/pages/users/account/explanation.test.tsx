import { render, screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Explanation } from './explanation';

test('each condition stands with its value, source and age, nested as it is written', () => {
  render(
    <Explanation
      explained={{
        at: '2026-11-26T03:00:00Z',
        snapshotTakenAt: '2026-11-26T02:00:00Z',
        verdict: 'unknown',
        step: {
          text: 'AND',
          verdict: 'unknown',
          steps: [
            { text: 'status = enabled', verdict: 'true', value: 'enabled' },
            {
              text: 'NOT',
              verdict: 'unknown',
              steps: [
                {
                  text: 'idle >= 90d',
                  verdict: 'unknown',
                  value: { atMost: '200d' },
                  evidence: [{ source: 'list-active', kind: 'login', at: '2026-05-02T14:24:17Z', age: '207 days ago', says: 'at least then' }],
                  notes: ['the newest evidence is of list-active'],
                },
              ],
            },
          ],
        },
        protection: null,
      }}
    />,
  );
  expect(screen.getByText('Not selected: it cannot be told')).toBeTruthy();
  const not = screen.getByText('Not this').closest('li');
  if (!not) throw new Error('no step for NOT');
  expect(within(not).getByText('idle >= 90d')).toBeTruthy();
  expect(not.textContent).toContain('at most 200 days');
  expect(not.textContent).toContain('207 days ago; at least then');
  expect(not.textContent).toContain('The newest evidence is of list-active.');
  expect(within(not).queryByText('status = enabled')).toBeNull();
});

test('somebody who is selected and protected is said to be both, and why', () => {
  render(
    <Explanation
      explained={{
        at: '2026-11-26T03:00:00Z',
        snapshotTakenAt: '2026-11-26T02:00:00Z',
        verdict: 'true',
        step: { text: 'status = enabled', verdict: 'true', value: 'enabled' },
        protection: { code: 'exempt', why: 'exempt until 2026-12-01: on leave', until: '2026-12-02T00:00:00Z' },
      }}
    />,
  );
  expect(screen.getByText('Selected, but protected')).toBeTruthy();
  expect(screen.getByRole('region', { name: 'Explanation' }).textContent).toContain('left alone because it is protected: exempt until 2026-12-01: on leave');
});
