// One entry: what it is about, before and after, and the hashes that chain it.
import Button from '@atlaskit/button/new';
import Heading from '@atlaskit/heading';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle } from '@atlaskit/modal-dialog';
import { Stack } from '@atlaskit/primitives/compiled';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Schemas } from '@/api/client';
import { type Column, DataTable } from '@/parts/data-table';
import { Facts } from '@/parts/facts';
import { HostileText } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { number } from '@/parts/numbers';
import { onePage } from '@/parts/one-page';
import styles from './audit.module.css';
import { type Changed, changesOf, written } from './changes';

type Entry = Schemas['AuditEntry'];

function Value({ text, side }: { text: string | undefined; side?: 'before' | 'after' | undefined }) {
  if (text === undefined) return <>–</>;
  return (
    <div className={styles.value} data-changed={side}>
      {text.split('\n').map((line, at) => (
        <div key={at}>{line.trim() === '' ? line : <HostileText text={line} />}</div>
      ))}
    </div>
  );
}

const columns: readonly Column<Changed>[] = [
  { id: 'name', head: 'Name', width: '22%', cell: ({ name }) => (name === '' ? '' : <HostileText text={name} />) },
  { id: 'before', head: 'Before', width: '39%', cell: ({ before, isChanged }) => <Value text={before} side={isChanged ? 'before' : undefined} /> },
  { id: 'after', head: 'After', width: '39%', cell: ({ after, isChanged }) => <Value text={after} side={isChanged ? 'after' : undefined} /> },
];

const isEmpty = (value: unknown): boolean => value == null || (typeof value === 'object' && Object.keys(value).length === 0);

/** What an entry is about; each leads to it or to all that the log says of it. */
function subjectFacts({ subject }: Entry): [string, ReactNode][] {
  const facts: [string, ReactNode][] = [];
  if (subject.policy) facts.push(['Policy', <Link key="p" to={`/policies/${encodeURIComponent(subject.policy)}`}>{subject.policy}</Link>]);
  if (subject.plan) facts.push(['Plan', <Link key="p" to={`/plans/${subject.plan}`}>{subject.plan}</Link>]);
  if (subject.run) facts.push(['Run', <Link key="r" to={`/runs/${subject.run}`}>{subject.run}</Link>]);
  if (subject.item != null) facts.push(['Item', `number ${number(subject.item)} of the plan`]);
  if (subject.account) {
    facts.push([
      'Account',
      <span key="a">
        <HostileText text={subject.account} /> (<Link to={`/audit?${new URLSearchParams({ account: subject.account })}`}>all about it</Link>)
      </span>,
    ]);
  }
  if (subject.snapshot) facts.push(['Snapshot', subject.snapshot]);
  if (subject.siteName) facts.push(['Site', <Link key="s" to={`/sites/${encodeURIComponent(subject.siteName)}`}>{subject.siteName}</Link>]);
  else if (subject.site) facts.push(['Site', `${subject.site}, which was removed since`]);
  return facts;
}

interface EntryDetailProps {
  entry: Entry;
  onClose: () => void;
  newer: (() => void) | undefined;
  older: (() => void) | undefined;
}

export function EntryDetail({ entry, onClose, newer, older }: EntryDetailProps) {
  const changes = changesOf(entry.before, entry.after);
  return (
    <ModalDialog onClose={onClose} width="large">
      <ModalHeader hasCloseButton>
        <ModalTitle>
          Entry {number(entry.seq)}: {entry.kind}
        </ModalTitle>
      </ModalHeader>
      <ModalBody>
        <Stack space="space.300">
          <Facts facts={[['Why', entry.why ? <HostileText key="w" text={entry.why} /> : '–'], ['When', <Instant key="i" at={entry.at} as="time" />], ['By whom', <HostileText key="b" text={entry.actor} />], ...subjectFacts(entry)]} />
          {changes.length > 0 && <DataTable label="Before and after" pages={onePage(changes)} columns={columns} keyOf={({ name }) => name} empty={null} isWithoutPages />}
          {!isEmpty(entry.details) && (
            <Stack space="space.100">
              <Heading size="xsmall" as="h2">
                Details
              </Heading>
              <Facts facts={Object.entries(typeof entry.details === 'object' ? (entry.details as Record<string, unknown>) : { '': entry.details }).map(([name, value]) => [name, <Value key={name} text={written(value)} />] as const)} />
            </Stack>
          )}
          <Facts
            facts={[
              [
                'Hash',
                <span key="h" className={styles.hash}>
                  {entry.hash}
                </span>,
              ],
              [
                'Of the entry before',
                <span key="p" className={styles.hash}>
                  {entry.previousHash}
                </span>,
              ],
            ]}
          />
        </Stack>
      </ModalBody>
      <ModalFooter>
        <Button onClick={newer ?? (() => undefined)} isDisabled={!newer}>
          Newer
        </Button>
        <Button onClick={older ?? (() => undefined)} isDisabled={!older}>
          Older
        </Button>
        <Button appearance="primary" onClick={onClose}>
          Close
        </Button>
      </ModalFooter>
    </ModalDialog>
  );
}
