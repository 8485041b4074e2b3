// What may be written next, to choose from.
import VisuallyHidden from '@atlaskit/visually-hidden';
import { useEffect } from 'react';
import { HostileText } from '@/parts/hostile-text';
import { counted } from '@/parts/numbers';
import styles from './criterion-text.module.css';
import type { Proposal } from './use-proposals';

interface ProposalListProps {
  id: string;
  optionId: (at: number) => string;
  proposals: readonly Proposal[];
  /** The one that Enter takes; -1: none. */
  active: number;
  onChoose: (at: number) => void;
}

export function ProposalList({ id, optionId, proposals, active, onChoose }: ProposalListProps) {
  useEffect(() => {
    if (active >= 0) document.getElementById(optionId(active))?.scrollIntoView({ block: 'nearest' });
  }, [active, optionId]);
  return (
    <>
      <ul id={id} role="listbox" aria-label="What may be written here" className={styles.list} tabIndex={-1}>
        {proposals.map((proposal, at) => (
          <li
            key={`${proposal.kind} ${proposal.text}`}
            id={optionId(at)}
            role="option"
            aria-selected={at === active}
            className={styles.option}
            // The field keeps the focus.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(at)}
          >
            <span className={styles.word}>
              <HostileText text={proposal.text} />
            </span>
            {proposal.meaning && <span className={styles.meaning}>{proposal.meaning.replaceAll('`', '')}</span>}
          </li>
        ))}
      </ul>
      <VisuallyHidden role="status">{counted(proposals.length, 'proposal')}; choose with the arrow keys.</VisuallyHidden>
    </>
  );
}
