// The text of a criterion: what is wrong is underlined at its place, what may come next is proposed below.
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { Control } from '@/parts/field';
import { ProposalList } from './proposal-list';
import styles from './criterion-text.module.css';
import { useProposals } from './use-proposals';

interface CriterionTextProps {
  control: Control;
  site: string | undefined;
  value: string;
  onChange: (text: string) => void;
  /** Enter, where no proposal is chosen; without it Enter begins a new line. */
  onApply?: (() => void) | undefined;
  /** What is wrong, in UTF-16 units. */
  wrong?: { start: number; end: number } | undefined;
  placeholder?: string | undefined;
}

export function CriterionText({ control, site, value, onChange, onApply, wrong, placeholder }: CriterionTextProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const list = useId();
  const [caret, setCaret] = useState(0);
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(-1);
  /** Where the cursor goes once the text that was written for somebody is shown. */
  const goTo = useRef<number>();
  const proposals = useProposals(site, value, caret, isOpen);

  // Another list begins without a choice; the same one, asked for again, keeps it.
  const shown = proposals?.list.map((proposal) => proposal.text).join('\n');
  useEffect(() => setActive(-1), [shown]);
  useEffect(() => {
    if (goTo.current === undefined) return;
    area.current?.setSelectionRange(goTo.current, goTo.current);
    setCaret(goTo.current);
    goTo.current = undefined;
  }, [value]);

  function accept(at: number) {
    const proposal = proposals?.list[at];
    if (!proposals || !proposal) return;
    const rest = value.slice(proposals.end);
    const gap = /^[\s,)]/.test(rest) ? '' : ' ';
    const text = value.slice(0, proposals.start) + proposal.text + gap + rest;
    goTo.current = proposals.start + proposal.text.length + (gap || /^\s/.test(rest) ? 1 : 0);
    onChange(text);
    setIsOpen(true);
    area.current?.focus();
  }

  function keyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      setCaret(event.currentTarget.selectionStart);
      setIsOpen(true);
      return;
    }
    const count = proposals?.list.length ?? 0;
    if (count > 0) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        setActive(event.key === 'ArrowDown' ? (active + 1) % count : active <= 0 ? count - 1 : active - 1);
        return;
      }
      if ((event.key === 'Enter' || event.key === 'Tab') && active >= 0 && !event.shiftKey) {
        event.preventDefault();
        accept(active);
        return;
      }
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        setIsOpen(false);
        return;
      }
    }
    if (event.key === 'Enter' && !event.shiftKey && onApply) {
      event.preventDefault();
      setIsOpen(false);
      onApply();
    }
  }

  const optionId = (at: number) => `${list}-${at}`;
  return (
    <div className={styles.frame}>
      <div className={styles.box} data-wrong={control['aria-invalid'] ? '' : undefined}>
        <Mirror text={value} wrong={wrong} />
        <textarea
          ref={area}
          className={styles.area}
          id={control.id}
          rows={1}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          placeholder={placeholder}
          value={value}
          aria-describedby={control['aria-describedby']}
          aria-invalid={control['aria-invalid']}
          aria-required={control.isRequired}
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls={proposals ? list : undefined}
          aria-activedescendant={proposals && active >= 0 ? optionId(active) : undefined}
          onChange={(event) => {
            onChange(event.currentTarget.value);
            setCaret(event.currentTarget.selectionStart);
            setIsOpen(true);
          }}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={keyDown}
          onBlur={() => setIsOpen(false)}
        />
      </div>
      {proposals && <ProposalList id={list} optionId={optionId} proposals={proposals.list} active={active} onChoose={accept} />}
    </div>
  );
}

/** The same text behind the field, so that a part of it can be underlined; it also makes the field as high as its text. */
function Mirror({ text, wrong }: { text: string; wrong: { start: number; end: number } | undefined }) {
  if (!wrong) {
    return (
      <div aria-hidden className={styles.mirror}>
        {text}
        {'\u200b'}
      </div>
    );
  }
  const start = Math.min(wrong.start, text.length);
  const end = Math.max(start, Math.min(wrong.end, text.length));
  return (
    <div aria-hidden className={styles.mirror}>
      {text.slice(0, start)}
      <span className={styles.wrong} data-wrong-part>
        {text.slice(start, end) || '\u00a0\u00a0'}
      </span>
      {text.slice(end)}
      {'\u200b'}
    </div>
  );
}
