import Button from '@atlaskit/button/new';
import Select from '@atlaskit/select';
import Textfield from '@atlaskit/textfield';
import { useEffect, useRef, useState } from 'react';
import { type Control, Field } from '@/parts/field';
import styles from './audit.module.css';
import { KINDS, kindWords } from './kinds';
import type { AuditFilter, FilterField } from './use-audit-filter';

interface AuditFilterFieldsProps {
  filter: AuditFilter;
  onChange: (change: AuditFilter) => void;
  onClear: () => void;
}

export function AuditFilterFields({ filter, onChange, onClear }: AuditFilterFieldsProps) {
  const text = (field: FilterField, label: string) => (
    <div className={styles.filterField}>
      <Field label={label}>{(control) => <Typed control={control} value={filter[field] ?? ''} onChange={(value) => onChange({ [field]: value })} />}</Field>
    </div>
  );
  const day = (field: 'since' | 'until', label: string) => (
    <div className={styles.filterField}>
      <Field label={label}>{(control) => <Textfield {...control} type="date" value={filter[field] ?? ''} onChange={(event) => onChange({ [field]: event.currentTarget.value })} />}</Field>
    </div>
  );
  return (
    <search className={styles.filter} aria-label="Filter of the audit log">
      <div className={styles.filterWide}>
        <Field label="What">
          {(control) => (
            <Select
              inputId={control.id}
              options={KINDS}
              isClearable
              placeholder="Everything"
              value={filter.kind ? { value: filter.kind, label: kindWords(filter.kind) } : null}
              onChange={(chosen) => onChange({ kind: chosen?.value ?? '' })}
            />
          )}
        </Field>
      </div>
      {text('actor', 'By whom')}
      {text('policy', 'Policy')}
      {text('account', 'Account (key)')}
      {text('run', 'Run (id)')}
      {text('plan', 'Plan (id)')}
      {day('since', 'From day')}
      {day('until', 'To day')}
      {Object.keys(filter).length > 0 && <Button onClick={onClear}>Clear filter</Button>}
    </search>
  );
}

/** Filters when somebody stops typing. */
function Typed({ control, value, onChange }: { control: Control; value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  });
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === value) return;
    const timer = setTimeout(() => change.current(wanted), 400);
    return () => clearTimeout(timer);
  }, [typed, value]);
  return <Textfield {...control} autoComplete="off" spellCheck={false} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />;
}
