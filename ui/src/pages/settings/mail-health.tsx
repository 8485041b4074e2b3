// Whether mail works at all: what the doctor finds of it.
import SectionMessage from '@atlaskit/section-message';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '@/api/client';
import { useMay } from '@/frame/session';
import { sentence } from '@/parts/page-states';
import { ServerWords } from '@/parts/server-words';

export function MailHealth() {
  const mayExamine = useMay('admin');
  const { data } = useQuery({
    queryKey: ['doctor'],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/doctor', { signal })),
    enabled: mayExamine,
    staleTime: 5 * 60_000,
  });
  const found = data?.findings.find(({ what }) => what === 'mail');
  if (!found) return null;
  return (
    <SectionMessage appearance={found.health === 'good' ? 'success' : found.health === 'warning' ? 'warning' : 'error'} title={found.health === 'good' ? 'Mail works' : 'Mail does not work as it should'}>
      <ServerWords text={[found.found, ...(found.remedy ? [found.remedy] : [])].map(sentence).join(' ')} />
    </SectionMessage>
  );
}
