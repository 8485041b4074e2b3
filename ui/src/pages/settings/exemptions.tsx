// Whom nothing may touch, of each site: exempt accounts and groups, and the groups that are protected for good.
import Button from '@atlaskit/button/new';
import Lozenge from '@atlaskit/lozenge';
import { ModalTransition } from '@atlaskit/modal-dialog';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { asProblem } from '@/api/problems';
import { usePages } from '@/api/use-pages';
import { useSites } from '@/api/use-sites';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { useSite } from '@/frame/use-site';
import { ConfirmDialog } from '@/parts/confirm-dialog';
import { type Column, DataTable } from '@/parts/data-table';
import { HostileText, plain } from '@/parts/hostile-text';
import { Instant } from '@/parts/instant';
import { NeedsSite } from '@/parts/needs-site';
import { Empty } from '@/parts/page-states';
import { Section } from '@/parts/section';
import { About } from './about';
import { AddExemption } from './add-exemption';
import styles from './settings.module.css';

type Exemption = Schemas['Exemption'];

const isOver = ({ until }: Exemption): boolean => until != null && new Date(until).getTime() < Date.now();

export default function Exemptions() {
  return (
    <Stack space="space.300">
      <About>No policy and no plan touches whoever is listed here, whatever it selects. Exemptions belong to one site; they may end by themselves.</About>
      <Which />
      <NeedsSite>{(site) => <OfSite key={site} site={site} />}</NeedsSite>
    </Stack>
  );
}

function Which() {
  const { site, sites, choose } = useSite();
  if (sites.length < 2) return null;
  return (
    <div role="group" aria-label="Site">
      <Inline space="space.100" shouldWrap rowSpace="space.100">
        {sites.map(({ name }) => (
          <Button key={name} spacing="compact" isSelected={name === site} onClick={() => choose(name)}>
            {name}
          </Button>
        ))}
      </Inline>
    </div>
  );
}

function OfSite({ site }: { site: string }) {
  const client = useQueryClient();
  const mayExempt = useMay('operator');
  const mayProtect = useMay('admin');
  const { data: sites = [] } = useSites();
  const [isAdding, setIsAdding] = useState(false);
  const [asked, setAsked] = useState<Exemption>();
  const pages = usePages(['exemptions', site], (cursor, signal) => answerOf(api.GET('/api/v1/sites/{site}/exemptions', { params: { path: { site }, query: cursor ? { cursor } : {} }, signal })));
  const end = useMutation({
    mutationFn: ({ kind, name, etag }: Exemption) => answerOf(api.DELETE('/api/v1/sites/{site}/exemptions/{kind}/{name}', { params: { path: { site, kind, name }, header: { 'If-Match': etag } } })),
    onSuccess: () => {
      setAsked(undefined);
      raiseFlag({ kind: 'done', title: 'The exemption is ended', description: 'Policies may select them again from the next plan on.' });
      for (const key of ['exemptions', 'accounts', 'account']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  const columns: readonly Column<Exemption>[] = [
    { id: 'name', head: 'Who', isFixed: true, cell: ({ name }) => <HostileText text={name} /> },
    { id: 'kind', head: 'Is a', cell: ({ kind }) => (kind === 'group' ? 'group' : 'account') },
    { id: 'reason', head: 'Why', width: '30%', cell: ({ reason }) => <HostileText text={reason} /> },
    {
      id: 'until',
      head: 'Until',
      cell: (exemption) =>
        exemption.until ? (
          <Inline space="space.075" alignBlock="center" shouldWrap>
            <Instant at={exemption.until} as="date" />
            {isOver(exemption) && <Lozenge>over</Lozenge>}
          </Inline>
        ) : (
          'for good'
        ),
    },
    {
      id: 'by',
      head: 'Added',
      cell: ({ addedBy, addedAt }) => (
        <>
          <Instant at={addedAt} />, by <HostileText text={addedBy} />
        </>
      ),
    },
    ...(mayExempt
      ? [
          {
            id: 'end',
            head: 'End it',
            cell: (exemption: Exemption) => (
              <Button spacing="compact" aria-label={`End the exemption of ${plain(exemption.name)}`} onClick={() => setAsked(exemption)}>
                End
              </Button>
            ),
          },
        ]
      : []),
  ];
  const groups = sites.find(({ name }) => name === site)?.settings.protectedGroups ?? [];
  return (
    <Stack space="space.300">
      <DataTable
        label={`Exemptions of ${site}`}
        pages={pages}
        columns={columns}
        keyOf={({ kind, name }) => `${kind} ${name}`}
        toolbar={mayExempt && <Button onClick={() => setIsAdding(true)}>Exempt somebody</Button>}
        empty={<Empty title="Nobody is exempt">Accounts of services, and people on a long leave, are exempted here, with the reason and for as long as it takes.</Empty>}
      />
      <Section title="Protected groups">
        {groups.length === 0 ? (
          <Text>No group is protected at {site}.</Text>
        ) : (
          <ul>
            {groups.map((group) => (
              <li key={group}>
                <HostileText text={group} />
              </li>
            ))}
          </ul>
        )}
        <Text color="color.text.subtle">Their members, nested ones included, are never changed. {mayProtect ? <Link className={styles.link} to={`/sites/${encodeURIComponent(site)}/settings`}>Change them in the settings of the site</Link> : 'An admin changes them in the settings of the site.'}</Text>
      </Section>
      <ModalTransition>{isAdding && <AddExemption site={site} onClose={() => setIsAdding(false)} />}</ModalTransition>
      <ConfirmDialog
        isOpen={asked !== undefined}
        title="End the exemption?"
        action="End it"
        appearance="warning"
        isBusy={end.isPending}
        problem={end.error ? asProblem(end.error) : undefined}
        onConfirm={() => asked && end.mutate(asked)}
        onClose={() => {
          end.reset();
          setAsked(undefined);
        }}
      >
        <Text>{asked && plain(asked.name)} may be selected by policies again.</Text>
      </ConfirmDialog>
    </Stack>
  );
}
