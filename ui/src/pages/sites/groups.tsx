import Button from '@atlaskit/button/new';
import Lozenge from '@atlaskit/lozenge';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle, ModalTransition } from '@atlaskit/modal-dialog';
import { Inline, Stack, Text } from '@atlaskit/primitives/compiled';
import Textfield from '@atlaskit/textfield';
import { type FormEvent, useState } from 'react';
import { Link } from 'react-router';
import { type Schemas, answerOf, api } from '@/api/client';
import { useIntention } from '@/api/idempotency';
import { usePages } from '@/api/use-pages';
import { raiseFlag } from '@/frame/flag-list';
import { useMay } from '@/frame/session';
import { type Column, DataTable } from '@/parts/data-table';
import { Field } from '@/parts/field';
import { HostileText } from '@/parts/hostile-text';
import { number } from '@/parts/numbers';
import { Empty, ProblemMessage } from '@/parts/page-states';

type Group = Schemas['Group'];

const quoted = (name: string) => `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

const columnsOf = (site: string): readonly Column<Group>[] => [
  { id: 'name', head: 'Name', cell: (group) => <HostileText text={group.name} /> },
  {
    id: 'gives',
    head: 'Gives',
    cell: (group) => (
      <Inline space="space.050" shouldWrap rowSpace="space.050">
        {group.givesSeat && <Lozenge appearance="inprogress">a seat</Lozenge>}
        {group.givesAdmin && <Lozenge appearance="moved">administration</Lozenge>}
        {!group.givesSeat && !group.givesAdmin && (group.givesSeat == null ? 'not told' : '–')}
      </Inline>
    ),
  },
  { id: 'direct', head: 'Direct members', align: 'end', cell: (group) => number(group.directMembers) },
  {
    id: 'members',
    head: 'With nested groups',
    align: 'end',
    cell: (group) => <Link to={`/users?site=${encodeURIComponent(site)}&criterion=${encodeURIComponent(`group = ${quoted(group.name)}`)}`}>{number(group.members)}</Link>,
  },
];

export function Groups({ site }: { site: string }) {
  const mayMake = useMay('admin');
  const [isMaking, setIsMaking] = useState(false);
  const pages = usePages(['groups', site], (cursor, signal) => answerOf(api.GET('/api/v1/sites/{site}/groups', { params: { path: { site }, query: cursor ? { cursor } : {} }, signal })));
  return (
    <>
      <DataTable
        label={`Groups of ${site}`}
        pages={pages}
        columns={columnsOf(site)}
        keyOf={(group) => group.name}
        toolbar={mayMake && <Button onClick={() => setIsMaking(true)}>Make a group</Button>}
        empty={<Empty title="No groups are known">The groups of the newest snapshot stand here; read the site.</Empty>}
      />
      {isMaking && <MakeGroup site={site} onClose={() => setIsMaking(false)} />}
    </>
  );
}

function MakeGroup({ site, onClose }: { site: string; onClose: () => void }) {
  const [name, setName] = useState('');
  const [lacks, setLacks] = useState<string>();
  const make = useIntention((body: Schemas['NewGroup'], key) => answerOf(api.POST('/api/v1/sites/{site}/groups', { params: { path: { site }, header: { 'idempotency-key': key } }, body })), {
    onSuccess: (made) => {
      raiseFlag({ kind: 'done', title: `The group ${made.name} is made at ${site}`, description: 'It is listed here after the site was read again.' });
      onClose();
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setLacks(name.trim() ? undefined : 'Give it a name.');
    if (name.trim() && !make.isPending) make.mutate({ name: name.trim() });
  }
  const atName = make.error?.at('/name');
  return (
    <ModalTransition>
      <ModalDialog onClose={make.isPending ? () => undefined : onClose} width="small" shouldCloseOnOverlayClick={false}>
        <form noValidate onSubmit={submit}>
          <ModalHeader hasCloseButton>
            <ModalTitle>Make a group at {site}</ModalTitle>
          </ModalHeader>
          <ModalBody>
            <Stack space="space.200">
              <Text>A group without members and permissions, for policies that put people aside: confluence-inactive for instance.</Text>
              <Field label="Name" isRequired problem={lacks ?? atName}>
                {(control) => <Textfield {...control} autoFocus autoComplete="off" value={name} onChange={(event) => setName(event.currentTarget.value)} />}
              </Field>
              {make.error && !atName && <ProblemMessage problem={make.error} />}
            </Stack>
          </ModalBody>
          <ModalFooter>
            <Button appearance="subtle" onClick={onClose} isDisabled={make.isPending}>
              Cancel
            </Button>
            <Button type="submit" appearance="primary" isLoading={make.isPending}>
              Make the group
            </Button>
          </ModalFooter>
        </form>
      </ModalDialog>
    </ModalTransition>
  );
}
