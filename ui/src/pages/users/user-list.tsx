// The users of a site: whom a criterion selects, in a table, with what can be done with them.
import Button from '@atlaskit/button/new';
import SectionMessage from '@atlaskit/section-message';
import { Stack, Text } from '@atlaskit/primitives/compiled';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { download } from '@/api/download';
import { asProblem } from '@/api/problems';
import { usePages } from '@/api/use-pages';
import { useSites } from '@/api/use-sites';
import { CriterionBar } from '@/criterion/criterion-bar';
import { raiseFlag } from '@/frame/flag-list';
import { Gate, useMay } from '@/frame/session';
import { useAddress } from '@/frame/use-address';
import { ReadingShown, useReadSite } from '@/pages/sites/read-site';
import { DataTable } from '@/parts/data-table';
import { Instant } from '@/parts/instant';
import { counted, number } from '@/parts/numbers';
import { Empty } from '@/parts/page-states';
import { SearchField } from '@/parts/search-field';
import { useSelection } from '@/parts/use-selection';
import { type Carried, type Chosen, MOST_CHOSEN } from './chosen';
import { MOST_TEXT, searched } from './chosen-criterion';
import { ListDialog } from './lists/list-dialog';
import { StaleNotice, useChangedSince } from './stale-notice';
import { type Row, SHOWN_FIELDS, text, userColumns } from './user-columns';
import styles from './users.module.css';

