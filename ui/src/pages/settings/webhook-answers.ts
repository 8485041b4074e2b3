// What the server answers about one webhook, and how it is changed.
import { useQueryClient } from '@tanstack/react-query';
import { type Schemas, type Tagged, api, taggedAnswerOf } from '@/api/client';
import { type Saving, useSaving } from '@/api/use-saving';

export type Webhook = Schemas['Webhook'];
export type WebhookChange = Schemas['WebhookChange'];

export const webhookKey = (id: string) => ['webhook', id] as const;

export const loadWebhook = (id: string, signal: AbortSignal): Promise<Tagged<Webhook>> => taggedAnswerOf(api.GET('/api/v1/webhooks/{webhook}', { params: { path: { webhook: id } }, signal }));

/** `onDone`: theirs or mine stands there now. */
export function useSaveWebhook(id: string, onDone?: () => void): Saving<Webhook, WebhookChange> {
  const client = useQueryClient();
  function done(now: Tagged<Webhook>) {
    client.setQueryData(webhookKey(id), now);
    void client.invalidateQueries({ queryKey: ['webhooks'] });
    onDone?.();
  }
  return useSaving({
    load: (signal) => loadWebhook(id, signal),
    save: (body, tag) => taggedAnswerOf(api.PATCH('/api/v1/webhooks/{webhook}', { params: { path: { webhook: id }, header: { 'If-Match': tag } }, body })),
    onSaved: done,
    onYield: done,
  });
}
