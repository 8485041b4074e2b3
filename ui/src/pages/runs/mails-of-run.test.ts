import { expect, test } from 'vitest';
import { isAbout } from './mails-of-run';

const run = { id: '01a2-run', plan: '01a2-plan' };

test('a mail is about a run when its Message-ID names the run or its plan', () => {
  for (const messageId of ['run-01a2-run.9951@example.org', '<run-01a2-run@example.org>', 'plan-01a2-plan@example.org', 'plan-01a2-plan.3@x']) expect(isAbout({ messageId }, run)).toBe(true);
  for (const messageId of ['run-01a2-run2.1@example.org', 'run-01a2@example.org', 'plan-01a2-run@x', 'notice-01a2-run@x', '']) expect(isAbout({ messageId }, run)).toBe(false);
});
