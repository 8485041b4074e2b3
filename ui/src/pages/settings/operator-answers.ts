// What the server answers about one operator, and how they are changed.
import { useQueryClient } from '@tanstack/react-query';
import { type Schemas, type Tagged, api, taggedAnswerOf } from '@/api/client';
import { type Saving, useSaving } from '@/api/use-saving';

export type Operator = Schemas['Operator'];
export type OperatorChange = Schemas['OperatorChange'];

export const operatorKey = (name: string) => ['operator', name] as const;

export const loadOperator = (name: string, signal: AbortSignal): Promise<Tagged<Operator>> => taggedAnswerOf(api.GET('/api/v1/operators/{operator}', { params: { path: { operator: name } }, signal }));

/** `onDone`: theirs or mine stands there now. */
export function useSaveOperator(name: string, onDone: () => void): Saving<Operator, OperatorChange> {
  const client = useQueryClient();
  function done(now: Tagged<Operator>) {
    client.setQueryData(operatorKey(name), now);
    for (const key of ['operators', 'sessions', 'session']) void client.invalidateQueries({ queryKey: [key] });
    onDone();
  }
  return useSaving({
    load: (signal) => loadOperator(name, signal),
    save: (body, tag) => taggedAnswerOf(api.PATCH('/api/v1/operators/{operator}', { params: { path: { operator: name }, header: { 'If-Match': tag } }, body })),
    onSaved: done,
    onYield: done,
  });
}
