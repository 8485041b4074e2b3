// By what it was decided that somebody is idle: what was seen, when, and by which source.
import type { Schemas } from '@/api/client';
import { Instant } from './instant';
import { counted } from './numbers';

export function EvidenceWords({ evidence }: { evidence: Schemas['ItemEvidence'] | null | undefined }) {
  if (!evidence) return <>–</>;
  const { kind, source, at, atLeast, ageDays } = evidence;
  if (!at) {
    return (
      <>
        never any {kind}, says {source}
      </>
    );
  }
  return (
    <>
      {kind} {atLeast && 'at least '}
      {ageDays == null ? <Instant at={at} as="date" /> : <span title={at}>{counted(ageDays, 'day')} before</span>} (<Instant at={at} as="date" />, {source})
    </>
  );
}
