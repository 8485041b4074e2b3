// One account: what is known of it and from where, its groups and seat, why it is selected or not, and what happened to it.
import Button from '@atlaskit/button/new';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { Link, useNavigate, useParams } from 'react-router';
import { asProblem } from '@/api/problems';
import { Gate } from '@/frame/session';
import { AddressTabs } from '@/parts/address-tabs';
import { HostileText, plain } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { PageHead } from '@/parts/page-head';
import { Failed, Loading } from '@/parts/page-states';
import { State } from '@/parts/states';
import type { Carried } from '../chosen';
import { AccountFacts } from './account-facts';
import { AccountGroups } from './account-groups';
import { AccountHistory } from './account-history';
import { Exemptions } from './exemptions';
import { type Account, useAccount } from './use-account';
import { WhySelected } from './why-selected';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export function AccountPage() {
  const { site = '', key = '' } = useParams();
  const { data, error, isPending, refetch } = useAccount(site, key);
  const trail = [{ text: 'Users', to: `/users?site=${encodeURIComponent(site)}` }];
  if (data) return <Shown site={site} account={data} trail={trail} />;
  return (
    <>
      <PageHead title="User" trail={trail} />
      {isPending ? (
        <Loading rows={10} what="the user" />
      ) : (
        <Failed
          problem={asProblem(error)}
          what="This user"
          retry={() => void refetch()}
          action={
            <Stack space="space.100">
              <Text>An account that left the site is in no newer snapshot. What happened to it stays in the audit log.</Text>
              <Link to={`/audit?account=${encodeURIComponent(key)}`}>Its entries in the audit log</Link>
            </Stack>
          }
        />
      )}
    </>
  );
}

function Shown({ site, account, trail }: { site: string; account: Account; trail: { text: string; to: string }[] }) {
  const navigate = useNavigate();
  const { fields, username } = account;
  const name = text(fields.name) ?? username;
  const email = text(fields.email);
  return (
    <>
      <PageHead
        title={plain(name)}
        trail={trail}
        beside={
          <>
            <State of="account" state={text(fields.status) ?? 'unknown'} />
            {account.exemptions.some((one) => one.isInForce) && <State of="account" state="exempt" />}
          </>
        }
        actions={
          <Gate needs="operator">
            <Button appearance="primary" onClick={() => navigate(`/users/act?${new URLSearchParams({ site })}`, { state: { chosen: [{ key: account.key, username, name: text(fields.name) }] } satisfies Carried })}>
              Change…
            </Button>
          </Gate>
        }
      >
        <HostileText text={username} />
        {email && (
          <>
            {' · '}
            <HostileText text={email} />
          </>
        )}
        {' · '}
        <Link to={`/sites/${encodeURIComponent(site)}`}>
          <HostileText text={site} />
        </Link>
        , read <Instant at={account.snapshotTakenAt} />
      </PageHead>
      <AddressTabs
        label="About this user"
        tabs={[
          {
            id: 'known',
            title: 'What is known',
            content: (
              <Stack space="space.400">
                <AccountFacts account={account} />
                <Exemptions site={site} account={account} />
              </Stack>
            ),
          },
          { id: 'groups', title: 'Groups and seat', count: account.groups.length, content: <AccountGroups site={site} account={account} /> },
          { id: 'why', title: 'Why selected?', content: <WhySelected site={site} account={account} /> },
          { id: 'history', title: 'History', content: <AccountHistory site={site} account={account} /> },
        ]}
      />
    </>
  );
}