export function UserList({ site }: { site: string }) {
  const [criterion = '', setCriterion] = useAddress('criterion');
  const [search, setSearch] = useAddress('search');
  const [sort, setSort] = useAddress('sort');
  const [draft, setDraft] = useState(criterion);
  const [isListOpen, setIsListOpen] = useState(false);
  const [isLoadingCsv, setIsLoadingCsv] = useState(false);
  const navigate = useNavigate();
  const reading = useReadSite(site);
  const { data: sites } = useSites();
  const mayAct = useMay('operator');

  // Another address, by a link or by going back.
  useEffect(() => setDraft(criterion), [criterion]);

  const asked = { ...(criterion ? { criterion } : {}), ...(search ? { search } : {}), ...(sort ? { sort } : {}) };
  const newest = sites?.find((one) => one.name === site)?.newestSnapshot;
  const wasRead = newest !== null;
  // Pages go on with the snapshot that they began with; once there is a newer one, the list begins anew with it.
  const begunWith = useRef(newest?.takenAt);
  begunWith.current ??= newest?.takenAt;
  const newer = newest?.takenAt === begunWith.current ? undefined : newest?.takenAt;
  const pages = usePages<Row, Schemas['Accounts']>(
    ['accounts', site, asked, newer],
    (cursor, signal) =>
      answerOf(
        api.GET('/api/v1/sites/{site}/accounts', {
          params: { path: { site }, query: { fields: SHOWN_FIELDS, ...asked, ...(cursor ? { cursor } : {}) } },
          signal,
        }),
      ),
    { isWanted: wasRead },
  );
  const changedBy = useChangedSince(site, pages.page?.snapshotTakenAt);
  const client = useQueryClient();
  const snapshot = pages.page?.snapshot;
  const countedOn = useRef(snapshot);
  // The site was read again: what was counted and explained before is of an older snapshot.
  useEffect(() => {
    if (snapshot === undefined || countedOn.current === snapshot) return;
    const isFirst = countedOn.current === undefined;
    countedOn.current = snapshot;
    if (isFirst) return;
    for (const key of ['criterion', 'account', 'explanation', 'profile']) void client.invalidateQueries({ queryKey: [key] });
  }, [client, snapshot]);
  const selection = useSelection(JSON.stringify([site, criterion, search]));
  /** Rows that were shown, so that what is chosen on several pages can be named. */
  const seen = useRef(new Map<string, Chosen>());
  for (const row of pages.rows ?? []) seen.current.set(row.key, { key: row.key, username: text(row.username) ?? '', name: text(row.name) });

  if (!wasRead) {
    return (
      <Stack space="space.200">
        <Empty title="The site was not read yet" action={mayAct && <Button appearance="primary" isLoading={reading.isBusy} onClick={reading.begin}>Read it now</Button>}>
          Its users are listed here once it has been read.
        </Empty>
        <ReadingShown site={site} reading={reading} />
      </Stack>
    );
  }

  const chosen = selection.isEverything ? (pages.total ?? 0) : selection.keys.size;
  const isTooLong = selection.isEverything ? searched(criterion, search).length > MOST_TEXT : chosen > MOST_CHOSEN;
  const act = (of: string) => navigate(`/users/act?${new URLSearchParams({ site, criterion: of })}`);
  function actOnChosen() {
    if (selection.isEverything) return act(searched(criterion, search));
    const state: Carried = { chosen: [...selection.keys].map((key) => seen.current.get(key) ?? { key, username: '', name: undefined }) };
    return navigate(`/users/act?${new URLSearchParams({ site })}`, { state });
  }

  async function keepCsv() {
    const query = new URLSearchParams({ fields: SHOWN_FIELDS, ...asked });
    setIsLoadingCsv(true);
    try {
      await download(`/api/v1/sites/${encodeURIComponent(site)}/accounts?${query}`, { accept: 'text/csv', name: `users-${site}-${new Date().toISOString().slice(0, 10)}.csv` });
    } catch (thrown) {
      raiseFlag({ kind: 'failed', title: 'The users could not be downloaded', description: asProblem(thrown).detail });
    } finally {
      setIsLoadingCsv(false);
    }
  }

  return (
    <Stack space="space.300">
      <CriterionBar
        site={site}
        label="Who"
        value={draft}
        onChange={setDraft}
        applied={criterion}
        onApply={(of) => setCriterion(of || undefined)}
        emptyMeans="everybody"
        actions={(findings) =>
          // What is changed is what is shown.
          mayAct && draft === criterion && findings.total !== undefined && findings.total > 0 && !findings.isEmpty ? (
            <Button spacing="compact" onClick={() => act(searched(criterion, undefined))}>
              Change all {number(findings.total)}…
            </Button>
          ) : null
        }
      />
      {(reading.job || reading.problem) && <ReadingShown site={site} reading={reading} />}
      {changedBy.length > 0 && <StaleNotice runs={changedBy} isReading={reading.isBusy} onRead={reading.begin} />}
      <div className={styles.line}>
        <span>
          {pages.page ? (
            <>
              As the site was read <Instant at={pages.page.snapshotTakenAt} />
              {criterion === '' && !search && pages.total !== undefined && <> · {counted(pages.total, 'account')}</>}
            </>
          ) : (
            '\u00a0'
          )}
        </span>
        {changedBy.length === 0 && (
          <Gate needs="operator">
            <Button spacing="compact" appearance="subtle" isDisabled={reading.isBusy} onClick={reading.begin}>
              Read the site again
            </Button>
          </Gate>
        )}
      </div>
      <DataTable
        label="Users"
        pages={pages}
        columns={userColumns(site)}
        columnsAs="users"
        keyOf={(row) => row.key}
        nameOf={(row) => text(row.username) ?? row.key}
        sort={sort}
        onSort={setSort}
        {...(mayAct ? { selection } : {})}
        toolbar={
          <>
            <SearchField label="Find among them" placeholder="Name or address" value={search} onSearch={setSearch} />
            {mayAct && (
              <Button appearance={chosen > 0 ? 'primary' : 'default'} isDisabled={chosen === 0 || isTooLong} onClick={() => void actOnChosen()}>
                {chosen > 0 ? `Change ${counted(chosen, 'user')}…` : 'Change…'}
              </Button>
            )}
            <Gate needs="operator">
              <Button onClick={() => setIsListOpen(true)}>
                From a list…
              </Button>
            </Gate>
            <Button isLoading={isLoadingCsv} onClick={() => void keepCsv()}>
              Download CSV
            </Button>
          </>
        }
        empty={
          criterion || search ? (
            <Empty
              title="Nobody fits"
              action={
                <Button
                  onClick={() => {
                    setSearch(undefined);
                    setCriterion(undefined);
                  }}
                >
                  Show everybody
                </Button>
              }
            >
              {pages.page && pages.page.unknown > 0
                ? `${counted(pages.page.unknown, 'account')} cannot be decided, because something about them is not known. They are never selected.`
                : 'No account of the newest snapshot fits. A site that was read long ago may know others by now.'}
            </Empty>
          ) : (
            <Empty title="The site has no users">The newest snapshot has no account in it.</Empty>
          )
        }
      />
      {isTooLong && (
        <SectionMessage appearance="warning" title={selection.isEverything ? 'The criterion is too long' : 'Too many rows chosen one by one'}>
          <Text>{selection.isEverything ? 'Shorten it, or put the names in it on a list.' : `At most ${number(MOST_CHOSEN)} can be chosen one by one. Select all that a criterion finds, or put the names on a list.`}</Text>
        </SectionMessage>
      )}
      <ListDialog
        site={site}
        isOpen={isListOpen}
        onClose={() => setIsListOpen(false)}
        onShow={(of) => {
          setIsListOpen(false);
          setSearch(undefined);
          setCriterion(of);
        }}
      />
    </Stack>
  );
}
