import { expect, test } from 'vitest';
import { choicesOf, cronOf } from './cron';

test('usual patterns are choices, and the choices make the same pattern', () => {
  for (const [cron, often] of [
    ['0 6 * * SAT', 'weekly'],
    ['30 18 * * MON,WED,FRI', 'weekly'],
    ['5 0 * * *', 'daily'],
    ['0 7 1 * *', 'monthly'],
    ['0 7 L * *', 'monthly'],
  ] as const) {
    const choices = choicesOf(cron);
    expect(choices.often).toBe(often);
    expect(cronOf(choices)).toBe(cron);
  }
});

test('days by number are read, 7 as Sunday', () => {
  expect(choicesOf('0 6 * * 1,7').weekdays).toEqual([1, 0]);
});

test('anything else stays a pattern', () => {
  for (const cron of ['*/15 * * * *', '0 6 * * MON-FRI', '0 6 1 1 *', '0 6 1 * MON', '0 25 * * *', '0 6', '', 'every day', '0 6 0 * *']) expect(choicesOf(cron).often, cron).toBe('pattern');
});
