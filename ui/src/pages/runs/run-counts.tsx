// The items of a run in a line: how many are done, and what did not go as planned.
import type { Schemas } from '@/api/client';
import { number } from '@/parts/numbers';
import { OUTCOME_WORDS } from '@/parts/outcome-words';
import { itemsOf } from '@/parts/run-progress';
import styles from './runs.module.css';

const TROUBLE = ['failed', 'unknown', 'drifted', 'refused', 'stopped'] as const;
// What is begun while the run is at work is as it should be; in a run that has ended nobody knows what became of it.
const TROUBLE_AT_THE_END = ['failed', 'unknown', 'started', 'drifted', 'refused', 'stopped'] as const;
const BAD = new Set<string>(['failed', 'unknown', 'started']);

export function RunCounts({ run }: { run: Pick<Schemas['Run'], 'counts' | 'isOver'> }) {
  const all = itemsOf(run);
  if (all === 0) return <span className={styles.quiet}>nothing to do</span>;
  const well = (run.counts.done ?? 0) + (run.counts.already ?? 0);
  const trouble = (run.isOver ? TROUBLE_AT_THE_END : TROUBLE).filter((outcome) => (run.counts[outcome] ?? 0) > 0);
  return (
    <span>
      {well === all ? number(all) : `${number(well)} of ${number(all)}`} done
      {trouble.map((outcome) => (
        <span key={outcome} className={BAD.has(outcome) ? styles.bad : styles.quiet}>
          , {number(run.counts[outcome] ?? 0)} {OUTCOME_WORDS[outcome]}
        </span>
      ))}
    </span>
  );
}
