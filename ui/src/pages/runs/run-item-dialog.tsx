// Everything about one account in a run: each change with its outcome and reason, and what the audit log has about it, attempt by attempt.
import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import Heading from '@atlaskit/heading';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { type Run, runItemsKey } from '@/api/use-live-run';
import { BeforeAfter, ChangeWords } from '@/parts/change-words';
import { EvidenceWords } from '@/parts/evidence-words';
import { Facts } from '@/parts/facts';
import { HostileText, plain } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { OUTCOME_MEANING } from '@/parts/outcome-words';
import { Failed, Loading } from '@/parts/page-states';
import { accountPath } from '@/parts/person';
import { PreText } from '@/parts/pre-text';
import { ServerWords } from '@/parts/server-words';
import { State } from '@/parts/states';
import { ItemRequests } from './item-requests';
import styles from './runs.module.css';

interface RunItemDialogProps {
  run: Run;
  account: string | undefined;
  onClose: () => void;
}

export function RunItemDialog(props: RunItemDialogProps) {
  return <ModalTransition>{props.account !== undefined && <Shown {...props} account={props.account} />}</ModalTransition>;
}

function Shown({ run, account, onClose }: RunItemDialogProps & { account: string }) {
  const items = useQuery({
    queryKey: [...runItemsKey(run.id), 'of', account],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/runs/{id}/items', { params: { path: { id: run.id }, query: { account, limit: 100 } }, signal })),
  });
  const first = items.data?.items[0];
  return (
    <ModalDialog width="large" onClose={onClose} shouldReturnFocus>
      <ModalHeader hasCloseButton>
        <ModalTitle>{first ? plain(first.name || first.account) : 'Account'}</ModalTitle>
      </ModalHeader>
      <ModalBody>
        {items.error && !items.data && <Failed problem={asProblem(items.error)} what="What was done to this account" retry={() => void items.refetch()} />}
        {items.isPending && <Loading rows={4} what="what was done to this account" />}
        {items.data && first === undefined && <Text>This run does nothing to the account {account}.</Text>}
        {first && (
          <Stack space="space.300">
            <Facts
              facts={[
                // Also gives the keyboard a hold where the dialog is so long that it scrolls.
                ['Signs in as', <Link key="a" to={accountPath(run.site, account)}><HostileText text={first.account} /></Link>],
                ['Selected because', <HostileText key="w" text={first.why} />],
                ['Evidence', <EvidenceWords key="e" evidence={first.evidence} />],
              ]}
            />
            <Stack space="space.150">
              <Heading size="xsmall" as="h2">
                Changes
              </Heading>
              {items.data?.items.map((item) => <Change key={item.seq} item={item} site={run.site} />)}
            </Stack>
            <AuditOf run={run} account={account} />
          </Stack>
        )}
      </ModalBody>
      <ModalFooter>
        <Button appearance="primary" onClick={onClose}>
          Close
        </Button>
      </ModalFooter>
    </ModalDialog>
  );
}

function Change({ item, site }: { item: Schemas['RunItem']; site: string }) {
  return (
    <div className={styles.change}>
      <Stack space="space.100">
        <Inline space="space.100" alignBlock="center" shouldWrap>
          <Text weight="medium">
            {item.seq}. <ChangeWords action={item.action} />
          </Text>
          <State of="item" state={item.outcome} />
        </Inline>
        <BeforeAfter before={item.before} after={item.after} />
        <Text color="color.text.subtle">{OUTCOME_MEANING[item.outcome] ?? ''}</Text>
        {item.reason && <ServerWords text={item.reason} site={site} />}
        <ItemRequests item={item} />
        <Text size="small" color="color.text.subtle">
          {item.attempts === 0 ? 'Not begun' : item.attempts === 1 ? 'One attempt' : `${item.attempts} attempts`}
          {item.startedAt && (
            <>
              , begun <Instant at={item.startedAt} as="time" />
            </>
          )}
          {item.finishedAt && (
            <>
              , outcome <Instant at={item.finishedAt} as="time" />
            </>
          )}
          . {item.undo ? 'Can be taken back.' : 'Cannot be taken back.'}
        </Text>
      </Stack>
    </div>
  );
}

const KINDS: Record<string, string> = { 'run.item.intent': 'Intent', 'run.item.outcome': 'Outcome' };

function AuditOf({ run, account }: { run: Run; account: string }) {
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ['audit', { run: run.id }, account],
    queryFn: ({ signal }) => answerOf(api.GET('/api/v1/audit', { params: { query: { run: run.id, account, limit: 200 } }, signal })),
  });
  return (
    <Stack space="space.150">
      <Heading size="xsmall" as="h2">
        In the audit log
      </Heading>
      {error && !data && <Failed problem={asProblem(error)} what="The audit log" retry={() => void refetch()} />}
      {isPending && <Loading rows={3} what="the audit log" />}
      {data?.items.length === 0 && <Text>Nothing yet: an entry is written before a change is begun.</Text>}
      {data && data.items.length > 0 && (
        <ol className={styles.story}>
          {[...data.items].reverse().map((entry) => (
            <li key={entry.seq}>
              <Instant at={entry.at} as="time" />
              <div>
                <Text weight="medium">{KINDS[entry.kind] ?? entry.kind}</Text>{' '}
                <Text size="small" color="color.text.subtle">
                  entry {entry.seq}, item {entry.subject.item}, by <HostileText text={entry.actor} />
                </Text>
                {entry.why && (
                  <div>
                    <HostileText text={entry.why} />
                  </div>
                )}
                <PreText text={JSON.stringify({ before: entry.before, after: entry.after, ...(entry.details as object | null) }, null, 2)} label={`Details of entry ${entry.seq}`} />
              </div>
            </li>
          ))}
        </ol>
      )}
    </Stack>
  );
}
