// How much the plan may do; what is left empty is as in a policy that names no limits.
import Textfield from '@atlaskit/textfield';
import type { Problem } from '@/api/problems';
import { useSites } from '@/api/use-sites';
import { Field } from '@/parts/field';
import { counted, number } from '@/parts/numbers';
import styles from './bulk.module.css';
import type { Choice } from './choice';

const STANDARD_PERCENT = 5;

interface LimitFieldsProps {
  site: string;
  /** How many the criterion selects. */
  total: number | undefined;
  choice: Choice;
  onChange: (choice: Choice) => void;
  problem: Problem | undefined;
}

export function LimitFields({ site, total, choice, onChange, problem }: LimitFieldsProps) {
  const { data: sites } = useSites();
  const all = sites?.find((one) => one.name === site)?.newestSnapshot?.accounts;
  const { limits } = choice;
  const set = (name: keyof Choice['limits']) => (event: { currentTarget: { value: string } }) => onChange({ ...choice, limits: { ...limits, [name]: event.currentTarget.value } });
  const percent = Number(limits.percent.trim() || STANDARD_PERCENT);
  const share = total !== undefined && all ? (100 * total) / all : undefined;
  const isOver = share !== undefined && Number.isFinite(percent) && share > percent;
  const most = limits.accounts.trim() === '' ? undefined : Number(limits.accounts);
  const isMany = total !== undefined && most !== undefined && total > most;
  return (
    <div className={styles.stack}>
      <div className={styles.limits}>
        <Field label="Accounts at most" problem={problem?.at('/limits/accounts')} help="Empty: only the per cent count.">
          {(control) => <Textfield {...control} inputMode="numeric" placeholder="no such limit" value={limits.accounts} onChange={set('accounts')} />}
        </Field>
        <Field label="Per cent of all accounts" problem={problem?.at('/limits/percent')} help={all ? `The site has ${number(all)}.` : undefined}>
          {(control) => <Textfield {...control} inputMode="decimal" placeholder={String(STANDARD_PERCENT)} value={limits.percent} onChange={set('percent')} />}
        </Field>
        <Field label="Nobody active more recently than" problem={problem?.at('/limits/minimum-idle')} help="Who loses something must be idle that long. 0d switches it off.">
          {(control) => <Textfield {...control} placeholder="30d" value={limits['minimum-idle']} onChange={set('minimum-idle')} />}
        </Field>
        <Field label="Accounts first, alone" problem={problem?.at('/limits/canary')} help="The rest only if all of them go well.">
          {(control) => <Textfield {...control} inputMode="numeric" placeholder="none" value={limits.canary} onChange={set('canary')} />}
        </Field>
        <Field label="Stop after failures" problem={problem?.at('/limits/failures')}>
          {(control) => <Textfield {...control} inputMode="numeric" placeholder="5" value={limits.failures} onChange={set('failures')} />}
        </Field>
      </div>
      <div role="status">
        {(isOver || isMany) && total !== undefined && (
          <p className={styles.caution}>
            {counted(total, 'account')} {isOver && share !== undefined ? `are ${share.toFixed(1)} % of the site; more than ${percent} % blocks the plan as a whole` : `are more than ${number(most ?? 0)}; that blocks the plan as a whole`}, unless
            most of them are as wanted already, protected or refused. Raise the limit if you mean so many.
          </p>
        )}
      </div>
    </div>
  );
}
