import { Stack } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { Suspense, lazy } from 'react';
import { Link, useParams } from 'react-router';
import { asProblem } from '@/api/problems';
import { Gate } from '@/frame/session';
import { AddressTabs } from '@/parts/address-tabs';
import { HostileText } from '@/parts/hostile-text';
import { PageButton } from '@/parts/page-button';
import { PageHead } from '@/parts/page-head';
import { Failed, Loading } from '@/parts/page-states';
import { Section } from '@/parts/section';
import { State } from '@/parts/states';
import { textAt, textsAt } from './document-reading';
import { Hits } from './hits';
import { PolicyPause } from './policy-pause';
import { PolicyRemove } from './policy-remove';
import { PolicyRuns } from './policy-runs';
import { PolicySummary } from './policy-summary';
import { PolicyTimes } from './policy-times';
import { PolicyVersions } from './policy-versions';
import { PolicyWay } from './policy-way';
import { documentOf, loadPolicy, policyKey } from './policy-answers';
import { RunNow } from './run-now';
import styles from './policies.module.css';

const PolicyYaml = lazy(() => import('./policy-yaml').then(({ PolicyYaml: Shown }) => ({ default: Shown })));

const TRAIL = [{ text: 'Policies', to: '/policies' }];

export function PolicyPage() {
  const { name = '' } = useParams();
  const query = useQuery({ queryKey: policyKey(name), queryFn: ({ signal }) => loadPolicy(name, signal), refetchInterval: 20_000 });
  if (!query.data) {
    return (
      <>
        <PageHead title={name} trail={TRAIL} />
        {query.error ? <Failed problem={asProblem(query.error)} what={`The policy ${name}`} retry={() => void query.refetch()} action={<Link to="/policies">All policies</Link>} /> : <Loading what="the policy" />}
      </>
    );
  }
  const { value: policy, tag } = query.data;
  const document = documentOf(policy);
  const sites = textsAt(document, '/sites');
  return (
    <>
      <PageHead
        title={policy.name}
        trail={TRAIL}
        beside={<State of="policy" state={policy.state} />}
        actions={
          <>
            <RunNow policy={policy} sites={sites} />
            <Gate needs="operator">
              <PageButton to={`/policies/${encodeURIComponent(policy.name)}/edit`}>Edit</PageButton>
            </Gate>
            <PolicyPause policy={policy} />
            <PolicyRemove policy={policy} tag={tag} />
          </>
        }
      >
        {textAt(document, '/description') && <HostileText text={textAt(document, '/description')} />}
      </PageHead>
      <AddressTabs
        label="Parts of the policy"
        tabs={[
          {
            id: 'policy',
            title: 'Policy',
            content: (
              <div className={styles.columns}>
                <PolicySummary document={document} />
                <Stack space="space.400">
                  <PolicyWay policy={policy} tag={tag} sites={sites} />
                  <PolicyTimes policy={policy} />
                </Stack>
              </div>
            ),
          },
          {
            id: 'hits',
            title: 'Whom it selects',
            content: (
              <Stack space="space.300">
                {sites.map((site) => (
                  <Section key={site} title={`At ${site}`}>
                    <Hits site={site} policy={policy.name} />
                  </Section>
                ))}
              </Stack>
            ),
          },
          { id: 'runs', title: 'Runs', content: <PolicyRuns name={policy.name} /> },
          { id: 'versions', title: 'Versions', content: <PolicyVersions name={policy.name} /> },
          {
            id: 'yaml',
            title: 'YAML',
            content: (
              <Suspense fallback={<Loading what="the YAML" />}>
                <PolicyYaml document={document} />
              </Suspense>
            ),
          },
        ]}
      />
    </>
  );
}
