// Which columns a table shows.
import Button from '@atlaskit/button/new';
import Checkbox from '@atlaskit/checkbox';
import ChevronDownIcon from '@atlaskit/icon/core/chevron-down';
import Popup from '@atlaskit/popup';
import { useState } from 'react';
import styles from './data-table.module.css';

interface ColumnChoiceProps {
  columns: readonly { id: string; head: string; isFixed?: boolean }[];
  shown: readonly string[];
  onChoose: (shown: readonly string[]) => void;
  onReset: () => void;
}

export function ColumnChoice({ columns, shown, onChoose, onReset }: ColumnChoiceProps) {
  const [isOpen, setIsOpen] = useState(false);
  const toggle = (id: string) =>
    onChoose(columns.filter((column) => (column.id === id ? !shown.includes(id) : shown.includes(column.id))).map((column) => column.id));
  return (
    <Popup
      isOpen={isOpen}
      onClose={() => setIsOpen(false)}
      placement="bottom-end"
      label="Columns"
      role="dialog"
      shouldRenderToParent
      content={() => (
        <div className={styles.choice} role="group" aria-label="Columns to show">
          {columns.map((column) => (
            <Checkbox key={column.id} label={column.head} isChecked={column.isFixed || shown.includes(column.id)} isDisabled={column.isFixed ?? false} onChange={() => toggle(column.id)} />
          ))}
          <Button spacing="compact" onClick={onReset}>
            Reset
          </Button>
        </div>
      )}
      trigger={({ 'aria-controls': controls, 'aria-expanded': expanded, 'aria-haspopup': popup, ref }) => (
        <Button ref={ref} appearance="subtle" spacing="compact" iconAfter={(icon) => <ChevronDownIcon {...icon} size="small" />} aria-controls={controls} aria-expanded={expanded} aria-haspopup={popup} isSelected={isOpen} onClick={() => setIsOpen(!isOpen)}>
          Columns
        </Button>
      )}
    />
  );
}
