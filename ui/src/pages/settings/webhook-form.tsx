// What a webhook is: its name, where it posts, of which events and sites.
import Checkbox from '@atlaskit/checkbox';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { type ReactNode, useId } from 'react';
import type { Schemas } from '@/api/client';
import type { Problem } from '@/api/problems';
import { useSites } from '@/api/use-sites';
import { Field } from '@/parts/field';

type Event = Schemas['Event'];

export const EVENTS: readonly (readonly [Event, string])[] = [
  ['plan-ready', 'A plan is ready'],
  ['approval-needed', 'A plan awaits approval'],
  ['run-finished', 'A run came to its end'],
  ['limit-hit', 'A limit stopped a plan or a run'],
  ['site-unreachable', 'A site does not answer'],
];

const WORDS = new Map(EVENTS);

export const eventWords = (events: readonly Event[]): string => (events.length === 0 || events.length === EVENTS.length ? 'all' : events.map((event) => WORDS.get(event) ?? event).join(', '));

export interface WebhookTexts {
  name: string;
  url: string;
  events: readonly Event[];
  sites: readonly string[];
}

export const WEBHOOK_PLACES = ['/name', '/url', '/events', '/sites'] as const;

interface WebhookFieldsProps {
  value: WebhookTexts;
  onChange: (value: WebhookTexts) => void;
  missing: Record<string, string>;
  problem: Problem | undefined;
}

export const missingOfWebhook = ({ name, url }: WebhookTexts): Record<string, string> => ({ ...(name.trim() ? {} : { '/name': 'Give it a name.' }), ...(url.trim() ? {} : { '/url': 'Give its address.' }) });

export function WebhookFields({ value, onChange, missing, problem }: WebhookFieldsProps) {
  const { data: sites = [] } = useSites();
  const at = (place: string) => missing[place] ?? problem?.at(place);
  const toggled = <T,>(all: readonly T[], one: T): T[] => (all.includes(one) ? all.filter((other) => other !== one) : [...all, one]);
  return (
    <Stack space="space.200">
      <Field label="Name" isRequired problem={at('/name')}>
        {(control) => <Textfield {...control} autoComplete="off" value={value.name} onChange={(event) => onChange({ ...value, name: event.currentTarget.value })} />}
      </Field>
      <Field label="Address" isRequired problem={at('/url')} help="Events are posted there as JSON, signed with the secret. Addresses inside your network must be permitted in rollcall.yaml, webhooks.allow-private-addresses.">
        {(control) => <Textfield {...control} type="url" inputMode="url" autoComplete="off" spellCheck={false} placeholder="https://chat.example.org/hooks/rollcall" value={value.url} onChange={(event) => onChange({ ...value, url: event.currentTarget.value })} />}
      </Field>
      <Choices title="Events" none="None chosen: all events.">
        {EVENTS.map(([event, words]) => (
          <Checkbox key={event} label={words} isChecked={value.events.includes(event)} onChange={() => onChange({ ...value, events: toggled(value.events, event) })} />
        ))}
      </Choices>
      {sites.length > 1 && (
        <Choices title="Sites" none="None chosen: all sites.">
          {sites.map(({ name }) => (
            <Checkbox key={name} label={name} isChecked={value.sites.includes(name)} onChange={() => onChange({ ...value, sites: toggled(value.sites, name) })} />
          ))}
        </Choices>
      )}
    </Stack>
  );
}

function Choices({ title, none, children }: { title: string; none: string; children: ReactNode }) {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id}>
      <Stack space="space.050">
        <Text id={id} weight="medium">
          {title}
        </Text>
        {children}
        <Text size="small" color="color.text.subtle">
          {none}
        </Text>
      </Stack>
    </div>
  );
}
