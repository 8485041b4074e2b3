// The head of a column; where it sorts, a button.
import ArrowDownIcon from '@atlaskit/icon/core/arrow-down';
import ArrowUpIcon from '@atlaskit/icon/core/arrow-up';
import styles from './data-table.module.css';

interface HeadCellProps {
  column: { head: string; sort?: string; align?: 'end'; width?: string };
  sort: string | undefined;
  onSort: ((sort: string) => void) | undefined;
}

export function HeadCell({ column, sort, onSort }: HeadCellProps) {
  const isUp = column.sort !== undefined && sort === column.sort;
  const isDown = column.sort !== undefined && sort === `-${column.sort}`;
  const field = column.sort;
  return (
    <th
      scope="col"
      role="columnheader"
      className={column.align === 'end' ? styles.end : undefined}
      style={column.width ? { width: column.width } : undefined}
      {...(field && onSort ? { 'aria-sort': isUp ? 'ascending' : isDown ? 'descending' : 'none' } : {})}
    >
      {field && onSort ? (
        <button type="button" className={styles.sort} onClick={() => onSort(isUp ? `-${field}` : field)}>
          {column.head}
          {isUp && <ArrowUpIcon label="" size="small" />}
          {isDown && <ArrowDownIcon label="" size="small" />}
        </button>
      ) : (
        column.head
      )}
    </th>
  );
}
