// One intention, one key: however often it is sent, it is carried out once.
import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { Problem, asProblem } from './problems';

/** Without `crypto.randomUUID`, which browsers have only on encrypted pages and on localhost. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Keeps the key while the same is sent again after a failure, and makes a new one for anything else. */
export class Intention {
  private sent: string | undefined;
  private key = newKey();

  keyFor(body: unknown): string {
    const now = JSON.stringify(body ?? null);
    if (this.sent !== now) {
      this.sent = now;
      this.key = newKey();
    }
    return this.key;
  }

  fulfilled(): void {
    this.sent = undefined;
  }

  /** Whoever is told to look what became of it, and sends the same again, means it as another request. */
  failed(problem: Problem): void {
    if (problem.code === 'idempotency-key-unsettled' || problem.code === 'idempotency-answer-not-kept') this.sent = undefined;
  }
}

/**
 * A POST that somebody asks for. `send` gets the body and the key for the header `idempotency-key`; calling `mutate` again with the same
 * body after a failure sends the same key.
 */
export function useIntention<Body, Answer>(
  send: (body: Body, key: string) => Promise<Answer>,
  options: { onSuccess?: (answer: Answer, body: Body) => unknown } = {},
): UseMutationResult<Answer, Problem, Body> {
  const intention = useRef<Intention>(undefined as unknown as Intention);
  intention.current ??= new Intention();
  return useMutation<Answer, Problem, Body>({
    mutationFn: async (body) => {
      try {
        const answer = await send(body, intention.current.keyFor(body));
        intention.current.fulfilled();
        return answer;
      } catch (thrown) {
        const problem = asProblem(thrown);
        intention.current.failed(problem);
        throw problem;
      }
    },
    ...(options.onSuccess ? { onSuccess: options.onSuccess } : {}),
  });
}
