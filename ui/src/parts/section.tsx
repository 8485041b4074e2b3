// A part of a page under a heading of its own.
import Heading from '@atlaskit/heading';
import { Inline, Stack } from '@atlaskit/primitives/compiled';
import { type ReactNode, useId } from 'react';

interface SectionProps {
  title: string;
  /** Beside the heading, at the end of its line. */
  actions?: ReactNode;
  children: ReactNode;
}

export function Section({ title, actions, children }: SectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Stack space="space.150">
        <Inline space="space.100" spread="space-between" alignBlock="center" shouldWrap>
          <Heading size="small" as="h2" id={id}>
            {title}
          </Heading>
          {actions}
        </Inline>
        {children}
      </Stack>
    </section>
  );
}
