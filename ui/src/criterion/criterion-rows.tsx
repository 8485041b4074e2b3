// The same criterion as form rows. What is changed here is written into the text at once, and the other way round; a text that is more
// than an AND of conditions has no rows, and says so.
import Button, { IconButton } from '@atlaskit/button/new';
import AddIcon from '@atlaskit/icon/core/add';
import CrossIcon from '@atlaskit/icon/core/cross';
import Select from '@atlaskit/select/select';
import { useEffect, useRef, useState } from 'react';
import { ConditionValue } from './condition-value';
import styles from './criterion-bar.module.css';
import { FIELDS, type FieldInfo, OPERATORS, fieldOf, operatorOf } from './fields';
import { type Condition, UNFINISHED, joined, readConditions, written } from './language';

interface Row {
  id: number;
  field: FieldInfo | undefined;
  operator: string;
  values: readonly string[];
}

let last = 0;
const rowOf = ({ field, operator, values }: Condition): Row => {
  last += 1;
  return { id: last, field: fieldOf(field), operator, values };
};

const takes = (row: Row) => (row.field ? (operatorOf(row.field.kind, row.operator)?.takes ?? 'one') : 'one');

function conditionOf(row: Row): Condition | undefined {
  if (!row.field) return undefined;
  const wanted = takes(row);
  if (wanted !== 'none' && row.values.length === 0) return undefined;
  return { field: row.field.name, operator: row.operator, values: wanted === 'none' ? [] : wanted === 'one' ? row.values.slice(0, 1) : row.values };
}

interface CriterionRowsProps {
  site: string | undefined;
  value: string;
  onChange: (text: string) => void;
}

export function CriterionRows({ site, value, onChange }: CriterionRowsProps) {
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [order, setOrder] = useState('');
  const [richer, setRicher] = useState<string>();
  /** What the rows wrote last: a text that is another one comes from elsewhere, and is read. */
  const wrote = useRef<string>();

  useEffect(() => {
    if (value === wrote.current) return;
    wrote.current = value;
    const read = readConditions(value);
    if ('richer' in read) {
      setRicher(read.richer);
      return;
    }
    setRicher(undefined);
    setOrder(read.order);
    setRows((before) => read.conditions.map((condition, at) => ({ ...rowOf(condition), ...(before[at] ? { id: before[at].id } : {}) })));
  }, [value]);

  function change(next: readonly Row[]) {
    setRows(next);
    const conditions = next.map(conditionOf).filter((one): one is Condition => one !== undefined);
    const text = conditions.length === 0 && value.trim() === '' ? value : joined(conditions.map(written), order);
    wrote.current = text;
    if (text !== value) onChange(text);
  }

  if (richer) {
    return (
      <p className={styles.note}>
        {richer === UNFINISHED ? 'Form rows come back when the text is finished and without a mistake.' : `The text is richer than form rows can show: ${richer}. It is used just as it is written.`}
      </p>
    );
  }
  const set = (id: number, part: Partial<Row>) => change(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <div className={styles.rows} role="group" aria-label="Conditions">
      {rows.map((row, at) => (
        <ConditionRow key={row.id} row={row} at={at} site={site} set={(part) => set(row.id, part)} remove={() => change(rows.filter((one) => one.id !== row.id))} />
      ))}
      <div>
        <Button
          spacing="compact"
          appearance="subtle"
          iconBefore={(icon) => <AddIcon {...icon} size="small" />}
          onClick={() => {
            last += 1;
            setRows([...rows, { id: last, field: undefined, operator: '=', values: [] }]);
          }}
        >
          Add a condition
        </Button>
      </div>
    </div>
  );
}

const GROUPS = [...new Set(FIELDS.map((field) => field.group))].map((group) => ({
  label: group,
  options: FIELDS.filter((field) => field.group === group).map((field) => ({ value: field.name, label: field.label })),
}));

function ConditionRow({ row, at, site, set, remove }: { row: Row; at: number; site: string | undefined; set: (part: Partial<Row>) => void; remove: () => void }) {
  const { field } = row;
  const operators = field ? OPERATORS[field.kind].map((one) => ({ value: one.written, label: one.label })) : [];
  const wanted = takes(row);
  const what = `condition ${at + 1}`;
  return (
    <div className={styles.row} role="group" aria-label={field ? `${field.label}, ${what}` : what}>
      <span className={styles.and}>{at === 0 ? 'Where' : 'and'}</span>
      <div className={styles.field}>
        <Select
          label={`Field of ${what}`}
          aria-label={`Field of ${what}`}
          spacing="compact"
          options={GROUPS}
          value={field ? { value: field.name, label: field.label } : null}
          placeholder="Choose a field"
          autoFocus={!field}
          onChange={(chosen) => {
            const next = chosen ? fieldOf(String(chosen.value)) : undefined;
            if (!next || next.name === field?.name) return;
            const isAlike = field && field.kind === next.kind && next.kind !== 'choice';
            set({ field: next, operator: isAlike ? row.operator : (OPERATORS[next.kind][0]?.written ?? '='), values: isAlike ? row.values : [] });
          }}
        />
      </div>
      {field && (
        <div className={styles.operator}>
          <Select
            label={`Comparison of ${what}`}
            aria-label={`Comparison of ${what}`}
            spacing="compact"
            options={operators}
            value={operators.find((one) => one.value === row.operator) ?? null}
            onChange={(chosen) => chosen && set({ operator: String(chosen.value) })}
          />
        </div>
      )}
      {field && wanted !== 'none' && (
        <div className={styles.value}>
          <ConditionValue label={`Value of ${what}`} site={site} field={field} isMany={wanted === 'many'} values={row.values} onChange={(values) => set({ values })} />
        </div>
      )}
      <IconButton icon={(icon) => <CrossIcon {...icon} size="small" />} label={`Remove ${what}`} spacing="compact" appearance="subtle" onClick={remove} />
    </div>
  );
}
