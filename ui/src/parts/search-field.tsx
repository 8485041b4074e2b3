// Searches a list once somebody pauses typing.
import Textfield from '@atlaskit/textfield';
import { useEffect, useId, useRef, useState } from 'react';
import styles from './search-field.module.css';

interface SearchFieldProps {
  /** What is searched, for screen readers. */
  label: string;
  placeholder: string;
  value: string | undefined;
  onSearch: (text: string | undefined) => void;
}

export function SearchField({ label, placeholder, value, onSearch }: SearchFieldProps) {
  const id = useId();
  const [text, setText] = useState(value ?? '');
  const search = useRef(onSearch);
  search.current = onSearch;
  const told = useRef(value ?? '');

  // Searched for elsewhere, or cleared.
  useEffect(() => {
    if ((value ?? '') === told.current) return;
    told.current = value ?? '';
    setText(value ?? '');
  }, [value]);
  useEffect(() => {
    if (text === told.current) return;
    const timer = setTimeout(() => {
      told.current = text;
      search.current(text || undefined);
    }, 300);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className={styles.search}>
      <Textfield id={id} type="search" aria-label={label} placeholder={placeholder} isCompact maxLength={200} value={text} onChange={(event) => setText(event.currentTarget.value)} />
    </div>
  );
}
