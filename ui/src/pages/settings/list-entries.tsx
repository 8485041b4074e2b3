import Button from '@atlaskit/button/new';
import ModalDialog, { ModalBody, ModalFooter, ModalHeader, ModalTitle } from '@atlaskit/modal-dialog';
import { answerOf, api } from '@/api/client';
import { usePages } from '@/api/use-pages';
import { DataTable } from '@/parts/data-table';
import { HostileText, plain } from '@/parts/hostile-text';
import { Empty } from '@/parts/page-states';

/** Inside a `<ModalTransition>`. */
export function ListEntries({ list, onClose }: { list: string; onClose: () => void }) {
  const pages = usePages(['lists', list, 'entries'], (cursor, signal) => answerOf(api.GET('/api/v1/lists/{list}/entries', { params: { path: { list }, query: { limit: 100, ...(cursor ? { cursor } : {}) } }, signal })));
  return (
    <ModalDialog onClose={onClose}>
      <ModalHeader hasCloseButton>
        <ModalTitle>{plain(list)}</ModalTitle>
      </ModalHeader>
      <ModalBody>
        <DataTable label="Entries" pages={pages} columns={[{ id: 'entry', head: 'Name or address', cell: (entry: string) => <HostileText text={entry} /> }]} keyOf={(entry) => entry} empty={<Empty title="The list is empty">Nobody is on it. Import it again.</Empty>} />
      </ModalBody>
      <ModalFooter>
        <Button appearance="primary" onClick={onClose}>
          Close
        </Button>
      </ModalFooter>
    </ModalDialog>
  );
}
