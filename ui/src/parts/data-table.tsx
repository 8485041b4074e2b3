// A list of the API as a table: pages, sorting, chosen rows, chosen columns; what it shows while loading, without rows, and when it fails.
import Checkbox from '@atlaskit/checkbox';
import { type ReactNode, useId } from 'react';
import type { Pages } from '@/api/use-pages';
import { ColumnChoice } from './column-choice';
import styles from './data-table.module.css';
import { HeadCell } from './head-cell';
import { number } from './numbers';
import { Failed, Loading } from './page-states';
import { TablePages } from './table-pages';
import { useColumns } from './use-columns';
import type { Selection } from './use-selection';
import { useIsWide } from './use-is-wide';

export interface Column<Row> {
  id: string;
  head: string;
  cell: (row: Row) => ReactNode;
  /** The field of the API by which it sorts. */
  sort?: string;
  align?: 'end';
  /** CSS length; the others share what is left. */
  width?: string;
  /** Cannot be hidden. */
  isFixed?: boolean;
  /** Not shown until somebody chooses it. */
  isExtra?: boolean;
}

interface DataTableProps<Row> {
  /** What the table lists, for screen readers and messages: "Users". */
  label: string;
  pages: Pages<Row>;
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  /** What a row is called, for its checkbox. */
  nameOf?: (row: Row) => string;
  /** Under this name the choice of columns is remembered; without it there is none. */
  columnsAs?: string;
  /** Field, with `-` in front for downwards. */
  sort?: string | undefined;
  onSort?: (sort: string) => void;
  selection?: Selection;
  /** What to say and do where there are no rows: an `<Empty>`. */
  empty: ReactNode;
  /** Left of the choice of columns. */
  toolbar?: ReactNode;
  /** For a short list that came whole: no line below that says where in the list it is. */
  isWithoutPages?: boolean;
}

export function DataTable<Row>({ label, pages, columns, keyOf, nameOf, columnsAs, sort, onSort, selection, empty, toolbar, isWithoutPages = false }: DataTableProps<Row>) {
  const id = useId();
  const [frame, isWide] = useIsWide<HTMLDivElement>();
  const standard = columns.filter((column) => !column.isExtra).map((column) => column.id);
  const [chosen, choose] = useColumns(columnsAs, standard);
  const shown = columns.filter((column) => column.isFixed || columnsAs === undefined || chosen.includes(column.id));
  const { rows, problem } = pages;

  const bar = (toolbar || columnsAs) && (
    <div className={styles.bar}>
      <div className={styles.tools}>{toolbar}</div>
      {columnsAs && <ColumnChoice columns={columns} shown={shown.map((column) => column.id)} onChoose={choose} onReset={() => choose(standard)} />}
    </div>
  );
  if (rows === undefined) {
    return (
      <div>
        {bar}
        {problem ? <Failed problem={problem} what={label} retry={pages.retry} /> : <Loading rows={8} what={label.toLowerCase()} />}
      </div>
    );
  }
  const keys = rows.map(keyOf);
  return (
    <div>
      {bar}
      {problem && <Failed problem={problem} what={`More of ${label.toLowerCase()}`} retry={pages.retry} />}
      {selection && <Chosen selection={selection} keys={keys} total={pages.total} />}
      {rows.length === 0 ? (
        empty
      ) : (
        <div ref={frame} className={isWide ? styles.scrolls : styles.fits} {...(isWide ? { tabIndex: 0, role: 'region', 'aria-label': label } : {})}>
          <table className={styles.table} aria-label={label} aria-busy={pages.isTurning} aria-rowcount={pages.total === undefined ? -1 : pages.total + 1} role="table">
            <thead role="rowgroup">
              <tr role="row" aria-rowindex={1}>
                {selection && (
                  <th scope="col" role="columnheader" className={styles.check}>
                    <Checkbox
                      label=""
                      aria-label="All on this page"
                      isChecked={keys.every(selection.has)}
                      isIndeterminate={keys.some(selection.has) && !keys.every(selection.has)}
                      isDisabled={selection.isEverything}
                      onChange={() => selection.togglePage(keys)}
                    />
                  </th>
                )}
                {shown.map((column) => (
                  <HeadCell key={column.id} column={column} sort={sort} onSort={onSort} />
                ))}
              </tr>
            </thead>
            <tbody role="rowgroup" className={pages.isTurning ? styles.turning : undefined}>
              {rows.map((row, at) => {
                const key = keys[at] ?? '';
                return (
                  <tr key={key} role="row" aria-rowindex={pages.first + at + 1} data-chosen={selection?.has(key) || undefined}>
                    {selection && (
                      <td role="cell" className={styles.check}>
                        <Checkbox label="" aria-label={nameOf?.(row) ?? key} isChecked={selection.has(key)} isDisabled={selection.isEverything} onChange={() => selection.toggle(key)} />
                      </td>
                    )}
                    {shown.map((column) => (
                      <td key={column.id} role="cell" data-head={column.head} className={column.align === 'end' ? styles.end : undefined}>
                        <div className={styles.value}>{column.cell(row)}</div>
                      </td>
                    ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      {!isWithoutPages && <TablePages id={id} label={label} pages={pages} />}
    </div>
  );
}

function Chosen({ selection, keys, total }: { selection: Selection; keys: readonly string[]; total: number | undefined }) {
  const count = selection.isEverything ? (total ?? keys.length) : selection.keys.size;
  const mayMore = !selection.isEverything && total !== undefined && total > selection.keys.size && keys.length > 0 && keys.every(selection.has);
  return (
    <div role="status" className={styles.chosen} data-any={count > 0 || undefined}>
      {count > 0 && (
        <>
          <span>{selection.isEverything ? `All ${number(count)} are selected.` : `${number(count)} selected.`}</span>
          {mayMore && total !== undefined && (
            <button type="button" className={styles.textButton} onClick={selection.everything}>
              Select all {number(total)}
            </button>
          )}
          <button type="button" className={styles.textButton} onClick={selection.clear}>
            Clear selection
          </button>
        </>
      )}
    </div>
  );
}
