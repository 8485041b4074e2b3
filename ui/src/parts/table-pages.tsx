// Below a table: where in the list it is, and the way on and back.
import Button from '@atlaskit/button/new';
import type { Pages } from '@/api/use-pages';
import styles from './data-table.module.css';
import { number } from './numbers';

export function TablePages({ label, pages, id }: { label: string; pages: Pages<unknown>; id: string }) {
  const { rows = [], first, total, hasNext, hasPrevious } = pages;
  if (rows.length === 0 && !hasPrevious) return null;
  const last = first + rows.length - 1;
  const where = total === undefined ? `${number(first)}–${number(last)}` : `${number(first)}–${number(last)} of ${number(total)}`;
  return (
    <nav className={styles.pages} aria-label={`Pages of ${label.toLowerCase()}`}>
      <span role="status" id={id}>
        {pages.isTurning ? 'Loading…' : where}
      </span>
      {(hasNext || hasPrevious) && (
        <>
          <Button spacing="compact" isDisabled={!hasPrevious} onClick={pages.previous} aria-describedby={id}>
            Previous
          </Button>
          <Button spacing="compact" isDisabled={!hasNext} onClick={pages.next} aria-describedby={id}>
            Next
          </Button>
        </>
      )}
    </nav>
  );
}
