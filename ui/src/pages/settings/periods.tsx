// How long sessions last, and how long what is kept.
import { Stack } from '@atlaskit/primitives/compiled';
import { Section } from '@/parts/section';
import { Retention } from './retention';
import { SessionLengths } from './session-lengths';

export default function Periods() {
  return (
    <Stack space="space.400">
      <Section title="Sessions">
        <SessionLengths />
      </Section>
      <Section title="Retention">
        <Retention />
      </Section>
    </Stack>
  );
}
