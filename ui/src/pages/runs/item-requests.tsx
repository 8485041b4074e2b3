// What an item asked of its site and what came back, request by request.
import { Inline, Text } from '@atlaskit/primitives/compiled';
import type { Schemas } from '@/api/client';
import { HostileText } from '@/parts/hostile-text';
import { number } from '@/parts/numbers';
import styles from './runs.module.css';

const NOT_SENT: Record<string, string> = {
  would: 'Test mode: nothing was sent.',
  already: 'Nothing was sent: it was so already.',
  drifted: 'Nothing was sent.',
  'not-tried': 'Nothing was sent.',
};

/** A change that was made, and nothing is known of what was sent for it. */
const UNTOLD = 'What was sent is not known: Rollcall ended before it was written down, or was an earlier version.';

export function ItemRequests({ item }: { item: Schemas['RunItem'] }) {
  if (item.requests.length === 0) {
    const words = NOT_SENT[item.code ?? ''] ?? (item.outcome === 'done' ? UNTOLD : undefined);
    return words ? (
      <Text size="small" color="color.text.subtle">
        {words}
      </Text>
    ) : null;
  }
  return (
    <ol className={styles.requests} aria-label={`Requests of change ${item.seq}`}>
      {item.requests.map((request, place) => (
        <li key={place}>
          <code>
            <HostileText text={`${request.method} ${request.path}`} />
          </code>
          <Inline space="space.100" shouldWrap>
            <Text weight="medium" color={request.status && request.status < 300 ? 'color.text' : 'color.text.danger'}>
              {request.status === null ? 'No answer' : `Answered ${request.status}`}
            </Text>
            {request.error && <HostileText text={request.error} />}
            <Text color="color.text.subtle">
              {number(request.milliseconds)} ms{request.times > 1 && `, sent ${request.times} times`}
            </Text>
          </Inline>
        </li>
      ))}
    </ol>
  );
}
