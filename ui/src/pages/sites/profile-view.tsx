// What a site says of itself, and what can be done there: found by asking it.
import Lozenge, { type ThemeAppearance } from '@atlaskit/lozenge';
import { Stack } from '@atlaskit/primitives/compiled';
import SectionMessage from '@atlaskit/section-message';
import type { Schemas } from '@/api/client';
import { type Column, DataTable } from '@/parts/data-table';
import { Facts } from '@/parts/facts';
import { HostileText } from '@/parts/hostile-text';
import { number } from '@/parts/numbers';
import { onePage } from '@/parts/one-page';
import { Empty, sentence } from '@/parts/page-states';
import { Section } from '@/parts/section';
import { ServerWords } from '@/parts/server-words';
import { actionWords, productOf } from './words';

type Profile = Schemas['Profile'];

const CAN: Record<Schemas['Supported'], [ThemeAppearance, string]> = {
  yes: ['success', 'yes'],
  expected: ['inprogress', 'should work'],
  no: ['default', 'no'],
  'not-permitted': ['moved', 'not permitted'],
};

const capabilities: readonly Column<Schemas['Capability']>[] = [
  { id: 'action', head: 'What', width: '36%', cell: ({ action }) => actionWords(action) },
  { id: 'support', head: 'Can be done', width: '9rem', cell: ({ support }) => <Lozenge appearance={CAN[support][0]}>{CAN[support][1]}</Lozenge> },
  { id: 'remark', head: 'Remark', cell: ({ remark }) => (remark ? <ServerWords text={sentence(remark)} /> : '–') },
];

const ONLY_CLOUD = ['suspend', 'restore', 'remove-from-directory'];

/** The possible first. */
const ORDER: readonly Schemas['Supported'][] = ['yes', 'expected', 'not-permitted', 'no'];

const WRITES: Record<Schemas['Writes'], string> = { accepted: 'taken', refused: 'refused: the site is in read-only mode', unknown: 'the site does not say' };

function seats({ seatsUsed, seatsMax, seatsUnlimited }: Profile): string {
  const used = seatsUsed == null ? 'not told' : number(seatsUsed);
  if (seatsUnlimited) return `${used}, no upper bound`;
  return seatsMax == null ? used : `${used} of ${number(seatsMax)}`;
}

/** `site`: under which name it is connected; absent: not yet. */
export function ProfileView({ profile, site }: { profile: Profile; site?: string }) {
  // What only Cloud knows says nothing about a Data Center.
  const known = profile.capabilities.filter(({ action, support }) => support !== 'no' || !ONLY_CLOUD.includes(action) || profile.product.endsWith('-cloud'));
  const rows = known.sort((a, b) => ORDER.indexOf(a.support) - ORDER.indexOf(b.support));
  return (
    <Stack space="space.300">
      {profile.isAdmin === false && (
        <SectionMessage appearance="warning" title={`${profile.account} does not administer this site`}>
          Accounts may be read, but hardly changed. Give the account the permission to administer Confluence, or use another account.
        </SectionMessage>
      )}
      {profile.warnings.map((words) => (
        <SectionMessage key={words} appearance="warning">
          {site === undefined ? <HostileText text={sentence(words)} /> : <ServerWords text={sentence(words)} site={site} />}
        </SectionMessage>
      ))}
      <Facts
        facts={[
          ['Product', `${productOf(profile.product)} ${profile.version ?? ''}`],
          ['Calls itself', <HostileText key="u" text={profile.baseUrl} />],
          ['Rollcall is there', <HostileText key="a" text={profile.account} />],
          ['Administers it', profile.isAdmin == null ? 'cannot be told without writing' : profile.isAdmin ? 'yes' : 'no'],
          ['Changes are', WRITES[profile.writes]],
          ['Seats in use', seats(profile)],
        ]}
      />
      <Section title="What can be done here">
        <DataTable label="What can be done here" pages={onePage(rows)} columns={capabilities} keyOf={({ action }) => action} empty={<Empty title="Nothing">This site takes no changes.</Empty>} />
      </Section>
      <Section title="By what Rollcall sees who is active">
        {profile.evidence.length === 0 ? (
          <SectionMessage appearance="warning" title="Nothing here shows who is active">
            No policy that asks for idleness will select anybody. Give the account more permissions, or say under Settings of the site that its servers record every login.
          </SectionMessage>
        ) : (
          <ul>
            {profile.evidence.map((source) => (
              <li key={source}>
                <HostileText text={source} />
              </li>
            ))}
          </ul>
        )}
      </Section>
    </Stack>
  );
}
