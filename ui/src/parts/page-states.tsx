// What stands in place of content that is not there: still loading, nothing, failed, not allowed.
import Button from '@atlaskit/button/new';
import Heading from '@atlaskit/heading';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import Skeleton from '@atlaskit/skeleton';
import VisuallyHidden from '@atlaskit/visually-hidden';
import type { ReactNode } from 'react';
import type { Schemas } from '@/api/client';
import type { Problem } from '@/api/problems';
import styles from './page-states.module.css';
import { ServerWords } from './server-words';

type Role = Schemas['Role'];

/** Bars of about the height of what comes, so that nothing jumps. */
export function Loading({ rows = 6, what = 'the page' }: { rows?: number; what?: string }) {
  return (
    <div role="status">
      <VisuallyHidden>Loading {what}</VisuallyHidden>
      <Stack space="space.150">
        {Array.from({ length: rows }, (_, row) => (
          <Skeleton key={row} width="100%" height="28px" isShimmering />
        ))}
      </Stack>
    </div>
  );
}

/** Nothing is here yet, or nothing fits; always with what to do next. */
export function Empty({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <Stack space="space.150" alignInline="center">
        <Heading size="small" as="h2">
          {title}
        </Heading>
        <Text align="center" color="color.text.subtle">
          {children}
        </Text>
        {action}
      </Stack>
    </div>
  );
}

interface FailedProps {
  problem: Problem;
  /** What could not be shown, as the subject of a sentence: "The list of users". */
  what: string;
  retry?: () => void;
  action?: ReactNode;
}

export function Failed({ problem, what, retry, action }: FailedProps) {
  if (problem.code === 'forbidden') return <Forbidden problem={problem} />;
  const isGone = problem.code === 'not-found';
  return (
    <div role="alert">
      <SectionMessage appearance={isGone ? 'warning' : 'error'} title={isGone ? `${what} cannot be found` : `${what} could not be shown: ${lowered(problem.title)}`}>
        <Stack space="space.150">
          <Text>
            <ServerWords text={sentence(problem.detail)} />
          </Text>
          {problem.places.length > 0 && (
            <ul className={styles.places}>
              {problem.places.map((place) => (
                <li key={`${place.in} ${place.at}`}>
                  <code>{place.at}</code>: {place.message}
                </li>
              ))}
            </ul>
          )}
          {problem.requestId && (
            <Text size="small" color="color.text.subtle">
              Request <code className={styles.id}>{problem.requestId}</code>: so it is found in the log of the server.
            </Text>
          )}
          {(retry || action) && (
            <Inline space="space.100">
              {retry && <Button onClick={retry}>Try again</Button>}
              {action}
            </Inline>
          )}
        </Stack>
      </SectionMessage>
    </div>
  );
}

/** The role is not enough; `needs`, or else the server's words, name the one that is. */
export function Forbidden({ problem, needs }: { problem?: Problem; needs?: Role }) {
  return (
    <SectionMessage appearance="warning" title="Your role is not enough for this page">
      <Stack space="space.150">
        <Text>{problem ? sentence(problem.detail) : needs ? `It takes the role ${needs}.` : 'Nothing was changed.'}</Text>
        <Text>An admin can give you another role under Settings, Operators.</Text>
      </Stack>
    </SectionMessage>
  );
}

/** A problem inside a form or beside a button: short, at its place. */
export function ProblemMessage({ problem, title, action }: { problem: Problem; title?: string; action?: ReactNode }) {
  return (
    <div role="alert">
      <SectionMessage appearance="error" title={title ?? problem.title}>
        <Stack space="space.100">
          <Text>
            <ServerWords text={sentence(problem.detail)} />
          </Text>
          {problem.requestId && (
            <Text size="small" color="color.text.subtle">
              Request <code className={styles.id}>{problem.requestId}</code>
            </Text>
          )}
          {action}
        </Stack>
      </SectionMessage>
    </div>
  );
}

const BEGINNINGS = /^(an?|the|there|this|these|it|its|no|not|only|nobody|nothing|somebody|what|who|whoever|which|where|with|without|another|some|every|each|expected|sign|send|too|you|your)\b/;

/** The server's words as a sentence: they begin small in a log. What may be a name stays as it is written. */
export function sentence(words: string): string {
  const first = BEGINNINGS.test(words) ? words.charAt(0).toUpperCase() + words.slice(1) : words;
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}

const lowered = (words: string) => words.charAt(0).toLowerCase() + words.slice(1);
