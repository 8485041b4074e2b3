// How far a run is: each outcome with its share and its number, told live. With `onChoose` the numbers are filters.
import VisuallyHidden from '@atlaskit/visually-hidden';
import type { ReactNode } from 'react';
import type { LiveRun, Run } from '@/api/use-live-run';
import { Instant } from './instant';
import { counted, number } from './numbers';
import { sentence } from './page-states';
import { OUTCOME_WORDS } from './outcome-words';
import styles from './run-progress.module.css';

/** In the order in which they are read. */
export const OUTCOMES = ['done', 'already', 'started', 'pending', 'drifted', 'refused', 'failed', 'unknown', 'stopped'] as const;

export const itemsOf = ({ counts }: Pick<Run, 'counts'>): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** Items that have their outcome. */
export const settledOf = ({ counts }: Pick<Run, 'counts'>): number => itemsOf({ counts }) - (counts.pending ?? 0) - (counts.started ?? 0);

interface RunProgressProps {
  live: Pick<LiveRun, 'run' | 'following' | 'trouble'>;
  /** Which outcome a list below shows. */
  chosen?: string | undefined;
  onChoose?: (outcome: string | undefined) => void;
}

export function RunProgress({ live: { run, following, trouble }, chosen, onChoose }: RunProgressProps) {
  if (!run) return null;
  const all = itemsOf(run);
  const settled = settledOf(run);
  const percent = all === 0 ? 100 : Math.floor((settled / all) * 100);
  const shown = OUTCOMES.filter((outcome) => (run.counts[outcome] ?? 0) > 0);
  return (
    <div className={styles.frame}>
      <div className={styles.line}>
        <span className={styles.sum}>
          {run.isOver ? counted(all, 'item') : `${number(settled)} of ${counted(all, 'item')}`}
          {!run.isOver && ` · ${percent} %`}
        </span>
        <span className={styles.note}>
          <Connection run={run} following={following} />
        </span>
      </div>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label="Items with an outcome"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={`${number(settled)} of ${counted(all, 'item')}`}
      >
        {shown.map((outcome) => (
          <span key={outcome} className={`${styles.part} ${styles[outcome]}`} style={{ flexGrow: run.counts[outcome] ?? 0 }} />
        ))}
      </div>
      <ul className={styles.counts} aria-label="Items by outcome">
        {shown.map((outcome) => (
          <li key={outcome}>
            <Count outcome={outcome} count={run.counts[outcome] ?? 0} isChosen={chosen === outcome} onChoose={onChoose} />
          </li>
        ))}
      </ul>
      {/* Read aloud in steps, not at every item. */}
      <div role="status">
        <VisuallyHidden>{run.isOver ? `The run is ${run.state}.` : `${Math.floor(percent / 10) * 10} per cent`}</VisuallyHidden>
      </div>
      {following === 'again' && (
        <div role="alert" className={styles.cut}>
          The connection to Rollcall was cut off. It is tried again by itself; the run is not affected, and nothing will be missing here.
        </div>
      )}
      {following === 'failed' && trouble && (
        <div role="alert" className={styles.cut}>
          {sentence(`The run cannot be followed: ${trouble.detail}`)}
        </div>
      )}
    </div>
  );
}

function Connection({ run, following }: { run: Run; following: LiveRun['following'] }): ReactNode {
  if (run.isOver) {
    return run.finishedAt ? (
      <>
        ended <Instant at={run.finishedAt} />
      </>
    ) : null;
  }
  if (following === 'live') return 'Live';
  if (following === 'again') return 'Connecting again…';
  if (following === 'failed') return 'Not followed';
  return 'Connecting…';
}

function Count({ outcome, count, isChosen, onChoose }: { outcome: string; count: number; isChosen: boolean; onChoose: RunProgressProps['onChoose'] }) {
  const content = (
    <>
      <span aria-hidden className={`${styles.dot} ${styles[outcome]}`} />
      <span className={styles.number}>{number(count)}</span> {OUTCOME_WORDS[outcome] ?? outcome}
    </>
  );
  if (!onChoose) return <span className={styles.count}>{content}</span>;
  return (
    <button type="button" className={styles.count} aria-pressed={isChosen} onClick={() => onChoose(isChosen ? undefined : outcome)}>
      {content}
    </button>
  );
}
