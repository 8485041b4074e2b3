import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { newQueryClient } from '@/api/queries';
import type { Job } from '@/api/use-job';
import { JobWatch } from './job-watch';

afterEach(() => vi.unstubAllGlobals());

const job: Job = {
  id: 'j1',
  kind: 'sync',
  task: {},
  state: 'queued',
  dueAt: '2026-11-26T00:00:00Z',
  attempts: 0,
  isFrozen: false,
  isCancelWanted: false,
  askedBy: 'ada',
  createdAt: '2026-11-26T00:00:00Z',
};

function watch(answers: Job[]) {
  vi.stubGlobal('fetch', async () => Response.json(answers.length > 1 ? answers.shift() : answers[0]));
  const onDone = vi.fn();
  render(
    <QueryClientProvider client={newQueryClient()}>
      <JobWatch job={job} onDone={onDone} />
    </QueryClientProvider>,
  );
  return onDone;
}

test('a job is followed to its end, which is told once', async () => {
  const done: Job = { ...job, state: 'done', startedAt: job.createdAt, finishedAt: job.createdAt, result: { ended: 'read', plans: [], snapshot: 's1' } };
  const onDone = watch([{ ...job, state: 'running', startedAt: job.createdAt }, done]);
  await screen.findByText('running');
  await waitFor(() => expect(onDone).toHaveBeenCalledTimes(1), { timeout: 3000 });
  expect(onDone).toHaveBeenCalledWith(expect.objectContaining({ result: expect.objectContaining({ snapshot: 's1' }) }));
  expect(screen.queryByRole('progressbar')).toBeNull();
});

test('a job that failed says why', async () => {
  const onDone = watch([{ ...job, state: 'failed', finishedAt: job.createdAt, error: { code: 'site-failed', message: 'the site did not answer' } }]);
  await screen.findByText('The site did not answer.');
  expect(onDone).not.toHaveBeenCalled();
});
