// One mail, whole.
import { useQuery } from '@tanstack/react-query';
import { type Schemas, answerOf, api } from './client';

export type WholeMail = Schemas['WholeMail'];

export const mailKey = (id: string) => ['mail', id] as const;

export function useMail(id: string) {
  return useQuery({
    queryKey: mailKey(id),
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/mails/{mail}', { params: { path: { mail: id } }, signal })),
    // It goes out in a moment.
    refetchInterval: ({ state }) => (state.data?.state === 'queued' ? 5000 : false),
  });
}
