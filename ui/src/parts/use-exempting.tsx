// Exempts somebody. Whoever is exempt already is shown first, and that is replaced only by whoever has seen it.
import { Text } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import { useState } from 'react';
import { type Schemas, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { Problem } from '@/api/problems';
import { HostileText } from './hostile-text';
import { Instant } from './instant';

type Exemption = Schemas['Exemption'];
type Who = Pick<Schemas['NewExemption'], 'kind' | 'name'>;

/** `there` tells which exemption would be replaced if it were sent now. */
export function useExempting(site: string, onDone: () => void) {
  const [seen, setSeen] = useState<{ who: Who; exemption: Exemption }>();
  const there = ({ kind, name }: Who): Exemption | undefined => (seen?.who.kind === kind && seen.who.name === name ? seen.exemption : undefined);
  const exempting = useIntention(
    async (body: Schemas['NewExemption'], key) => {
      const { kind, name } = body;
      const replaced = there(body);
      try {
        const header = { 'idempotency-key': key, ...(replaced ? { 'If-Match': replaced.etag } : {}) };
        return await answerOf(api.POST('/api/v1/sites/{site}/exemptions', { params: { path: { site }, header }, body }));
      } catch (thrown) {
        const isThere = thrown instanceof Problem && (thrown.code === 'conflict' || thrown.code === 'precondition-failed');
        if (!isThere) throw thrown;
        setSeen(undefined);
        const exemption = await answerOf(api.GET('/api/v1/sites/{site}/exemptions/{kind}/{name}', { params: { path: { site, kind, name } } }));
        setSeen({ who: { kind, name }, exemption });
        return undefined;
      }
    },
    { onSuccess: (made) => made && onDone() },
  );
  return { exempting, there };
}

/** What goes if the new one takes its place. */
export function ExemptAlready({ there }: { there: Exemption | undefined }) {
  return (
    <div aria-live="polite">
      {there && (
        <SectionMessage appearance="warning" title="There is an exemption already">
          <Text>
            {there.until ? (
              <>
                Until <Instant at={there.until} as="date" />
              </>
            ) : (
              'For good'
            )}
            , by <HostileText text={there.addedBy} />: <HostileText text={there.reason} />. It is replaced if you go on.
          </Text>
        </SectionMessage>
      )}
    </div>
  );
}
