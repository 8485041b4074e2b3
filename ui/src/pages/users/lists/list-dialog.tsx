// Names or addresses that somebody has: pasted or from a file they become a list, and the list a criterion.
import ModalDialog, { ModalTransition } from '@atlaskit/modal-dialog';
import { useState } from 'react';
import type { Schemas } from '@/api/client';
import { ListForm } from './list-form';
import { ListFound } from './list-found';

interface ListDialogProps {
  site: string;
  isOpen: boolean;
  onClose: () => void;
  onShow: (criterion: string) => void;
}

export function ListDialog({ site, isOpen, onClose, onShow }: ListDialogProps) {
  return <ModalTransition>{isOpen && <Shown site={site} onClose={onClose} onShow={onShow} />}</ModalTransition>;
}

function Shown({ site, onClose, onShow }: Omit<ListDialogProps, 'isOpen'>) {
  const [list, setList] = useState<Schemas['List']>();
  return (
    <ModalDialog onClose={onClose} shouldCloseOnOverlayClick={false} width="medium">
      {list ? <ListFound site={site} list={list} onBack={() => setList(undefined)} onShow={onShow} /> : <ListForm onKept={setList} onClose={onClose} />}
    </ModalDialog>
  );
}
