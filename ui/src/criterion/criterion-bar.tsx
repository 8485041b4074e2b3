// Where somebody says whom they mean: as text with proposals, as form rows, with what comes out while they write.
import Button from '@atlaskit/button/new';
import { type ReactNode, useState } from 'react';
import { Field } from '@/parts/field';
import { CriterionFindings, CriterionSample } from './criterion-findings';
import { CriterionRows } from './criterion-rows';
import { CriterionText } from './criterion-text';
import styles from './criterion-bar.module.css';
import { FilterMenu } from './filter-menu';
import { type Findings, useFindings } from './use-findings';

interface CriterionBarProps {
  /** Whose names are proposed and whose accounts are counted; without one the text alone is checked. */
  site: string | undefined;
  value: string;
  onChange: (text: string) => void;
  label?: string;
  /** With it, Enter and a button hand the criterion over; without it, it counts as it is written. */
  onApply?: (text: string) => void;
  /** What was handed over last; while the text is the same, no sample is shown. */
  applied?: string;
  emptyMeans?: 'everybody' | 'nothing';
  /** What the button says that hands it over. */
  applyWords?: string;
  /** Whether some of those who match are shown. */
  hasSample?: boolean;
  isRequired?: boolean;
  help?: ReactNode;
  /** What the server said of it when the form was sent. */
  problem?: { message: string; suggestion?: string | null } | undefined;
  /** What stands beside the buttons. */
  actions?: (findings: Findings) => ReactNode;
}

const PLACE = 'rollcall.criterion.rows';

function areRowsWanted(): boolean {
  try {
    return localStorage.getItem(PLACE) !== 'no';
  } catch {
    return true;
  }
}

export function CriterionBar({ site, value, onChange, label = 'Criterion', onApply, applied, emptyMeans = 'nothing', applyWords = 'Show them', hasSample = true, isRequired = false, help, problem, actions }: CriterionBarProps) {
  const findings = useFindings(site, value);
  const [hasRows, setHasRows] = useState(areRowsWanted);
  const { wrong } = findings;
  const isNew = onApply !== undefined && value !== applied;

  function toggleRows() {
    setHasRows(!hasRows);
    try {
      localStorage.setItem(PLACE, hasRows ? 'no' : 'yes');
    } catch {
      // Then until the page is closed.
    }
  }

  const mend = (suggestion: string) => {
    const place = wrong?.position;
    if (place) onChange(value.slice(0, place.start) + suggestion + value.slice(place.end));
  };

  return (
    <div className={styles.bar}>
      <Field label={label} isRequired={isRequired} problem={wrong ? { message: wrong.message, suggestion: wrong.suggestion ?? null } : problem} help={help} {...(wrong?.position ? { onSuggestion: mend } : {})}>
        {(control) => (
          <CriterionText
            control={control}
            site={site}
            value={value}
            onChange={onChange}
            wrong={wrong?.position ?? undefined}
            onApply={onApply && (() => onApply(value))}
            placeholder={emptyMeans === 'everybody' ? 'Everybody. For example: status = enabled AND idle >= 90d' : 'For example: status = enabled AND idle >= 90d'}
          />
        )}
      </Field>
      {hasRows && <CriterionRows site={site} value={value} onChange={onChange} />}
      <CriterionFindings findings={findings} emptyMeans={emptyMeans} />
      {hasSample && site !== undefined && (!onApply || isNew) && !(findings.isEmpty && emptyMeans === 'nothing') && <CriterionSample site={site} findings={findings} />}
      <div className={styles.buttons}>
        {onApply && isNew && (
          <Button appearance="primary" spacing="compact" isDisabled={wrong !== undefined} onClick={() => onApply(value)}>
            {applyWords}
          </Button>
        )}
        <FilterMenu
          value={value}
          onChoose={(criterion) => {
            onChange(criterion);
            onApply?.(criterion);
          }}
        />
        <Button spacing="compact" appearance="subtle" aria-pressed={hasRows} isSelected={hasRows} onClick={toggleRows}>
          Form rows
        </Button>
        {onApply && value !== '' && (
          <Button
            spacing="compact"
            appearance="subtle"
            onClick={() => {
              onChange('');
              onApply('');
            }}
          >
            Clear
          </Button>
        )}
        {actions?.(findings)}
      </div>
    </div>
  );
}
