import { useState } from 'react';
import type { Tagged } from '@/api/client';
import type { Saving } from '@/api/use-saving';
import { EditConflict, asLines } from '@/parts/edit-conflict';
import { FormDialog } from '@/parts/form-dialog';
import { type Webhook, type WebhookChange, useSaveWebhook } from './webhook-answers';
import { WEBHOOK_PLACES, WebhookFields, type WebhookTexts, eventWords, missingOfWebhook } from './webhook-form';

const asText = ({ name, url, events, sites, isOn }: Pick<Webhook, 'name' | 'url' | 'events' | 'sites' | 'isOn'>): string =>
  asLines([
    ['Name', name],
    ['Address', url],
    ['Events', eventWords(events)],
    ['Sites', sites.length === 0 ? 'all' : sites],
    ['Is told', isOn ? 'yes' : 'no, switched off'],
  ]);

/** What it will be: what was left out of the change stays. */
const changed = (webhook: Webhook, { name, url, events, sites, isOn }: WebhookChange) => ({
  name: name ?? webhook.name,
  url: url ?? webhook.url,
  events: events ?? webhook.events,
  sites: sites ?? webhook.sites,
  isOn: isOn ?? webhook.isOn,
});

export function WebhookConflict({ saving, name }: { saving: Saving<Webhook, WebhookChange>; name: string }) {
  return <EditConflict edit={saving} what={`The webhook ${name}`} shown={(theirs, mine) => [asText(theirs), asText(changed(theirs, mine))]} />;
}

const isSame = (one: readonly string[], other: readonly string[]): boolean => one.length === other.length && one.every((item) => other.includes(item));

/** Inside a `<ModalTransition>`. */
export function ChangeWebhook({ loaded, onClose }: { loaded: Tagged<Webhook>; onClose: () => void }) {
  // As it was when somebody began: what is read meanwhile does not count as seen.
  const [{ value: webhook, tag }] = useState(loaded);
  const [value, setValue] = useState<WebhookTexts>(webhook);
  const [missing, setMissing] = useState<Record<string, string>>({});
  const saving = useSaveWebhook(webhook.id, onClose);
  function submit() {
    const lacks = missingOfWebhook(value);
    setMissing(lacks);
    if (Object.keys(lacks).length > 0) return;
    // Only what is different: the rest may be somebody else's at this moment.
    void saving.save(
      {
        ...(value.name.trim() === webhook.name ? {} : { name: value.name.trim() }),
        ...(value.url.trim() === webhook.url ? {} : { url: value.url.trim() }),
        ...(isSame(value.events, webhook.events) ? {} : { events: [...value.events] }),
        ...(isSame(value.sites, webhook.sites) ? {} : { sites: [...value.sites] }),
      },
      tag,
    );
  }
  return (
    <>
      <FormDialog title={`Change ${webhook.name}`} action="Save" isBusy={saving.isSaving} problem={saving.problem} shown={WEBHOOK_PLACES} onClose={onClose} onSubmit={submit}>
        <WebhookFields value={value} onChange={setValue} missing={missing} problem={saving.problem} />
      </FormDialog>
      <WebhookConflict saving={saving} name={webhook.name} />
    </>
  );
}
